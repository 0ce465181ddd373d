import { expect, it } from 'vitest';
import { buckets, percentile, spend, successRate } from './figures';

it('takes percentiles by nearest rank', () => {
  const values = Array.from({ length: 100 }, (_, index) => index + 1);
  expect([percentile(values, 0.5), percentile(values, 0.95), percentile([7], 0.95), percentile([], 0.5)]).toEqual([
    50,
    95,
    7,
    null,
  ]);
});

it('counts unknown costs instead of adding them as nothing', () => {
  const jobs = [
    { status: 'completed' as const, estimatedCostUSD: 0.25 },
    { status: 'completed' as const, estimatedCostUSD: null },
    { status: 'queued' as const, estimatedCostUSD: null },
  ];
  expect(spend(jobs)).toEqual({ usd: 0.25, unknown: 1 });
});

it('has no success rate without an end', () => {
  expect([successRate({ completed: 0, failed: 0 }), successRate({ completed: 3, failed: 1 })]).toEqual([null, 0.75]);
});

it('puts every job into one span', () => {
  const now = Date.parse('2026-01-31T12:00:00.000Z');
  const jobs = [0, 30_000, 59_999].map((ago) => ({
    createdAt: new Date(now - ago).toISOString(),
    status: 'completed' as const,
  }));
  const spans = buckets(jobs, now, 3);
  expect(spans.map(({ counts }) => counts.completed).reduce((a, b) => a + b)).toBe(3);
  expect(buckets([], now)).toEqual([]);
});
