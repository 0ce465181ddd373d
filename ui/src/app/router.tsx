import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { parseDashboardSearch } from '@/features/dashboard/search';
import { parseDeadLettersSearch } from '@/features/dead-letters/search';
import { parseCompareSearch, parseRunSearch, parseSuiteSearch, parseSuitesSearch } from '@/features/evaluations/search';
import { parseJobSearch, parseJobsSearch } from '@/features/jobs/search';
import { parsePlaygroundSearch } from '@/features/playground/search';
import { parseSettingsSearch } from '@/features/settings/search';
import { parseTemplateSearch, parseTemplatesSearch } from '@/features/templates/search';
import { flag, parseSearch, stringifySearch } from '@/shared/search';
import { BrokenPage, MissingPage, PendingPage } from './fallbacks';
import { Gate } from './gate';

const root = createRootRoute({
  component: Gate,
  notFoundComponent: MissingPage,
  validateSearch: (search: Record<string, unknown>): { paused?: true | undefined } => ({
    paused: flag(search['paused']),
  }),
});

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/templates', replace: true });
  },
});

const templates = createRoute({
  getParentRoute: () => root,
  path: '/templates',
  validateSearch: parseTemplatesSearch,
  component: lazyRouteComponent(() => import('@/features/templates/list-page'), 'TemplatesPage'),
});

const newTemplate = createRoute({
  getParentRoute: () => root,
  path: '/templates/new',
  component: lazyRouteComponent(() => import('@/features/templates/new-page'), 'NewTemplatePage'),
});

const template = createRoute({
  getParentRoute: () => root,
  path: '/templates/$id',
  validateSearch: parseTemplateSearch,
  component: lazyRouteComponent(() => import('@/features/templates/template-page'), 'TemplatePage'),
});

const playground = createRoute({
  getParentRoute: () => root,
  path: '/playground',
  validateSearch: parsePlaygroundSearch,
  component: lazyRouteComponent(() => import('@/features/playground/page'), 'PlaygroundPage'),
});

const suites = createRoute({
  getParentRoute: () => root,
  path: '/evaluations',
  validateSearch: parseSuitesSearch,
  component: lazyRouteComponent(() => import('@/features/evaluations/list-page'), 'SuitesPage'),
});

const newSuite = createRoute({
  getParentRoute: () => root,
  path: '/evaluations/new',
  component: lazyRouteComponent(() => import('@/features/evaluations/new-page'), 'NewSuitePage'),
});

const suite = createRoute({
  getParentRoute: () => root,
  path: '/evaluations/$id',
  validateSearch: parseSuiteSearch,
  component: lazyRouteComponent(() => import('@/features/evaluations/suite-page'), 'SuitePage'),
});

const evaluationRun = createRoute({
  getParentRoute: () => root,
  path: '/evaluations/runs/$id',
  validateSearch: parseRunSearch,
  component: lazyRouteComponent(() => import('@/features/evaluations/run-page'), 'RunPage'),
});

const compareRuns = createRoute({
  getParentRoute: () => root,
  path: '/evaluations/compare',
  validateSearch: parseCompareSearch,
  component: lazyRouteComponent(() => import('@/features/evaluations/compare-page'), 'CompareRunsPage'),
});

const dashboard = createRoute({
  getParentRoute: () => root,
  path: '/dashboard',
  validateSearch: parseDashboardSearch,
  component: lazyRouteComponent(() => import('@/features/dashboard/page'), 'DashboardPage'),
});

const jobs = createRoute({
  getParentRoute: () => root,
  path: '/jobs',
  validateSearch: parseJobsSearch,
  component: lazyRouteComponent(() => import('@/features/jobs/list-page'), 'JobsPage'),
});

const job = createRoute({
  getParentRoute: () => root,
  path: '/jobs/$id',
  validateSearch: parseJobSearch,
  component: lazyRouteComponent(() => import('@/features/jobs/job-page'), 'JobPage'),
});

const deadLetters = createRoute({
  getParentRoute: () => root,
  path: '/dead-letters',
  validateSearch: parseDeadLettersSearch,
  component: lazyRouteComponent(() => import('@/features/dead-letters/page'), 'DeadLettersPage'),
});

const settings = createRoute({
  getParentRoute: () => root,
  path: '/settings',
  validateSearch: parseSettingsSearch,
  component: lazyRouteComponent(() => import('@/features/settings/page'), 'SettingsPage'),
});

const tree = root.addChildren([
  home,
  templates,
  newTemplate,
  template,
  playground,
  suites,
  newSuite,
  suite,
  evaluationRun,
  compareRuns,
  dashboard,
  jobs,
  job,
  deadLetters,
  settings,
]);

export function createAppRouter() {
  return createRouter({
    routeTree: tree,
    basepath: '/app',
    parseSearch,
    stringifySearch,
    scrollRestoration: true,
    defaultPreload: 'intent',
    defaultPendingMs: 150,
    defaultErrorComponent: BrokenPage,
    defaultPendingComponent: PendingPage,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
