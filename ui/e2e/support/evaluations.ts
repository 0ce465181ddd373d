import type { Page, Route } from '@playwright/test';
import type { components } from '../../generated/api';

type Schemas = components['schemas'];

const id = (last: string) => `019ab7a5-0d2e-7f44-8a61-7d1b0c9e${last}`;
export const suiteId = id('2f35');
export const runId = id('3001');
export const olderRunId = id('3000');
export const openRunId = id('3002');
const at = '2026-11-25T12:00:00.000Z';

export interface Asked {
  method: string;
  path: string;
  body: unknown;
}

const content = `description: Greets visitors of a city
prompts:
  - {label: today, raw: 'Welcome {{name}} to {{city}}.'}
  - {label: terse, raw: 'Welcome {{name}}.'}
providers: [{id: 'mock:echo', label: mock}]
tests:
  - vars: {name: [Ada, Alan], city: Porto}
    assert: [{type: contains, value: '{{city}}'}]
promptlab: {baseline: today}
`;

const suite = (templateId: string): Schemas['EvalSuite'] => ({
  id: suiteId,
  key: 'greetings',
  name: 'Greetings',
  description: 'Greets visitors of a city',
  version: 2,
  cases: 12,
  cells: 24,
  arms: ['today/mock', 'terse/mock'],
  template: { id: templateId, name: 'Looked at' },
  archivedAt: null,
  createdBy: 'ada@example.com',
  createdAt: at,
  updatedAt: at,
  lastRun: { id: runId, status: 'completed', verdict: 'regressed', createdAt: at },
});

const run = (over: Partial<Schemas['EvalRun']> = {}): Schemas['EvalRun'] => ({
  id: runId,
  suite: { id: suiteId, key: 'greetings', name: 'Greetings' },
  suiteVersion: 2,
  status: 'completed',
  verdict: 'regressed',
  error: null,
  errorCode: null,
  cancelRequested: false,
  inconclusiveFails: false,
  candidate: 'terse',
  baseline: 'today',
  template: null,
  repeats: 2,
  concurrency: 16,
  filter: null,
  budget: { calls: null, usd: null },
  cache: true,
  priority: 'low',
  progress: { done: 48, total: 48, errors: 0, cacheHits: 4, calls: 44, spentUSD: 0.0132, difference: -0.25 },
  createdBy: 'ada@example.com',
  createdAt: at,
  startedAt: at,
  finishedAt: '2026-11-25T12:00:09.000Z',
  updatedAt: at,
  ...over,
});

const compared = (metric: string, difference: number, low: number, high: number, verdict: string) => ({
  metric,
  tag: null,
  verdict,
  pairs: 12,
  baseline: { mean: 1, low: 0.76, high: 1 },
  candidate: { mean: 1 + difference, low: 0.47, high: 0.91 },
  difference,
  low,
  high,
  regressed: 4,
  improved: 1,
  p: 0.011,
  adjustedP: 0.011,
  smallestDrop: 0.16,
});

const gate = {
  verdict: 'regressed',
  reasons: ['pass: 4 cases got worse, 1 better; the drop exceeds the tolerance of 0 points'],
  candidate: { graded: 24, passed: 18, errors: 0, passRate: 0.75, costUsd: 0.0066 },
  baseline: { graded: 24, passed: 24, errors: 0, passRate: 1, costUsd: 0.0066 },
  comparisons: [
    compared('pass', -0.25, -0.43, -0.07, 'regressed'),
    compared('place', -0.05, -0.16, 0.06, 'inconclusive'),
    compared('tone', 0.12, 0.02, 0.22, 'pass'),
  ],
  cases: [{ key: 'c1', kind: 'broken', reruns: 3, baselinePassed: 3, candidatePassed: 0 }],
  guards: [],
  quarantined: [],
  expiredQuarantine: [],
  unpaired: 0,
} as unknown as Schemas['EvalGateResult'];

const summary = {
  schema: 'promptlab.eval.result/1',
  runId,
  suite: 'greetings',
  ended: 'complete',
  arms: ['today/mock', 'terse/mock'],
  candidate: 'terse',
  baseline: 'today',
  cases: 12,
  cells: 24,
  grading: {},
  gate,
  derivedMetrics: {},
  execution: {},
} as Schemas['EvalSummary'];

const names = ['Ada', 'Alan', 'Barbara', 'Edsger', 'Frances', 'Grace', 'John', 'Ken', 'Leslie', 'Margaret', 'Niklaus'];

const rows = names.flatMap((name, place) =>
  (['baseline', 'candidate'] as const).flatMap((side, arm) =>
    [0, 1].map((repeat): Schemas['EvalRow'] => {
      const broken = side === 'candidate' && (place === 1 || place === 4 || (place === 6 && repeat === 1));
      return {
        cell: place * 4 + arm * 2 + repeat,
        key: `c${place}`,
        caseId: `c${place}`,
        description: place === 3 ? 'A description that somebody has written to say what this case is about' : '',
        vars: { name, city: 'Porto' } as never,
        arm: arm === 0 ? 'today/mock' : 'terse/mock',
        side,
        repeat,
        status: place === 8 && arm === 1 ? 'error' : broken ? 'fail' : 'pass',
        score: broken ? 0 : 1,
        output: arm === 0 ? `Welcome ${name} to Porto.` : broken ? `Welcome ${name}.` : `Welcome ${name} in Porto!`,
        reason: broken ? 'the output does not contain "Porto"' : '',
        metrics: { place: broken ? 0 : 1 },
        assertions: [
          { type: 'contains', status: 'pass', score: 1, reason: `has "${name}"` },
          {
            type: 'contains',
            status: broken ? 'fail' : 'pass',
            score: broken ? 0 : 1,
            reason: broken ? 'the output does not contain "Porto"' : 'has "Porto"',
          },
        ],
        inputTokens: 12,
        outputTokens: 9,
        costUsd: 0.0003,
        execution: { latencyMs: 412, cached: place % 3 === 0 },
        change: broken ? 'regressed' : 'same',
        kind: place === 1 ? 'broken' : place === 6 ? 'flaky' : null,
      };
    }),
  ),
);

