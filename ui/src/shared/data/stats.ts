import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type Schemas, api, unwrap } from '@/shared/api/client';
import type { JobFilter } from './jobs';

export type Figures = Schemas['Figures'];
export type Series = Schemas['Series'];
export type JobHistogram = Schemas['JobHistogram'];
export type CacheDay = Schemas['CacheDay'];
export type View = Schemas['View'];
export type ViewPage = Schemas['ViewPage'];
export type Metric = 'jobs' | 'cost' | 'tokens' | 'errors' | 'latency' | 'queueWait';
export type Dimension = 'status' | 'failure' | 'provider' | 'model' | 'template' | 'none';

/** Two ends, or how far back in milliseconds: a key that does not change every second. */
export interface Span {
  since?: number | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

const refresh = 10_000;
const day = 24 * 60 * 60 * 1_000;
const week = 7 * day;

function ends({ since, from, to }: Span): { from?: string; to?: string } {
  return {
    ...(since ? { from: new Date(Date.now() - since).toISOString() } : from ? { from } : {}),
    ...(to && { to }),
  };
}

export function useSummary(span: Span, compare: boolean, live: boolean) {
  return useQuery({
    queryKey: ['stats', 'summary', span, compare],
    queryFn: ({ signal }) =>
      unwrap(api.GET('/stats/summary', { signal, params: { query: { ...ends(span), compare } } })),
    refetchInterval: live ? refresh : false,
    placeholderData: keepPreviousData,
  });
}

export function useSeries(metric: Metric, by: Dimension, span: Span, live: boolean) {
  return useQuery({
    queryKey: ['stats', 'series', metric, by, span],
    queryFn: ({ signal }) =>
      unwrap(api.GET('/stats/series', { signal, params: { query: { metric, by, top: 5, ...ends(span) } } })),
    refetchInterval: live ? refresh : false,
    placeholderData: keepPreviousData,
  });
}

/** What templates were used for in the last 7 days, by id. */
export function useTemplateFigures() {
  return useQuery({
    queryKey: ['stats', 'templates'],
    staleTime: 60_000,
    queryFn: async ({ signal }) => {
      const query = ends({ since: week });
      const { templates } = await unwrap(api.GET('/stats/templates', { signal, params: { query } }));
      return new Map(templates.map((each) => [each.templateId, each]));
    },
  });
}

/** How often results were used again, by day, today included. */
export function useCacheFigures(days: number) {
  return useQuery({
    queryKey: ['cache', days],
    staleTime: 60_000,
    queryFn: ({ signal }) => unwrap(api.GET('/cache', { signal, params: { query: { days } } })),
    placeholderData: keepPreviousData,
  });
}

/** The same for each day that a time touches. */
export function useCacheDays({ from, to }: { from: string; to: string }) {
  const first = from.slice(0, 10);
  const last = to.slice(0, 10);
  const days = Math.min(366, Math.floor((Date.now() - Date.parse(first)) / day) + 1);
  const { data, ...query } = useCacheFigures(days);
  return { ...query, data: data?.days.filter((each) => each.day >= first && each.day <= last) };
}

/** Submits that were answered by a job which was there already. */
export function reusedOn({ hits, joined }: CacheDay): number {
  return hits.memory + hits.redis + hits.database + joined;
}

/** Their share of all submits; null on a day without any. */
export function hitRateOn(day: CacheDay): number | null {
  const all = reusedOn(day) + day.misses;
  return all === 0 ? null : reusedOn(day) / all;
}

export function usePurgeCache() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => unwrap(api.DELETE('/cache', { params: { query: { all: true } } })),
    onSettled: () => client.invalidateQueries({ queryKey: ['cache'] }),
  });
}

/** Counts under the filters of a list but its status, which the counts tell apart. */
export function useHistogram(filter: JobFilter, span: Span, live: boolean) {
  return useQuery({
    queryKey: ['jobs', 'histogram', filter, span],
    queryFn: ({ signal }) => {
      const query = Object.fromEntries(
        Object.entries({ ...filter, ...ends(span), status: undefined, cursor: undefined }).filter(
          ([, value]) => value !== undefined && value !== '',
        ),
      );
      return unwrap(api.GET('/jobs/histogram', { signal, params: { query } }));
    },
    refetchInterval: live ? refresh / 2 : false,
    placeholderData: keepPreviousData,
  });
}

const viewKeys = (page: ViewPage) => ['views', page] as const;

export function useViews(page: ViewPage) {
  return useQuery({
    queryKey: viewKeys(page),
    staleTime: 60_000,
    queryFn: ({ signal }) => unwrap(api.GET('/views', { signal, params: { query: { page } } })),
  });
}

export function useSaveView(page: ViewPage) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ name, query }: { name: string; query: Record<string, string> }) =>
      unwrap(api.POST('/views', { body: { page, name, query } })),
    onSettled: () => client.invalidateQueries({ queryKey: viewKeys(page) }),
  });
}

export function useDeleteView(page: ViewPage) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => unwrap(api.DELETE('/views/{id}', { params: { path: { id } } })),
    onSettled: () => client.invalidateQueries({ queryKey: viewKeys(page) }),
  });
}
