import { useMemo, useState } from 'react';
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { createQueryClient } from '@/shared/api/query-client';
import type { Catalogue } from '@/shared/i18n/en';
import { type Language, LanguageProvider, loadCatalogue } from '@/shared/i18n/language';
import { createAppRouter } from './router';
import { colorSchemeManager, themeIn } from './theme';

export function App(initial: { language: Language; text: Catalogue }) {
  const [queryClient] = useState(createQueryClient);
  const [router] = useState(createAppRouter);
  const [spoken, setSpoken] = useState(initial);
  const choose = (language: Language) =>
    void loadCatalogue(language).then((text) => {
      remember(language);
      setSpoken({ language, text });
    });
  const spokenTheme = useMemo(() => themeIn(spoken.text), [spoken.text]);
  return (
    <MantineProvider theme={spokenTheme} defaultColorScheme="auto" colorSchemeManager={colorSchemeManager}>
      <QueryClientProvider client={queryClient}>
        <LanguageProvider language={spoken.language} text={spoken.text} choose={choose}>
          <Notifications position="bottom-right" limit={4} />
          <RouterProvider router={router} />
        </LanguageProvider>
      </QueryClientProvider>
    </MantineProvider>
  );
}

function remember(language: Language) {
  document.documentElement.lang = language;
  try {
    localStorage.setItem('promptlab.language', language);
  } catch {
    // for this page only
  }
}
