import { type Mode, type Verdict, modes, verdicts } from '@/shared/data/evals';
import { type RawSearch, flag, oneOf, text, uuid, whole } from '@/shared/search';

export interface SuitesSearch {
  q?: string | undefined;
  archived?: true | undefined;
  cursor?: string | undefined;
}

export function parseSuitesSearch(search: RawSearch): SuitesSearch {
  return { q: text(search['q']), archived: flag(search['archived']), cursor: uuid(search['cursor']) };
}

export const suiteTabs = ['runs', 'file', 'versions', 'baselines', 'flaky', 'history'] as const;
type SuiteTab = (typeof suiteTabs)[number];

export interface SuiteSearch {
  tab?: SuiteTab | undefined;
  verdict?: Verdict | undefined;
  cursor?: string | undefined;
  /** The two versions that are compared. */
  from?: number | undefined;
  to?: number | undefined;
  /** Of the history. */
  case?: string | undefined;
  /** The dialog that starts a run is open, with this candidate. */
  start?: true | undefined;
  candidate?: string | undefined;
}

export function parseSuiteSearch(search: RawSearch): SuiteSearch {
  return {
    tab: oneOf(search['tab'], suiteTabs),
    verdict: oneOf(search['verdict'], verdicts),
    cursor: uuid(search['cursor']),
    from: whole(search['from']),
    to: whole(search['to']),
    case: text(search['case'], 1_000),
    start: flag(search['start']),
    candidate: text(search['candidate']),
  };
}

export interface RunSearch {
  mode?: Mode | undefined;
  q?: string | undefined;
  /** The cell that is looked at, counted from 1. */
  cell?: number | undefined;
}

export function parseRunSearch(search: RawSearch): RunSearch {
  return { mode: oneOf(search['mode'], modes), q: text(search['q']), cell: whole(search['cell']) };
}

export interface CompareSearch {
  a?: string | undefined;
  b?: string | undefined;
}

export function parseCompareSearch(search: RawSearch): CompareSearch {
  return { a: uuid(search['a']), b: uuid(search['b']) };
}
