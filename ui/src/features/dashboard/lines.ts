import { type CacheDay, type Series, hitRateOn } from '@/shared/data/stats';

type Measure = Series['series'][number]['measure'] | 'hitRate';

/** What charts are made of: a series of the server, or one that is made here in its shape. */
export type Shown = Pick<Series, 'from' | 'to' | 'by' | 'stepSeconds' | 'buckets'> & {
  series: { key: string; measure: Measure; values: (number | null)[] }[];
};

export interface Line {
  /** Unique in the chart. */
  id: string;
  key: string;
  measure: Measure;
  colour: string;
  values: (number | null)[];
}

export type Row = { at: number } & Record<string, number | null>;

const colours = ['var(--iris)', 'var(--teal)', 'var(--amber)', 'var(--rose)', 'var(--slate)', 'var(--running)'];
const statusColours: Record<string, string> = {
  completed: 'var(--completed)',
  failed: 'var(--failed)',
  cancelled: 'var(--cancelled)',
};
const mostLines = 6;

/** The lines of an answer, at most six, each with its colour. */
export function linesOf(series: Shown, measures?: string[]): Line[] {
  return series.series
    .filter(({ measure }) => measures === undefined || measures.includes(measure))
    .slice(0, mostLines)
    .map(({ key, measure, values }, index) => ({
      id: `${key}|${measure}`,
      key,
      measure,
      colour: (series.by === 'status' && statusColours[key]) || (colours[index] as string),
      values,
    }));
}

/** What a chart draws: one row for each bucket. */
export function rowsOf(series: Shown, lines: Line[]): Row[] {
  return series.buckets.map((bucket, index) => ({
    at: Date.parse(bucket),
    ...Object.fromEntries(lines.map((line) => [line.id, line.values[index] ?? null])),
  }));
}

const day = 24 * 60 * 60;

/** Which share of the submits of each day was answered by a job that was there already. */
export function hitRates(days: CacheDay[]): Shown {
  const known = [...days].sort((a, b) => a.day.localeCompare(b.day));
  const start = (each: CacheDay | undefined) => Date.parse(`${each?.day ?? '1970-01-01'}T00:00:00Z`);
  const count = known.length === 0 ? 0 : Math.round((start(known.at(-1)) - start(known[0])) / 1_000 / day) + 1;
  const buckets = Array.from({ length: count }, (_, index) =>
    new Date(start(known[0]) + index * day * 1_000).toISOString(),
  );
  const rates = new Map(known.map((each) => [new Date(start(each)).toISOString(), hitRateOn(each)]));
  return {
    from: buckets[0] ?? new Date(0).toISOString(),
    to: new Date(start(known[0]) + count * day * 1_000).toISOString(),
    by: 'none',
    stepSeconds: day,
    buckets,
    series: [{ key: '-', measure: 'hitRate', values: buckets.map((bucket) => rates.get(bucket) ?? null) }],
  };
}

export function isEmpty(lines: Line[]): boolean {
  return lines.every(({ values }) => values.every((value) => !value));
}

/** The span between two points that somebody has drawn, in whole buckets; null when it is only a point. */
export function drawn(one: number, other: number, step: number): { from: string; to: string } | null {
  const [first, last] = one < other ? [one, other] : [other, one];
  return first === last ? null : { from: new Date(first).toISOString(), to: new Date(last + step).toISOString() };
}

/** How much more than before, as a share; null when there was nothing. */
export function change(now: number | null | undefined, before: number | null | undefined): number | null {
  return now == null || before == null || before === 0 ? null : (now - before) / before;
}
