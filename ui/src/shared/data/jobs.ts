import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type Schemas, api, unwrap, unwrapPage } from '@/shared/api/client';
import { useConnected } from './live';

export type Job = Schemas['Job'];
export type JobListItem = Schemas['JobListItem'];
export type JobStatus = Schemas['JobStatus'];
export type Priority = Schemas['Priority'];
export type Attempt = Schemas['Attempt'];
export type GenerateRequest = Schemas['GenerateRequest'];
export type Lane = Schemas['Lane'];
export type FailureGroup = Schemas['FailureGroup'];
export type FailureFilter = NonNullable<Schemas['FailureFilter']>;

export const statuses: JobStatus[] = ['queued', 'running', 'completed', 'failed', 'cancelled'];
export const priorities: Priority[] = ['high', 'normal', 'low'];

/** While no events arrive, lists ask again soon; with them, now and then all the same. */
function usePause(): number {
  return useConnected() ? 15_000 : 2_000;
}

export interface JobFilter {
  status?: JobStatus | undefined;
  provider?: string | undefined;
  model?: string | undefined;
  templateId?: string | undefined;
  priority?: Priority | undefined;
  from?: string | undefined;
  to?: string | undefined;
  minCostUSD?: number | undefined;
  q?: string | undefined;
  cursor?: string | undefined;
}

const jobKeys = {
  all: ['jobs'] as const,
  list: (filter: unknown, limit: number) => ['jobs', 'list', filter, limit] as const,
  one: (id: string) => ['jobs', 'one', id] as const,
  stats: ['jobs', 'stats'] as const,
  failures: (filter: FailureFilter) => ['jobs', 'failures', filter] as const,
};

export function isOver(status: JobStatus): boolean {
  return status !== 'queued' && status !== 'running';
}

export function isRetryable(status: JobStatus): boolean {
  return status === 'failed' || status === 'cancelled';
}

/** @param since how far back in milliseconds: a key that does not change every second */
export function useJobs(filter: JobFilter, { since, limit = 50, live = false }: JobListOptions = {}) {
  const pause = usePause();
  return useQuery({
    queryKey: jobKeys.list({ ...filter, since }, limit),
    queryFn: ({ signal }) => {
      const from = since ? new Date(Date.now() - since).toISOString() : filter.from;
      const query = Object.fromEntries(
        Object.entries({ ...filter, from, limit }).filter(([, value]) => value !== undefined && value !== ''),
      );
      return unwrapPage(api.GET('/jobs', { signal, params: { query } }));
    },
    refetchInterval: live ? pause : false,
    placeholderData: keepPreviousData,
  });
}

export interface JobListOptions {
  since?: number | undefined;
  limit?: number;
  live?: boolean;
}

/** Follows a job to its end. */
export function useJob(id: string | undefined) {
  const connected = useConnected();
  return useQuery({
    queryKey: jobKeys.one(id ?? ''),
    enabled: id !== undefined,
    queryFn: ({ signal }) => unwrap(api.GET('/jobs/{id}', { signal, params: { path: { id: id ?? '' } } })),
    refetchInterval: ({ state }) => (state.data && isOver(state.data.status) ? false : connected ? 2_000 : 700),
  });
}

export function useStats(live: boolean) {
  const pause = usePause();
  return useQuery({
    queryKey: jobKeys.stats,
    queryFn: ({ signal }) => unwrap(api.GET('/jobs/stats', { signal })),
    refetchInterval: live ? pause : false,
  });
}

export function useFailures(filter: FailureFilter, live = false) {
  const pause = usePause();
  return useQuery({
    queryKey: jobKeys.failures(filter),
    queryFn: ({ signal }) => {
      const query = Object.fromEntries(Object.entries(filter).filter(([, value]) => value));
      return unwrap(api.GET('/jobs/failures', { signal, params: { query } }));
    },
    refetchInterval: live ? 2 * pause : false,
    placeholderData: keepPreviousData,
  });
}

export function useProviders() {
  return useQuery({
    queryKey: ['providers'],
    staleTime: 60_000,
    queryFn: ({ signal }) => unwrap(api.GET('/providers', { signal })),
  });
}

function useRefreshing<Input, Output>(mutationFn: (input: Input) => Promise<Output>) {
  const client = useQueryClient();
  return useMutation({ mutationFn, onSettled: () => client.invalidateQueries({ queryKey: jobKeys.all }) });
}

export function useGenerate() {
  return useRefreshing((body: GenerateRequest) => unwrap(api.POST('/generate', { body, params: {} })));
}

export const cancelJob = (id: string) => unwrap(api.POST('/jobs/{id}/cancel', { params: { path: { id } } }));
export const retryJob = (id: string) => unwrap(api.POST('/jobs/{id}/retry', { params: { path: { id } } }));

export function useCancelJob() {
  return useRefreshing(cancelJob);
}

export function useRetryJob() {
  return useRefreshing(retryJob);
}

export interface BulkOutcome {
  done: number;
  refused: string[];
}

/** One request per job, a few at a time; what is refused does not stop the others. */
export function useBulk(action: (id: string) => Promise<unknown>) {
  return useRefreshing(async (ids: string[]): Promise<BulkOutcome> => {
    const outcome: BulkOutcome = { done: 0, refused: [] };
    const waiting = [...ids];
    const work = async () => {
      for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
        try {
          await action(id);
          outcome.done += 1;
        } catch (problem) {
          outcome.refused.push(problem instanceof Error ? problem.message : String(problem));
        }
      }
    };
    await Promise.all([work(), work(), work(), work()]);
    return outcome;
  });
}

export interface Redrive {
  filter: FailureFilter;
  expectedCount: number;
  perSecond?: number | undefined;
}

export function useRedrive() {
  return useRefreshing(({ filter, expectedCount, perSecond }: Redrive) =>
    unwrap(api.POST('/jobs/redrive', { body: { filter, expectedCount, ...(perSecond && { perSecond }) } })),
  );
}

export function usePurge() {
  return useRefreshing((body: { filter: FailureFilter; expectedCount: number }) =>
    unwrap(api.POST('/jobs/purge', { body })),
  );
}

export function useSetLane() {
  return useRefreshing(({ id, paused, maxRunning }: { id: number; paused: boolean; maxRunning: number | null }) =>
    unwrap(api.PUT('/lanes/{id}', { params: { path: { id } }, body: { paused, maxRunning } })),
  );
}
