import { expect, it } from 'vitest';
import { type Budget, amountOf, usedShare, usesOf } from './limits';

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

it('says of each limit what is spent, held and gone', () => {
  const budget = {
    limitUSD: 10,
    spentUSD: 2,
    heldUSD: 1,
    unknownUSD: 0.5,
    remainingUSD: 6.5,
    limitTokens: null,
  } as Budget;
  expect(usesOf(budget)).toEqual([{ unit: 'usd', spent: 2, held: 1.5, limit: 10, share: 0.35 }]);
});
