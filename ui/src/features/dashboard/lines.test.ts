import { expect, it } from 'vitest';
import type { Series } from '@/shared/data/stats';
import { change, drawn, hitRates, isEmpty, linesOf, rowsOf } from './lines';

const series: Series = {
  from: '2026-11-25T00:00:00Z',
  to: '2026-11-25T02:00:00Z',
  rolledUpTo: null,
  metric: 'latency',
  by: 'provider',
  stepSeconds: 3_600,
  buckets: ['2026-11-25T00:00:00Z', '2026-11-25T01:00:00Z'],
  series: ['a', 'b'].flatMap((key) =>
    (['p50', 'p95', 'p99'] as const).map((measure) => ({ key, measure, values: [1, null] })),
  ),
};

it('takes the measures that are asked for, one row for each bucket', () => {
  const lines = linesOf(series, ['p95']);
  expect(lines.map(({ id }) => id)).toEqual(['a|p95', 'b|p95']);
  expect(rowsOf(series, lines)).toEqual([
    { at: Date.parse('2026-11-25T00:00:00Z'), 'a|p95': 1, 'b|p95': 1 },
    { at: Date.parse('2026-11-25T01:00:00Z'), 'a|p95': null, 'b|p95': null },
  ]);
  expect(isEmpty(lines)).toBe(false);
});

it('turns a stroke in either direction into whole buckets', () => {
  expect(drawn(7_200_000, 3_600_000, 3_600_000)).toEqual({
    from: '1970-01-01T01:00:00.000Z',
    to: '1970-01-01T03:00:00.000Z',
  });
  expect(drawn(5, 5, 10)).toBeNull();
});

it('compares with before only when there was something', () => {
  expect([change(150, 100), change(1, 0), change(null, 5)]).toEqual([0.5, null, null]);
});

it('draws a rate for each day, and a gap for days without a submit', () => {
  const day = (name: string, memory: number, joined: number, misses: number) => ({
    day: name,
    hits: { memory, redis: 0, database: 0 },
    joined,
    misses,
    savedInputTokens: 0,
    savedOutputTokens: 0,
    savedCostUSD: 0,
    unpricedHits: 0,
  });
  const shown = hitRates([day('2026-11-25', 2, 1, 1), day('2026-11-23', 0, 0, 5)]);
  expect(shown.buckets.map((bucket) => bucket.slice(0, 10))).toEqual(['2026-11-23', '2026-11-24', '2026-11-25']);
  expect(shown.series[0]?.values).toEqual([0, null, 0.75]);
  expect(hitRates([]).buckets).toEqual([]);
});
