import { type RawSearch, oneOf } from '@/shared/search';

export const settingsTabs = ['preferences', 'callbacks', 'about'] as const;
export type SettingsTab = (typeof settingsTabs)[number];

export function parseSettingsSearch(search: RawSearch): { tab?: SettingsTab | undefined } {
  return { tab: oneOf(search['tab'], settingsTabs) };
}