const file = (text: string): Schemas['EvalLint'] =>
  text.includes('contain,')
    ? {
        ok: false,
        problems: [
          {
            severity: 'error',
            file: 'suite.eval.yaml',
            line: 3,
            column: 45,
            message: 'no assertion is called "contain"',
            suggestion: 'contains',
          },
        ],
        cases: null,
        cells: null,
        arms: [],
      }
    : { ok: true, problems: [], cases: 12, cells: 24, arms: ['today/mock', 'terse/mock'] };

/** Answers of the evaluation routes as the API document has them, for what a test cannot bring about in seconds. */
export async function answerEvaluations(page: Page, templateId: string): Promise<Asked[]> {
  const asked: Asked[] = [];
  const detail: Schemas['EvalSuiteDetail'] = { ...suite(templateId), content, files: {}, warnings: [] };
  const version = (number: number): Schemas['EvalSuiteVersionDetail'] => ({
    suiteId,
    version: number,
    message: number === 1 ? null : 'a second prompt',
    cases: 12,
    createdBy: 'ada@example.com',
    createdAt: at,
    content: number === 1 ? content.replace("  - {label: terse, raw: 'Welcome {{name}}.'}\n", '') : content,
    files: {},
  });
  const open = run({
    id: openRunId,
    status: 'running',
    verdict: null,
    finishedAt: null,
    progress: { done: 20, total: 48, errors: 0, cacheHits: 4, calls: 16, spentUSD: 0.004, difference: -0.1 },
  });
  const older = run({ id: olderRunId, verdict: 'pass', candidate: 'today', baseline: null });
  const answers: [RegExp, (method: string, url: URL, body: Record<string, unknown>) => unknown][] = [
    [/^\/evals\/suites$/, (method) => (method === 'POST' ? detail : [suite(templateId)])],
    [/\/suites\/[^/]+$/, () => detail],
    [/\/versions$/, () => [2, 1].map((number) => ({ ...version(number), content: undefined, files: undefined }))],
    [/\/versions\/\d+$/, (_, url) => version(Number(url.pathname.split('/').at(-1)))],
    [/\/lint$/, (_, __, body) => file(String(body['content']))],
    [/\/cases$/, () => ({ ...detail, version: 3 })],
    [/\/estimate$/, () => ({ cells: 48, calls: 44, cacheHits: 4, inputTokens: 576, leastUSD: 0.004, mostUSD: 0.031 })],
    [/^\/evals\/runs$/, (method) => (method === 'POST' ? open : [open, run(), older])],
    [
      /\/rows$/,
      (_, url) => {
        const mode = url.searchParams.get('mode') ?? 'all';
        const after = Number(url.searchParams.get('cursor') ?? 0);
        return rows.filter(
          ({ cell, status, change }) =>
            cell >= after && (mode === 'all' || (mode === 'failures' ? status !== 'pass' : change === 'regressed')),
        );
      },
    ],
    [new RegExp(`/runs/${openRunId}$`), () => ({ ...open, summary: null })],
    [/\/runs\/[^/]+$/, () => ({ ...run(), summary })],
    [
      /\/compare$/,
      () => ({
        a: olderRunId,
        b: runId,
        gate,
        cases: [
          { key: 'c1', title: 'Alan, Porto', change: 'regressed', a: 1, b: 0 },
          { key: 'c4', title: 'Frances, Porto', change: 'improved', a: 0.5, b: 1 },
        ],
      }),
    ],
    [/\/baselines$/, () => [{ name: 'main', runId: olderRunId, setBy: 'ada@example.com', setAt: at }]],
    [/\/baselines\/[^/]+$/, () => ({ name: 'main', runId, setBy: 'ada@example.com', setAt: at })],
    [/\/flaky$/, () => [{ caseId: 'c6', runs: 4, flaky: 3, lastRunId: runId, lastSeenAt: at }]],
    [
      /\/history$/,
      () => [
        {
          runId,
          at,
          suiteVersion: 2,
          arm: 'terse/mock',
          side: 'candidate',
          passed: 1,
          failed: 1,
          errors: 0,
          score: 0.5,
          kind: 'flaky',
        },
      ],
    ],
    [
      /\/gates$/,
      () => [
        {
          label: 'production',
          suite: { id: suiteId, key: 'greetings', name: 'Greetings' },
          template: { id: templateId, name: 'Looked at' },
          maxAge: '7d',
          setBy: 'ada@example.com',
          setAt: at,
        },
      ],
    ],
  ];
  await page.route('**/evals/**', async (route: Route) => {
    const request = route.request();
    const url = new URL(request.url());
    const body = (request.postDataJSON() ?? {}) as Record<string, unknown>;
    if (request.resourceType() === 'document' || url.pathname.startsWith('/app/')) {
      return route.fallback();
    }
    asked.push({ method: request.method(), path: url.pathname, body });
    const found = answers.find(([path]) => path.test(url.pathname));
    return route.fulfill({ json: found?.[1](request.method(), url, body) ?? {} });
  });
  return asked;
}
