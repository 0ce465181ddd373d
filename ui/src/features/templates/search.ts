import { type RawSearch, flag, oneOf, text, uuid, whole } from '@/shared/search';

export interface TemplatesSearch {
  q?: string | undefined;
  label?: string | undefined;
  archived?: true | undefined;
  cursor?: string | undefined;
}

export function parseTemplatesSearch(search: RawSearch): TemplatesSearch {
  return {
    q: text(search['q']),
    label: text(search['label'], 60),
    archived: flag(search['archived']),
    cursor: uuid(search['cursor']),
  };
}

export const templateTabs = ['prompt', 'compare', 'labels', 'usage', 'evals', 'api'] as const;
type TemplateTab = (typeof templateTabs)[number];

export interface TemplateSearch {
  tab?: TemplateTab | undefined;
  version?: number | undefined;
  from?: number | undefined;
  to?: number | undefined;
  label?: string | undefined;
}

export function parseTemplateSearch(search: RawSearch): TemplateSearch {
  return {
    tab: oneOf(search['tab'], templateTabs),
    version: whole(search['version']),
    from: whole(search['from']),
    to: whole(search['to']),
    label: text(search['label'], 60),
  };
}
