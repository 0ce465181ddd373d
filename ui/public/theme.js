// Runs before the first paint, so that nobody sees the wrong theme or language for a moment.
(function () {
  function stored(key) {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  }
  var theme = stored('promptlab.theme');
  if (theme !== 'light' && theme !== 'dark') {
    theme = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  }
  document.documentElement.setAttribute('data-mantine-color-scheme', theme);
  var language = stored('promptlab.language') || navigator.language || 'en';
  document.documentElement.lang = language.toLowerCase().indexOf('pt') === 0 ? 'pt-BR' : 'en';
})();
