import type { RunRow } from '@/shared/data/evals';

export interface CaseLine {
  caseId: string;
  title: string;
  /** By arm, its repeats in order. */
  cells: Map<string, RunRow[]>;
  change: 'regressed' | 'improved' | null;
  kind: RunRow['kind'];
}

/**
 * Rows as lines of a matrix, in the order of the file.
 *
 * @param complete false: more rows follow, so that the last case may not be whole, and is left out until it is
 */
export function casesOf(rows: RunRow[], complete: boolean): CaseLine[] {
  const lines = new Map<string, CaseLine>();
  for (const row of rows) {
    const line = lines.get(row.caseId) ?? {
      caseId: row.caseId,
      title: titleOf(row),
      cells: new Map<string, RunRow[]>(),
      change: null,
      kind: null,
    };
    lines.set(row.caseId, line);
    line.cells.set(row.arm, [...(line.cells.get(row.arm) ?? []), row]);
    line.change ??= row.change === 'same' ? null : row.change;
    line.kind ??= row.kind;
  }
  const all = [...lines.values()];
  return complete || all.length < 2 ? all : all.slice(0, -1);
}

interface Named {
  description: string;
  vars: Record<string, unknown>;
  caseId: string;
}

/** What somebody has called the case, else what is asked with it. */
export function titleOf({ description, vars, caseId }: Named): string {
  const asked = Object.values(vars)
    .map((value) => (typeof value === 'string' ? value : JSON.stringify(value)))
    .join(', ');
  return description || asked || caseId;
}

export type Outcome = RunRow['status'];

/** What became of all repeats of a cell: the worst of them, and how many passed. */
export function outcomeOf(repeats: RunRow[]): { status: Outcome; passed: number; all: number } {
  const passed = repeats.filter(({ status }) => status === 'pass').length;
  const status = repeats.some((row) => row.status === 'error') ? 'error' : passed === repeats.length ? 'pass' : 'fail';
  return { status, passed, all: repeats.length };
}
