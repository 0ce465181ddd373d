import { memo } from 'react';
import { Button, SegmentedControl, TextInput } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { IconAlertTriangle, IconCheck, IconSearch, IconX } from '@tabler/icons-react';
import { type Mode, type RunDetail, type RunRow, modes, useRows } from '@/shared/data/evals';
import { isOver } from '@/shared/data/jobs';
import { useText } from '@/shared/i18n/language';
import { Empty, Section } from '@/shared/ui/basics';
import { QueryState } from '@/shared/ui/table';
import { useTypedText } from '@/shared/ui/typed-text';
import { type CaseLine, casesOf, outcomeOf } from '../cases';
import type { RunSearch } from '../search';

const icons = { pass: IconCheck, fail: IconX, error: IconAlertTriangle };

/** Cases by arms. It fills while the run goes on. */
export function Matrix({ run, live }: { run: RunDetail; live: boolean }) {
  const text = useText();
  const search = useSearch({ from: '/evaluations/runs/$id' });
  const navigate = useNavigate({ from: '/evaluations/runs/$id' });
  const mode = search.mode ?? 'all';
  const rows = useRows(run.id, { mode, q: search.q }, live && !isOver(run.status));
  const loaded = rows.data?.pages.flatMap(({ items }) => items) ?? [];
  const lines = casesOf(loaded, !rows.hasNextPage);
  const change = (part: RunSearch) => void navigate({ search: (now) => ({ ...now, ...part }), replace: true });
  const [q, setQ] = useTypedText(search.q, (value) => change({ q: value }));
  return (
    <Section title={text.evals.matrix.title}>
      <div className="toolbar" role="search">
        <SegmentedControl
          aria-label={text.evals.matrix.mode}
          value={mode}
          onChange={(value) => change({ mode: value === 'all' ? undefined : (value as Mode) })}
          data={modes.map((value) => ({ value, label: text.evals.matrix.modes[value] }))}
        />
        <TextInput
          data-search
          className="toolbar-search"
          aria-label={text.evals.matrix.search}
          placeholder={text.evals.matrix.search}
          leftSection={<IconSearch size={14} aria-hidden />}
          value={q}
          onChange={(event) => setQ(event.currentTarget.value)}
        />
        {(search.q ?? search.mode) && (
          <Button variant="subtle" size="xs" onClick={() => change({ q: undefined, mode: undefined })}>
            {text.common.resetFilters}
          </Button>
        )}
      </div>
      <QueryState query={rows} rows={5} />
      {lines.length > 0 && <MatrixTable lines={lines} arms={armsOf(run, loaded)} />}
      {rows.data && lines.length === 0 && <NoRows filtered={Boolean(search.q ?? search.mode)} />}
      {rows.hasNextPage && (
        <Button
          className="fit"
          variant="default"
          size="xs"
          mt="sm"
          loading={rows.isFetchingNextPage}
          onClick={() => void rows.fetchNextPage()}
        >
          {text.evals.matrix.more}
        </Button>
      )}
    </Section>
  );
}

interface Arm {
  name: string;
  isBaseline: boolean;
}

/** As the suite has them; the baseline comes first, because everything is compared with it. */
function armsOf(run: RunDetail, rows: RunRow[]): Arm[] {
  const sides = new Map(rows.map(({ arm, side }) => [arm, side]));
  const known = run.summary?.arms.filter((arm) => sides.has(arm)) ?? [];
  const names = [...new Set([...known, ...sides.keys()])];
  const arms = names.map((name) => ({ name, isBaseline: sides.get(name) === 'baseline' }));
  return [...arms.filter(({ isBaseline }) => isBaseline), ...arms.filter(({ isBaseline }) => !isBaseline)];
}

function NoRows({ filtered }: { filtered: boolean }) {
  const text = useText();
  const navigate = useNavigate({ from: '/evaluations/runs/$id' });
  return filtered ? (
    <Empty
      title={text.evals.matrix.noneFound}
      action={
        <Button size="xs" variant="default" onClick={() => void navigate({ search: {} })}>
          {text.evals.matrix.showAll}
        </Button>
      }
    />
  ) : (
    <Empty title={text.evals.matrix.none}>{text.evals.matrix.noneText}</Empty>
  );
}

function MatrixTable({ lines, arms }: { lines: CaseLine[]; arms: Arm[] }) {
  const text = useText();
  return (
    <div className="table-scroll matrix" role="region" aria-label={text.evals.matrix.title} tabIndex={0}>
      <table className="table">
        <thead>
          <tr>
            <th scope="col" className="matrix-case">
              {text.evals.matrix.case}
            </th>
            {arms.map(({ name, isBaseline }) => (
              <th key={name} scope="col" className="matrix-arm">
                {name}
                {isBaseline && <span className="badge">{text.evals.matrix.isBaseline}</span>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <MatrixLine key={line.caseId} line={line} arms={arms} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function MatrixLine({ line, arms }: { line: CaseLine; arms: Arm[] }) {
  const text = useText();
  return (
    <tr>
      <th scope="row" className="matrix-case">
        <span className="matrix-title" title={line.title}>
          {line.title}
        </span>
        <span className="chips">
          {line.change && (
            <span className={line.change === 'regressed' ? 'badge danger' : 'badge'}>
              {text.evals.matrix.change[line.change]}
            </span>
          )}
          {line.kind && <span className="badge">{text.evals.matrix.kind[line.kind]}</span>}
        </span>
      </th>
      {arms.map(({ name }) => (
        <td key={name}>
          <Cell repeats={line.cells.get(name) ?? []} title={line.title} />
        </td>
      ))}
    </tr>
  );
}

/** The first repeat that did not pass stands for all of them. */
const Cell = memo(function Cell({ repeats, title }: { repeats: RunRow[]; title: string }) {
  const text = useText();
  const shown = repeats.find(({ status }) => status !== 'pass') ?? repeats[0];
  if (!shown) {
    return null;
  }
  const { status, passed, all } = outcomeOf(repeats);
  const Icon = icons[status];
  return (
    <Link
      to="."
      search={((now: object) => ({ ...now, cell: shown.cell + 1 })) as never}
      resetScroll={false}
      className="matrix-cell"
      data-status={status}
      data-row-link
    >
      <span className="sr-only">{text.evals.matrix.cell(text.evals.matrix.status[status], shown.arm, title)}</span>
      <span className="matrix-state">
        <Icon size={14} aria-hidden />
        {all > 1 && <span className="num">{text.evals.matrix.passed(passed, all)}</span>}
      </span>
      <span className="matrix-output">
        {(status === 'pass' ? shown.output : shown.reason || shown.output)?.slice(0, 240) ?? text.evals.matrix.noOutput}
      </span>
    </Link>
  );
});
