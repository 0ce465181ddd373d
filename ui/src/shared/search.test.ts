import { expect, it } from 'vitest';
import { parseSearch, positive, stringifySearch, uuid, whole } from './search';

it('writes a plain query and reads it again', () => {
  expect(stringifySearch({ status: 'failed', q: 'a b&c', archived: true, cursor: undefined, paused: false })).toBe(
    '?status=failed&q=a+b%26c&archived=true',
  );
  expect(parseSearch('?status=failed&q=a+b%26c')).toEqual({ status: 'failed', q: 'a b&c' });
  expect(stringifySearch({})).toBe('');
});

it('ignores what does not fit', () => {
  expect([whole('3'), whole('-1'), whole('x'), whole('')]).toEqual([3, undefined, undefined, undefined]);
  expect([positive('0.5'), positive('Infinity'), positive(0)]).toEqual([0.5, undefined, undefined]);
  expect(uuid('javascript:alert(1)')).toBeUndefined();
});
