import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type Schemas, api, unwrap, unwrapPage } from '@/shared/api/client';
import { isOver } from './jobs';

export type Suite = Schemas['EvalSuite'];
export type SuiteDetail = Schemas['EvalSuiteDetail'];
export type Lint = Schemas['EvalLint'];
export type LintProblem = Schemas['EvalProblem'];
export type Run = Schemas['EvalRun'];
export type RunDetail = Schemas['EvalRunDetail'];
export type Verdict = NonNullable<Schemas['EvalVerdict']>;
export type RunRow = Schemas['EvalRow'];
export type Gate = Schemas['EvalGate'];
export type CaseEntry = Schemas['EvalCaseEntry'];
export type RunComparison = Schemas['EvalComparison'];
export type GateResult = Schemas['EvalGateResult'];

export type Figure = Schemas['EvalFigure'];
export type Comparison = GateResult['comparisons'][number];

export const modes = ['all', 'failures', 'regressions', 'different'] as const;
export type Mode = (typeof modes)[number];
export const verdicts: Verdict[] = ['pass', 'regressed', 'inconclusive', 'errors'];

const evalKeys = {
  all: ['evals'] as const,
  suites: (filter: object) => ['evals', 'suites', filter] as const,
  suite: (id: string) => ['evals', 'suite', id] as const,
  part: (id: string, ...part: unknown[]) => ['evals', 'suite', id, ...part] as const,
  runs: (filter: object) => ['evals', 'runs', filter] as const,
  run: (id: string) => ['evals', 'run', id] as const,
  rows: (id: string, ...part: unknown[]) => ['evals', 'run', id, 'rows', ...part] as const,
  gates: ['evals', 'gates'] as const,
};

const mostRows = 200;
const look = 1_000;

export interface SuiteFilter {
  q?: string | undefined;
  archived?: boolean | undefined;
  cursor?: string | undefined;
}

export function useSuites(filter: SuiteFilter, limit = 50) {
  return useQuery({
    queryKey: evalKeys.suites({ ...filter, limit }),
    queryFn: ({ signal }) =>
      unwrapPage(api.GET('/evals/suites', { signal, params: { query: { ...given(filter), limit } } })),
    placeholderData: keepPreviousData,
  });
}

function given<T extends object>(filter: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined && value !== '')) as never;
}

/** All suites, as far as a page goes: what belongs to templates is looked up in it. */
function useAllSuites<T>(select: (suites: Suite[]) => T) {
  return useQuery({
    queryKey: evalKeys.suites({ limit: mostRows }),
    staleTime: 30_000,
    queryFn: ({ signal }) => unwrapPage(api.GET('/evals/suites', { signal, params: { query: { limit: mostRows } } })),
    select: ({ items }) => select(items),
  });
}

/** The latest evaluation of each template, by its id. */
export function useLastEvaluations() {
  return useAllSuites(lastByTemplate);
}

function lastByTemplate(suites: Suite[]) {
  const last = new Map<string, NonNullable<Suite['lastRun']>>();
  for (const { template, lastRun } of suites) {
    const known = template && last.get(template.id);
    if (template && lastRun && (!known || known.createdAt < lastRun.createdAt)) {
      last.set(template.id, lastRun);
    }
  }
  return last;
}

export function useSuitesOf(templateId: string) {
  return useAllSuites((suites) => suites.filter(({ template }) => template?.id === templateId));
}

export function useSuite(id: string | undefined) {
  return useQuery({
    queryKey: evalKeys.suite(id ?? ''),
    enabled: id !== undefined,
    queryFn: ({ signal }) => unwrap(api.GET('/evals/suites/{id}', { signal, params: { path: { id: id ?? '' } } })),
  });
}

export function useSuiteVersions(id: string) {
  return useQuery({
    queryKey: evalKeys.part(id, 'versions'),
    queryFn: ({ signal }) =>
      unwrap(api.GET('/evals/suites/{id}/versions', { signal, params: { path: { id }, query: { limit: mostRows } } })),
  });
}

export function useSuiteVersion(id: string, version: number | undefined) {
  return useQuery({
    queryKey: evalKeys.part(id, 'versions', version),
    enabled: version !== undefined,
    staleTime: Infinity,
    queryFn: ({ signal }) =>
      unwrap(
        api.GET('/evals/suites/{id}/versions/{version}', {
          signal,
          params: { path: { id, version: version ?? 0 } },
        }),
      ),
  });
}

