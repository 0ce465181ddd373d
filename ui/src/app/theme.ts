import { type MantineColorSchemeManager, createTheme, mergeThemeOverrides } from '@mantine/core';
import type { Catalogue } from '@/shared/i18n/en';

const theme = createTheme({
  primaryColor: 'iris',
  primaryShade: { light: 6, dark: 6 },
  colors: {
    iris: [
      '#f1f0fd',
      '#e0def9',
      '#c3bff3',
      '#a5a1f0',
      '#8780e8',
      '#6d65e3',
      '#5b52df',
      '#4a41c9',
      '#3d35a8',
      '#302a86',
    ],
  },
  fontFamily: "'Inter Variable', system-ui, sans-serif",
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace',
  fontSizes: { xs: '13px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  radius: { xs: '4px', sm: '6px', md: '8px', lg: '8px', xl: '8px' },
  defaultRadius: 'sm',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    TextInput: { defaultProps: { size: 'xs' } },
    Textarea: { defaultProps: { size: 'xs' } },
    NativeSelect: { defaultProps: { size: 'xs' } },
    Autocomplete: { defaultProps: { size: 'xs' } },
    PasswordInput: { defaultProps: { size: 'xs' } },
    Checkbox: { defaultProps: { size: 'xs' } },
    Switch: { defaultProps: { size: 'xs' } },
    SegmentedControl: { defaultProps: { size: 'xs' } },
    Modal: { defaultProps: { centered: false, yOffset: '10vh', transitionProps: { duration: 100 } } },
    Drawer: { defaultProps: { transitionProps: { duration: 120 } } },
    Menu: { defaultProps: { withInitialFocusPlaceholder: false, transitionProps: { duration: 80 }, shadow: 'md' } },
    Tooltip: { defaultProps: { openDelay: 300, transitionProps: { duration: 80 } } },
  },
});

/** What the parts of the kit say by themselves is said in the language of the page. */
export function themeIn(text: Catalogue) {
  const close = { closeButtonProps: { 'aria-label': text.common.close } };
  return mergeThemeOverrides(theme, { components: { Notification: { defaultProps: close } } });
}

/** The same place that public/theme.js reads; no value means: as the system. */
export const colorSchemeManager: MantineColorSchemeManager = (() => {
  const key = 'promptlab.theme';
  return {
    get(fallback) {
      try {
        const stored = localStorage.getItem(key);
        return stored === 'light' || stored === 'dark' ? stored : fallback;
      } catch {
        return fallback;
      }
    },
    set(value) {
      try {
        if (value === 'auto') {
          localStorage.removeItem(key);
        } else {
          localStorage.setItem(key, value);
        }
      } catch {
        // for this page only
      }
    },
    subscribe() {},
    unsubscribe() {},
    clear() {},
  };
})();
