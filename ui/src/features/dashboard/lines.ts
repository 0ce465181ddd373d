import type { Series } from '@/shared/data/stats';

export interface Line {
  /** Unique in the chart. */
  id: string;
  key: string;
  measure: Series['series'][number]['measure'];
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
export function linesOf(series: Series, measures?: string[]): Line[] {
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
export function rowsOf(series: Series, lines: Line[]): Row[] {
  return series.buckets.map((bucket, index) => ({
    at: Date.parse(bucket),
    ...Object.fromEntries(lines.map((line) => [line.id, line.values[index] ?? null])),
  }));
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