export interface SuiteText {
  content: string;
  files: Record<string, string>;
}

export function useLint(file: SuiteText) {
  return useQuery({
    queryKey: ['lint', file],
    enabled: file.content.trim() !== '',
    gcTime: 30_000,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => unwrap(api.POST('/evals/lint', { signal, body: file })),
  });
}

function useChanging<Input, Output>(mutationFn: (input: Input) => Promise<Output>) {
  const client = useQueryClient();
  return useMutation({ mutationFn, onSettled: () => client.invalidateQueries({ queryKey: evalKeys.all }) });
}

export function useCreateSuite() {
  return useChanging((body: SuiteText & { name?: string }) => unwrap(api.POST('/evals/suites', { body })));
}

export function useSaveSuite(id: string) {
  return useChanging((body: SuiteText & { name?: string; message?: string; ifVersion: number }) =>
    unwrap(api.PUT('/evals/suites/{id}', { params: { path: { id } }, body })),
  );
}

export function useArchiveSuite(id: string) {
  return useChanging((archive: boolean): Promise<unknown> =>
    archive
      ? unwrap(api.DELETE('/evals/suites/{id}', { params: { path: { id } } }))
      : unwrap(api.POST('/evals/suites/{id}/restore', { params: { path: { id } } })),
  );
}

export interface CaseOfJob {
  suiteId: string;
  jobId: string;
  description?: string;
  expectOutput: boolean;
}

export function useAddCase() {
  return useChanging(({ suiteId, ...body }: CaseOfJob) =>
    unwrap(api.POST('/evals/suites/{id}/cases', { params: { path: { id: suiteId } }, body })),
  );
}

export interface RunRequest {
  candidate?: string;
  baseline?: string;
  repeats?: number;
  filter?: string;
  budget?: { calls?: number; usd?: number };
  cache?: boolean;
}

export function useEstimate(suiteId: string, request: RunRequest) {
  return useQuery({
    queryKey: ['estimate', suiteId, request],
    gcTime: 30_000,
    retry: false,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      unwrap(api.POST('/evals/suites/{id}/estimate', { signal, params: { path: { id: suiteId } }, body: request })),
  });
}

export function useStartRun() {
  return useChanging((body: RunRequest & { suiteId: string }) => unwrap(api.POST('/evals/runs', { body })));
}

export interface RunFilter {
  suiteId?: string | undefined;
  templateId?: string | undefined;
  verdict?: Verdict | undefined;
  cursor?: string | undefined;
}

export function useRuns(filter: RunFilter, live: boolean) {
  return useQuery({
    queryKey: evalKeys.runs(filter),
    queryFn: ({ signal }) =>
      unwrapPage(api.GET('/evals/runs', { signal, params: { query: { ...given(filter), limit: 50 } } })),
    refetchInterval: ({ state }) =>
      live && state.data?.items.some(({ status }) => !isOver(status)) ? 2 * look : false,
    placeholderData: keepPreviousData,
  });
}

export function useRun(id: string | undefined, live = true) {
  return useQuery({
    queryKey: evalKeys.run(id ?? ''),
    enabled: id !== undefined,
    queryFn: ({ signal }) => unwrap(api.GET('/evals/runs/{id}', { signal, params: { path: { id: id ?? '' } } })),
    refetchInterval: ({ state }) => (live && !(state.data && isOver(state.data.status)) ? look : false),
  });
}

export interface RowFilter {
  mode?: Mode | undefined;
  q?: string | undefined;
}

interface RowPage {
  items: RunRow[];
  next: string | null;
}

/** Rows in the order of cells, as far as they were asked for. */
export function useRows(runId: string, filter: RowFilter, live: boolean) {
  return useInfiniteQuery({
    queryKey: evalKeys.rows(runId, filter),
    initialPageParam: undefined as string | undefined,
    queryFn: ({ signal, pageParam }): Promise<RowPage> =>
      unwrapPage(
        api.GET('/evals/runs/{id}/rows', {
          signal,
          params: {
            path: { id: runId },
            query: { ...given(filter), limit: mostRows, ...(pageParam && { cursor: Number(pageParam) }) },
          },
        }),
      ),
    getNextPageParam: ({ next }) => next ?? undefined,
    refetchInterval: live ? 2 * look : false,
    placeholderData: keepPreviousData,
  });
}

