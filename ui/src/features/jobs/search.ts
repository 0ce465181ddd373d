import { type JobStatus, type Priority, priorities, statuses } from '@/shared/data/jobs';
import { type RawSearch, flag, oneOf, positive, stringifySearch, text, time, uuid } from '@/shared/search';

export const ranges = ['15m', '1h', '24h', '7d', '30d'] as const;
export type Range = (typeof ranges)[number];

const minute = 60_000;
const lengths: Record<Range, number> = {
  '15m': 15 * minute,
  '1h': 60 * minute,
  '24h': 24 * 60 * minute,
  '7d': 7 * 24 * 60 * minute,
  '30d': 30 * 24 * 60 * minute,
};

export function lengthOf(range: Range | undefined): number | undefined {
  return range && lengths[range];
}

export interface JobsSearch {
  status?: JobStatus | undefined;
  range?: Range | undefined;
  /** A part of the time that was drawn; stands before the range. */
  from?: string | undefined;
  to?: string | undefined;
  provider?: string | undefined;
  model?: string | undefined;
  template?: string | undefined;
  priority?: Priority | undefined;
  minCost?: number | undefined;
  q?: string | undefined;
  cursor?: string | undefined;
  peek?: string | undefined;
  paused?: true | undefined;
}

export function parseJobsSearch(search: RawSearch): JobsSearch {
  return {
    status: oneOf(search['status'], statuses),
    range: oneOf(search['range'], ranges),
    ...drawnSpan(search),
    provider: text(search['provider'], 100),
    model: text(search['model'], 200),
    template: uuid(search['template']),
    priority: oneOf(search['priority'], priorities),
    minCost: positive(search['minCost']),
    q: text(search['q']),
    cursor: uuid(search['cursor']),
    peek: uuid(search['peek']),
    paused: flag(search['paused']),
  };
}

function drawnSpan(search: RawSearch): Pick<JobsSearch, 'from' | 'to'> {
  const from = time(search['from']);
  const to = time(search['to']);
  return from && to && from < to ? { from, to } : {};
}

/** What a saved view keeps: the filters, not the page of the list or what is looked at. */
export function viewOf(search: JobsSearch): Record<string, string> {
  const filters = { ...search, cursor: undefined, peek: undefined, paused: undefined };
  return Object.fromEntries(new URLSearchParams(stringifySearch(filters)));
}

/** Whether these are just the filters of a view, in whatever order. */
export function isView(search: JobsSearch, query: Record<string, string>): boolean {
  const now = viewOf(search);
  const names = Object.keys(now);
  return names.length === Object.keys(query).length && names.every((name) => now[name] === query[name]);
}

export const jobTabs = ['output', 'prompt', 'input', 'events', 'raw'] as const;
export type JobTab = (typeof jobTabs)[number];

export function parseJobSearch(search: RawSearch): { tab?: JobTab | undefined } {
  return { tab: oneOf(search['tab'], jobTabs) };
}
