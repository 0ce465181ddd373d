import { expect, it } from 'vitest';
import { amountOf, usedShare } from './limits';

it('reads amounts as they are typed, and nothing else', () => {
  expect(['', ' 12.50 ', '0', '1e3', '-1', '1,5'].map((typed) => amountOf(typed, false))).toEqual([
    null,
    12.5,
    0,
    undefined,
    undefined,
    undefined,
  ]);
  expect(['1000', '1.5'].map((typed) => amountOf(typed, true))).toEqual([1000, undefined]);
});

it('knows how much of a limit is gone', () => {
  expect([usedShare(100, 25), usedShare(0, 0), usedShare(100, 100)]).toEqual([0.75, 1, 0]);
});
