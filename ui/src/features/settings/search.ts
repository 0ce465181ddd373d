import { type RawSearch, oneOf, text, whole } from '@/shared/search';

export const settingsTabs = [
  'preferences',
  'profile',
  'members',
  'apiKeys',
  'providerKeys',
  'limits',
  'cache',
  'gates',
  'callbacks',
  'audit',
  'about',
] as const;
export type SettingsTab = (typeof settingsTabs)[number];

export interface SettingsSearch {
  tab?: SettingsTab | undefined;
  /** Of the audit log. */
  actor?: string | undefined;
  action?: string | undefined;
  cursor?: number | undefined;
}

export function parseSettingsSearch(search: RawSearch): SettingsSearch {
  return {
    tab: oneOf(search['tab'], settingsTabs),
    actor: text(search['actor']),
    action: text(search['action'], 100),
    cursor: whole(search['cursor']),
  };
}
