import { expect, it } from 'vitest';
import { isView, viewOf } from './search';
import { stroke } from '@/shared/stroke';

const buckets = ['t0', 't1', 't2'].map((from) => ({ from }));

it('covers whole buckets, in whichever direction one draws', () => {
  expect(stroke(buckets, 't3', 1, 0)).toEqual({ from: 't0', to: 't2' });
  expect(stroke(buckets, 't3', 2, 2)).toEqual({ from: 't2', to: 't3' });
});

it('keeps the filters in a view, and knows them again', () => {
  const view = viewOf({ status: 'failed', minCost: 0.5, cursor: 'x', peek: 'y', paused: true });
  expect(view).toEqual({ status: 'failed', minCost: '0.5' });
  expect(isView({ minCost: 0.5, status: 'failed', peek: 'z' }, view)).toBe(true);
  expect(isView({ status: 'failed' }, view)).toBe(false);
});
