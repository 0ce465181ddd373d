import { Link } from '@tanstack/react-router';
import type { Run } from '@/shared/data/evals';
import { useFormat, useText } from '@/shared/i18n/language';
import { Ago, ShortId } from './basics';
import { Table } from './table';
import { RunState } from './verdict';

interface Props {
  runs: Run[];
  /** Runs may be ticked. */
  selected?: string[];
  onToggle?: (id: string) => void;
}

/** Runs of a suite, or of the suites of a template, newest first. */
export function RunTable({ runs, selected, onToggle }: Props) {
  const text = useText();
  return (
    <Table
      before={onToggle && <th className="cell-check" aria-label={text.evals.runs.compareHow} />}
      columns={[
        text.jobs.status,
        text.evals.runs.run,
        { name: text.evals.runs.candidate, wide: true },
        { name: text.evals.runs.baseline, wide: true },
        { name: text.evals.runs.progress, right: true },
        { name: text.evals.runs.cost, right: true },
        { name: text.evals.runs.created, right: true },
      ]}
    >
      {runs.map((run) => (
        <RunLine
          key={run.id}
          run={run}
          selected={selected?.includes(run.id) === true}
          onToggle={onToggle && (() => onToggle(run.id))}
        />
      ))}
    </Table>
  );
}

interface LineProps {
  run: Run;
  selected: boolean;
  onToggle: (() => void) | undefined;
}

function RunLine({ run, selected, onToggle }: LineProps) {
  const text = useText();
  const format = useFormat();
  const { done, total } = run.progress;
  const tested = run.template ? `${run.template.name} ${text.common.version(run.template.version)}` : run.candidate;
  return (
    <tr data-selected={selected ? '' : undefined}>
      {onToggle && (
        <td className="cell-check">
          <input
            type="checkbox"
            className="check"
            aria-label={text.evals.runs.select(run.id.slice(-8))}
            checked={selected}
            onChange={onToggle}
          />
        </td>
      )}
      <td className="nowrap">
        <RunState run={run} />
      </td>
      <td className="cell-main">
        <span className="one-line">
          <Link to="/evaluations/runs/$id" params={{ id: run.id }} data-row-link className="row-link">
            <ShortId id={run.id} />
          </Link>
          <span className="muted">{`${run.suite.name} ${text.common.version(run.suiteVersion)}`}</span>
          {run.filter && <span className="badge">{run.filter}</span>}
        </span>
      </td>
      <td className="wide-only">{tested ?? <span className="muted">{text.evals.runs.all}</span>}</td>
      <td className="wide-only muted">{run.baseline ?? text.evals.runs.noBaseline}</td>
      <td className="right num nowrap">
        {done === total ? format.number(total) : `${format.number(done)} / ${format.number(total)}`}
      </td>
      <td className="right num">{format.money(run.progress.spentUSD)}</td>
      <td className="right muted nowrap">
        <Ago time={run.createdAt} />
      </td>
    </tr>
  );
}
