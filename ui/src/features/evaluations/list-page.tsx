import { Button, Switch, TextInput } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { IconPlus, IconSearch } from '@tabler/icons-react';
import { type Suite, useSuites } from '@/shared/data/evals';
import { useFormat, useText } from '@/shared/i18n/language';
import { Ago, Command, Empty, Page } from '@/shared/ui/basics';
import { Pager } from '@/shared/ui/pager';
import { QueryState, Table } from '@/shared/ui/table';
import { useTypedText } from '@/shared/ui/typed-text';
import { RunState } from '@/shared/ui/verdict';
import type { SuitesSearch } from './search';

export function SuitesPage() {
  const text = useText();
  const search = useSearch({ from: '/evaluations' });
  const navigate = useNavigate({ from: '/evaluations' });
  const suites = useSuites(search);
  const filtered = Boolean(search.q ?? search.archived);
  const change = (part: SuitesSearch) =>
    void navigate({ search: (now) => ({ ...now, ...part, cursor: undefined }), replace: true });
  const [q, setQ] = useTypedText(search.q, (value) => change({ q: value }));
  return (
    <Page
      title={text.evals.title}
      actions={
        <Button size="xs" component={Link} to="/evaluations/new" leftSection={<IconPlus size={15} aria-hidden />}>
          {text.evals.create}
        </Button>
      }
    >
      <div className="toolbar" role="search">
        <TextInput
          data-search
          className="toolbar-search"
          aria-label={text.evals.search}
          placeholder={text.evals.search}
          leftSection={<IconSearch size={14} aria-hidden />}
          value={q}
          onChange={(event) => setQ(event.currentTarget.value)}
        />
        <Switch
          label={text.evals.archived}
          checked={search.archived === true}
          onChange={(event) => change({ archived: event.currentTarget.checked || undefined })}
        />
        {filtered && (
          <Button variant="subtle" size="xs" onClick={() => void navigate({ search: {} })}>
            {text.common.resetFilters}
          </Button>
        )}
      </div>
      <QueryState query={suites} />
      {suites.data && suites.data.items.length > 0 && <SuitesTable suites={suites.data.items} />}
      {suites.data?.items.length === 0 && <NoSuites search={search} />}
      <Pager next={suites.data?.next ?? null} />
    </Page>
  );
}

function NoSuites({ search }: { search: SuitesSearch }) {
  const text = useText();
  const navigate = useNavigate({ from: '/evaluations' });
  if (search.q || search.archived) {
    return (
      <Empty
        title={search.q ? text.evals.noneFound : text.evals.noneArchived}
        action={
          <Button variant="default" size="xs" onClick={() => void navigate({ search: {} })}>
            {text.common.resetFilters}
          </Button>
        }
      />
    );
  }
  return (
    <Empty
      title={text.evals.none}
      action={
        <Button size="xs" component={Link} to="/evaluations/new">
          {text.evals.create}
        </Button>
      }
    >
      {text.evals.noneText}{' '}
      <Command>{'./promptlab eval run src/main/resources/samples/eval/tutorial.eval.yaml'}</Command>
    </Empty>
  );
}

function SuitesTable({ suites }: { suites: Suite[] }) {
  const text = useText();
  const format = useFormat();
  return (
    <Table
      columns={[
        text.evals.suite,
        text.evals.lastRun,
        { name: text.evals.cases, right: true },
        { name: text.evals.arms, wide: true },
        { name: text.evals.template, wide: true },
        { name: text.evals.updated, right: true },
      ]}
    >
      {suites.map((suite) => (
        <tr key={suite.id}>
          <td className="cell-main">
            <Link to="/evaluations/$id" params={{ id: suite.id }} data-row-link className="row-link">
              {suite.name}
            </Link>
            <div className="cell-sub">{suite.description || suite.key}</div>
          </td>
          <td className="nowrap">
            {suite.lastRun ? (
              <Link to="/evaluations/runs/$id" params={{ id: suite.lastRun.id }} className="quiet-link">
                <RunState run={suite.lastRun} />
              </Link>
            ) : (
              <span className="muted">{text.evals.never}</span>
            )}
          </td>
          <td className="right num">{format.number(suite.cases)}</td>
          <td className="wide-only">
            <span className="variables">
              {suite.arms.slice(0, 3).map((arm) => (
                <code key={arm}>{arm}</code>
              ))}
              {suite.arms.length > 3 && <span className="muted">{`+${suite.arms.length - 3}`}</span>}
            </span>
          </td>
          <td className="wide-only">
            {suite.template ? (
              <Link to="/templates/$id" params={{ id: suite.template.id }}>
                {suite.template.name}
              </Link>
            ) : (
              <span className="muted">{'–'}</span>
            )}
          </td>
          <td className="right muted nowrap">
            <Ago time={suite.updatedAt} />
          </td>
        </tr>
      ))}
    </Table>
  );
}
