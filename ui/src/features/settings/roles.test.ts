import { expect, it } from 'vitest';
import { tabsFor } from './roles';

it('offers what the role may use', () => {
  expect(tabsFor('owner', true)).toContain('audit');
  expect(tabsFor('member', true)).toEqual([
    'preferences',
    'profile',
    'members',
    'apiKeys',
    'limits',
    'cache',
    'gates',
    'about',
  ]);
  expect(tabsFor('viewer', true)).toEqual(['preferences', 'profile', 'members', 'limits', 'cache', 'gates', 'about']);
});

it('has no members on a server without login', () => {
  expect(tabsFor('owner', false)).not.toContain('members');
});
