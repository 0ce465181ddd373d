import { useState } from 'react';
import { Drawer } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { type RunDetail, type RunRow, useRowsAround } from '@/shared/data/evals';
import { useFormat, useText } from '@/shared/i18n/language';
import { CopyButton, Empty, Facts, Section } from '@/shared/ui/basics';
import { CompareView } from '@/shared/ui/compare-view';
import { SoFar } from '@/shared/ui/output';
import { QueryState, Table } from '@/shared/ui/table';
import { titleOf } from '../cases';

/** One answer with everything about it; its address can be passed on. */
export function RowPeek({ run }: { run: RunDetail }) {
  const text = useText();
  const { cell } = useSearch({ from: '/evaluations/runs/$id' });
  const navigate = useNavigate({ from: '/evaluations/runs/$id' });
  const rows = useRowsAround(run.id, cell === undefined ? undefined : cell - 1);
  const row = rows.data?.find((each) => each.cell + 1 === cell);
  return (
    <Drawer
      opened={cell !== undefined}
      onClose={() => void navigate({ search: (now) => ({ ...now, cell: undefined }), resetScroll: false })}
      position="right"
      size={680}
      title={row ? titleOf(row) : text.evals.row.title}
      closeButtonProps={{ 'aria-label': text.common.close }}
    >
      <QueryState query={rows} rows={5} />
      {rows.data && !row && <Empty title={text.evals.row.gone} />}
      {row && rows.data && <RowDetail key={row.cell} run={run} row={row} rows={rows.data} />}
    </Drawer>
  );
}

interface Props {
  run: RunDetail;
  row: RunRow;
  /** All of its case. */
  rows: RunRow[];
}

function RowDetail({ run, row, rows }: Props) {
  const text = useText();
  const format = useFormat();
  const baseline = rows.find(({ side, repeat }) => side === 'baseline' && repeat === row.repeat);
  const firstOfArm = rows.filter((each, at) => rows.findIndex(({ arm }) => arm === each.arm) === at);
  const sameArm = rows.filter(({ arm }) => arm === row.arm);
  return (
    <div className="stack">
      <Choice
        label={text.evals.row.arms}
        options={firstOfArm.map(({ cell, arm }) => ({ cell, name: arm, isOn: arm === row.arm }))}
      />
      {sameArm.length > 1 && (
        <Choice
          label={text.evals.row.repeats}
          options={sameArm.map(({ cell, repeat }) => ({
            cell,
            name: text.evals.row.repeat(repeat + 1),
            isOn: cell === row.cell,
          }))}
        />
      )}
      <div className="row-state">
        <RowStatus status={row.status} />
        {row.reason && <span>{row.reason}</span>}
      </div>
      <Answer row={row} baseline={baseline && baseline.cell !== row.cell ? baseline : undefined} />
      {row.assertions.length > 0 && <Assertions row={row} />}
      <Facts
        facts={[
          [text.evals.row.score, format.figure(row.score)],
          [
            text.evals.row.tokens,
            text.jobs.tokensInOut(format.tokens(row.inputTokens), format.tokens(row.outputTokens)),
          ],
          [text.evals.row.cost, format.money(row.costUsd)],
          [
            text.evals.row.latency,
            row.execution.cached ? text.evals.row.cached : format.duration(row.execution.latencyMs),
          ],
          ...Object.entries(row.metrics).map(([name, value]): [string, string] => [name, format.figure(value)]),
        ]}
      />
      <Section title={text.evals.row.vars}>
        <pre className="code" tabIndex={0}>
          {JSON.stringify(row.vars, null, 2)}
        </pre>
      </Section>
      <div className="actions">
        <CopyButton value={window.location.href} label={text.evals.row.copyLink} />
        <Link
          to="/evaluations/$id"
          params={{ id: run.suite.id }}
          search={{ tab: 'history', case: row.key } as never}
          className="button-link"
        >
          {text.evals.row.history}
        </Link>
      </div>
    </div>
  );
}

function RowStatus({ status }: { status: RunRow['status'] }) {
  const text = useText();
  return (
    <span className="status" data-verdict={{ pass: 'pass', fail: 'regressed', error: 'errors' }[status]}>
      {text.evals.matrix.status[status]}
    </span>
  );
}

interface ChoiceProps {
  label: string;
  options: { cell: number; name: string; isOn: boolean }[];
}

function Choice({ label, options }: ChoiceProps) {
  const navigate = useNavigate({ from: '/evaluations/runs/$id' });
  return (
    <div className="mini-tabs" role="group" aria-label={label}>
      {options.map(({ cell, name, isOn }) => (
        <button
          key={cell}
          type="button"
          aria-pressed={isOn}
          onClick={() =>
            void navigate({ search: (now) => ({ ...now, cell: cell + 1 }), replace: true, resetScroll: false })
          }
        >
          {name}
        </button>
      ))}
    </div>
  );
}

function Answer({ row, baseline }: { row: RunRow; baseline: RunRow | undefined }) {
  const text = useText();
  const [asDiff, setAsDiff] = useState(baseline !== undefined && baseline.output !== row.output);
  return (
    <div className="stack">
      {baseline && (
        <div className="mini-tabs" role="group" aria-label={text.evals.row.view}>
          <button type="button" aria-pressed={!asDiff} onClick={() => setAsDiff(false)}>
            {text.evals.row.answer}
          </button>
          <button type="button" aria-pressed={asDiff} onClick={() => setAsDiff(true)}>
            {text.evals.row.diff}
          </button>
        </div>
      )}
      {baseline && asDiff ? (
        <CompareView
          title={text.evals.row.answer}
          before={baseline.output ?? ''}
          after={row.output ?? ''}
          beforeName={baseline.arm}
          afterName={row.arm}
        />
      ) : (
        <SoFar output={row.output} said="" over>
          <p className="muted">{text.evals.matrix.noOutput}</p>
        </SoFar>
      )}
    </div>
  );
}

function Assertions({ row }: { row: RunRow }) {
  const text = useText();
  const format = useFormat();
  return (
    <Section title={text.evals.row.assertions}>
      <Table
        label={text.evals.row.assertions}
        columns={[
          text.evals.row.status,
          text.evals.row.type,
          { name: text.evals.row.score, right: true },
          text.evals.row.reason,
        ]}
      >
        {row.assertions.map((assertion, index) => (
          <tr key={index}>
            <td className="nowrap">
              <RowStatus status={assertion.status} />
            </td>
            <td className="mono">{assertion.type}</td>
            <td className="right num">{format.figure(assertion.score)}</td>
            <td className="wrap">{assertion.reason}</td>
          </tr>
        ))}
      </Table>
    </Section>
  );
}
