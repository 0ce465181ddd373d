import { expect, it } from 'vitest';
import { settle } from './fresh-rows';

const rows = [{ id: '5' }, { id: '4' }, { id: '3' }];

it('holds newer rows back until they are let in', () => {
  expect(settle(rows, '4')).toEqual({ shown: [{ id: '4' }, { id: '3' }], waiting: 1 });
});

it('shows everything at first', () => {
  expect(settle(rows, undefined)).toEqual({ shown: rows, waiting: 0 });
});
