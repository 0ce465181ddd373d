import { type ReactNode, createContext, use, useMemo } from 'react';
import { type Format, createFormat } from '@/shared/format/format';
import type { Catalogue } from './en';

export type Language = 'en' | 'pt-BR';

interface Spoken {
  language: Language;
  text: Catalogue;
  format: Format;
  choose: (language: Language) => void;
}

const LanguageContext = createContext<Spoken | null>(null);

const catalogues: Record<Language, () => Promise<Catalogue>> = {
  en: async () => (await import('./en')).en,
  'pt-BR': async () => (await import('./pt-br')).ptBR,
};

export function loadCatalogue(language: Language): Promise<Catalogue> {
  return catalogues[language]();
}

/** What public/theme.js has found out before the first paint. */
export function initialLanguage(): Language {
  return document.documentElement.lang === 'pt-BR' ? 'pt-BR' : 'en';
}

interface Props {
  language: Language;
  text: Catalogue;
  choose: (language: Language) => void;
  children: ReactNode;
}

export function LanguageProvider({ language, text, choose, children }: Props) {
  const spoken = useMemo(() => ({ language, text, choose, format: createFormat(language) }), [language, text, choose]);
  return <LanguageContext value={spoken}>{children}</LanguageContext>;
}

export function useLanguage(): Spoken {
  const spoken = use(LanguageContext);
  if (!spoken) {
    throw new Error('outside of LanguageProvider (bug)');
  }
  return spoken;
}

export function useText(): Catalogue {
  return useLanguage().text;
}

export function useFormat(): Format {
  return useLanguage().format;
}