/** All rows of the case that a cell belongs to; they stand beside each other. */
export function useRowsAround(runId: string, cell: number | undefined) {
  const before = mostRows / 2;
  return useQuery({
    queryKey: evalKeys.rows(runId, 'around', cell),
    enabled: cell !== undefined,
    queryFn: async ({ signal }) => {
      const at = cell ?? 0;
      const query = { limit: mostRows, ...(at > before && { cursor: at - before }) };
      const rows = await unwrap(api.GET('/evals/runs/{id}/rows', { signal, params: { path: { id: runId }, query } }));
      const meant = rows.find((row) => row.cell === at);
      return meant ? rows.filter(({ caseId }) => caseId === meant.caseId) : [];
    },
  });
}

export function useCancelRun() {
  return useChanging((id: string) => unwrap(api.POST('/evals/runs/{id}/cancel', { params: { path: { id } } })));
}

export function useResumeRun() {
  return useChanging(({ id, budget }: { id: string; budget?: { calls?: number; usd?: number } }) =>
    unwrap(api.POST('/evals/runs/{id}/resume', { params: { path: { id } }, body: { ...(budget && { budget }) } })),
  );
}

export function useRegradeRun() {
  return useChanging((id: string) =>
    unwrap(api.POST('/evals/runs/{id}/regrade', { params: { path: { id } }, body: {} })),
  );
}

export function useCompareRuns(a: string | undefined, b: string | undefined) {
  return useQuery({
    queryKey: ['evals', 'compare', a, b],
    enabled: a !== undefined && b !== undefined,
    queryFn: ({ signal }) =>
      unwrap(api.GET('/evals/compare', { signal, params: { query: { a: a ?? '', b: b ?? '' } } })),
  });
}

export function useBaselines(suiteId: string) {
  return useQuery({
    queryKey: evalKeys.part(suiteId, 'baselines'),
    queryFn: ({ signal }) =>
      unwrap(api.GET('/evals/suites/{id}/baselines', { signal, params: { path: { id: suiteId } } })),
  });
}

export function useSetBaseline(suiteId: string) {
  return useChanging(({ name, runId }: { name: string; runId: string }) =>
    unwrap(
      api.PUT('/evals/suites/{id}/baselines/{name}', { params: { path: { id: suiteId, name } }, body: { runId } }),
    ),
  );
}

export function useDeleteBaseline(suiteId: string) {
  return useChanging((name: string) =>
    unwrap(api.DELETE('/evals/suites/{id}/baselines/{name}', { params: { path: { id: suiteId, name } } })),
  );
}

export function useFlaky(suiteId: string) {
  return useQuery({
    queryKey: evalKeys.part(suiteId, 'flaky'),
    queryFn: ({ signal }) => unwrap(api.GET('/evals/suites/{id}/flaky', { signal, params: { path: { id: suiteId } } })),
  });
}

export function useCaseHistory(suiteId: string, caseId: string | undefined) {
  return useQuery({
    queryKey: evalKeys.part(suiteId, 'history', caseId),
    enabled: caseId !== undefined,
    queryFn: ({ signal }) =>
      unwrap(
        api.GET('/evals/suites/{id}/history', {
          signal,
          params: { path: { id: suiteId }, query: { caseId: caseId ?? '', limit: 100 } },
        }),
      ),
  });
}

export function useGates() {
  return useQuery({
    queryKey: evalKeys.gates,
    queryFn: ({ signal }) => unwrap(api.GET('/evals/gates', { signal })),
  });
}

interface GateKey {
  label: string;
  suiteId: string;
}

export function useSetGate() {
  return useChanging(({ maxAge, ...path }: GateKey & { maxAge: string | null }) =>
    unwrap(api.PUT('/evals/gates/{label}/{suiteId}', { params: { path }, body: { ...(maxAge && { maxAge }) } })),
  );
}

export function useDeleteGate() {
  return useChanging((path: GateKey) => unwrap(api.DELETE('/evals/gates/{label}/{suiteId}', { params: { path } })));
}
