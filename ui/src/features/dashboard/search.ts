import type { Span } from '@/shared/data/stats';
import { type RawSearch, flag, oneOf, time } from '@/shared/search';

export const spans = ['1h', '24h', '7d', '30d'] as const;
export type SpanName = (typeof spans)[number];

const hour = 60 * 60_000;
const lengths: Record<SpanName, number> = { '1h': hour, '24h': 24 * hour, '7d': 168 * hour, '30d': 720 * hour };
const usual: SpanName = '24h';

export interface DashboardSearch {
  range?: SpanName | undefined;
  /** A part of the time that was drawn in a chart; stands before the range. */
  from?: string | undefined;
  to?: string | undefined;
  compare?: true | undefined;
}

export function parseDashboardSearch(search: RawSearch): DashboardSearch {
  const from = time(search['from']);
  const to = time(search['to']);
  return {
    range: oneOf(search['range'], spans),
    ...(from && to && from < to ? { from, to } : {}),
    compare: flag(search['compare']),
  };
}

export function spanOf({ range = usual, from, to }: DashboardSearch): Span {
  return from && to ? { from, to } : { since: lengths[range] };
}

export function rangeOf({ range = usual }: DashboardSearch): SpanName {
  return range;
}
