import { expect, it } from 'vitest';
import type { Comparison } from '@/shared/data/evals';
import { differenceOf, numberOf, reachOf } from './figures';

it('reads figures, and takes what is no number for unknown', () => {
  expect([numberOf(0.5), numberOf('NaN'), numberOf(null), numberOf(undefined)]).toEqual([0.5, null, null, null]);
});

it('has an interval, or a point where there is none', () => {
  expect(differenceOf({ difference: -0.06, low: -0.11, high: -0.01 } as Comparison)).toEqual({
    at: -0.06,
    low: -0.11,
    high: -0.01,
  });
  expect(differenceOf({ difference: 0 } as Comparison)).toEqual({ at: 0, low: 0, high: 0 });
  expect(differenceOf({ difference: 'NaN' } as Comparison)).toBeNull();
});

it('reaches as far as the widest interval, to a round figure', () => {
  expect(reachOf([])).toBe(0.05);
  expect(reachOf([{ at: -0.06, low: -0.11, high: -0.01 }])).toBeCloseTo(0.15);
  expect(reachOf([{ at: 1, low: 1, high: 1 }])).toBe(1);
});
