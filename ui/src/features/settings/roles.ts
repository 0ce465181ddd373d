import type { Role } from '@/shared/data/session';
import { type SettingsTab, settingsTabs } from './search';

export const roles: Role[] = ['owner', 'admin', 'member', 'viewer'];

export function isAdmin(role: Role): boolean {
  return role === 'owner' || role === 'admin';
}

/** What the server would refuse anyway is not offered. */
export function tabsFor(role: Role, hasLogin: boolean): SettingsTab[] {
  const hidden: SettingsTab[] = [
    ...(hasLogin ? [] : (['profile', 'members'] as const)),
    ...(role === 'viewer' ? (['apiKeys'] as const) : []),
    ...(isAdmin(role) ? [] : (['providerKeys', 'audit', 'callbacks'] as const)),
  ];
  return settingsTabs.filter((tab) => !hidden.includes(tab));
}
