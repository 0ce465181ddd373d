import type { Run } from '@/shared/data/evals';
import { useText } from '@/shared/i18n/language';
import { Status } from './basics';

/** How a run stands: its status until it has a verdict. */
export function RunState({ run }: { run: Pick<Run, 'status' | 'verdict'> }) {
  const text = useText();
  return run.verdict === null ? (
    <Status status={run.status} />
  ) : (
    <span className="status" data-verdict={run.verdict}>
      {text.evals.verdict[run.verdict]}
    </span>
  );
}
