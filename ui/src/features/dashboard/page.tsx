import { Button, NativeSelect, Switch } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { type Lane, useFailures, useJobs, useSetLane, useStats } from '@/shared/data/jobs';
import { type Figures, reusedOn, useCacheDays, useSummary } from '@/shared/data/stats';
import { useFormat, useText } from '@/shared/i18n/language';
import { Ago, Command, Empty, Page, RowsSkeleton, Section } from '@/shared/ui/basics';
import { Problem, tellProblem } from '@/shared/ui/problem';
import { Table } from '@/shared/ui/table';
import { CacheChart, Chart } from './components/chart';
import { Tile } from './components/tile';
import { change } from './lines';
import { type DashboardSearch, type SpanName, rangeOf, spanOf, spans } from './search';

export function DashboardPage() {
  const text = useText();
  const search = useSearch({ from: '/dashboard' });
  const live = !search.paused;
  const stats = useStats(live);
  const latest = useJobs({}, { limit: 1, live });
  const summary = useSummary(spanOf(search), search.compare === true, live);
  return (
    <Page title={text.dashboard.title} actions={<Choices search={search} />}>
      {summary.isError && <Problem problem={summary.error} retry={() => void summary.refetch()} />}
      {(summary.isPending || latest.isPending) && <RowsSkeleton rows={5} />}
      {summary.data && latest.data && (
        <>
          <Tiles now={summary.data.current} before={summary.data.previous} />
          {latest.data.items.length === 0 && summary.data.current.jobs === 0 && <NoJobs />}
          <div className="charts">
            <Chart metric="jobs" dimensions={['status', 'provider', 'model', 'template']} />
            <Chart metric="latency" dimensions={['provider', 'model', 'none']} />
            <Chart metric="cost" dimensions={['provider', 'model', 'template']} />
            <Chart metric="errors" dimensions={['failure', 'provider', 'model', 'template']} />
            <Chart metric="tokens" dimensions={['none', 'provider', 'model', 'template']} />
            <Chart metric="queueWait" dimensions={['none', 'provider', 'model']} />
            <CacheChart span={summary.data.current} />
          </div>
        </>
      )}
      {stats.data && stats.data.lanes.length > 0 && (
        <Section title={text.dashboard.lanes}>
          <Lanes lanes={stats.data.lanes} />
        </Section>
      )}
    </Page>
  );
}

function NoJobs() {
  const text = useText();
  return (
    <Empty
      title={text.jobs.none}
      action={
        <Button size="xs" component={Link} to="/playground">
          {text.jobs.toPlayground}
        </Button>
      }
    >
      {text.jobs.noneText} <Command>{'./promptlab demo'}</Command>
    </Empty>
  );
}

function Choices({ search }: { search: DashboardSearch }) {
  const text = useText();
  const format = useFormat();
  const navigate = useNavigate({ from: '/dashboard' });
  const set = (part: DashboardSearch) => void navigate({ search: (now) => ({ ...now, ...part }), replace: true });
  return (
    <div className="toolbar">
      <Switch
        label={text.charts.compare}
        checked={search.compare === true}
        onChange={(event) => set({ compare: event.currentTarget.checked || undefined })}
      />
      {search.from && search.to && (
        <button
          type="button"
          className="filter-chip"
          aria-label={text.charts.unzoom}
          onClick={() => set({ from: undefined, to: undefined })}
        >
          {text.charts.between(format.time(search.from), format.time(search.to))} <span aria-hidden>{'×'}</span>
        </button>
      )}
      <NativeSelect
        aria-label={text.jobs.range}
        value={rangeOf(search)}
        data={spans.map((value) => ({ value, label: text.jobs.ranges[value] }))}
        onChange={(event) => set({ range: event.currentTarget.value as SpanName, from: undefined, to: undefined })}
      />
    </div>
  );
}

function Tiles({ now, before }: { now: Figures; before: Figures | null }) {
  const text = useText();
  const format = useFormat();
  const search = useSearch({ from: '/dashboard' });
  const failures = useFailures({}, !search.paused);
  const cache = useCacheDays(now);
  const dead = failures.data?.reduce((sum, { count }) => sum + count, 0);
  const jobs = search.from && search.to ? { from: search.from, to: search.to } : { range: rangeOf(search) };
  const compared = (share: number | null) => (share === null ? undefined : text.charts.change(format.change(share)));
  const points = (value: number | null | undefined, other: number | null | undefined) =>
    value == null || other == null ? undefined : text.charts.points(format.change(value - other));
  return (
    <div className="tiles">
      <Tile
        name={text.dashboard.jobs}
        value={format.number(now.jobs)}
        note={compared(change(now.jobs, before?.jobs))}
        to="/jobs"
        search={jobs}
      />
      <Tile
        name={text.dashboard.success}
        value={now.successRate === null ? '–' : format.percent(now.successRate)}
        note={points(now.successRate, before?.successRate)}
        to="/jobs"
        search={{ ...jobs, status: 'failed' }}
      />
      <Tile
        name={text.dashboard.p95}
        value={format.duration(now.latencyMs?.p95 ?? null)}
        note={compared(change(now.latencyMs?.p95, before?.latencyMs?.p95))}
      />
      <Tile
        name={text.dashboard.spend}
        value={format.money(now.estimatedCostUSD)}
        note={
          compared(change(now.estimatedCostUSD, before?.estimatedCostUSD)) ??
          (now.unpricedCalls > 0 ? text.dashboard.unknown(now.unpricedCalls) : undefined)
        }
      />
      <Tile
        name={text.charts.saved}
        value={
          cache.data ? format.money(cache.data.reduce((sum, { savedCostUSD }) => sum + (savedCostUSD ?? 0), 0)) : '–'
        }
        note={cache.data ? text.charts.reused(cache.data.reduce((sum, each) => sum + reusedOn(each), 0)) : undefined}
      />
      <Tile
        name={text.dashboard.dead}
        value={dead === undefined ? '–' : format.number(dead)}
        to="/dead-letters"
        tone={dead ? 'danger' : undefined}
      />
    </div>
  );
}

function Lanes({ lanes }: { lanes: Lane[] }) {
  const text = useText();
  return (
    <Table
      columns={[
        text.dashboard.lane,
        text.jobs.status,
        { name: text.status.running, right: true },
        { name: text.status.queued, right: true },
        { name: text.dashboard.oldest, right: true, wide: true },
        { name: text.dashboard.cap, right: true, wide: true },
        text.dead.actions,
      ]}
    >
      {lanes.map((lane) => (
        <LaneRow key={lane.id} lane={lane} />
      ))}
    </Table>
  );
}

function LaneRow({ lane }: { lane: Lane }) {
  const text = useText();
  const format = useFormat();
  const set = useSetLane();
  const name = `${lane.provider} / ${lane.model}`;
  const toggle = () =>
    set.mutate(
      { id: lane.id, paused: !lane.paused, maxRunning: lane.maxRunning },
      { onError: (problem) => tellProblem(text, problem) },
    );
  return (
    <tr>
      <td className="cell-main">
        {name}
        <div className="cell-sub">{lane.endpoint}</div>
      </td>
      <td>
        {lane.paused ? (
          <span className="badge">{text.dashboard.paused}</span>
        ) : lane.blockedReason ? (
          <span className="badge warn">{text.dashboard.blocked[lane.blockedReason]}</span>
        ) : (
          text.dashboard.open
        )}
      </td>
      <td className="right num">{format.number(lane.running)}</td>
      <td className="right num">{format.number(lane.queued + lane.delayed)}</td>
      <td className="right muted wide-only">{lane.oldestQueuedAt ? <Ago time={lane.oldestQueuedAt} /> : '–'}</td>
      <td className="right num wide-only">{lane.window ?? lane.maxRunning ?? text.dashboard.usualCap}</td>
      <td>
        <Button
          size="compact-xs"
          variant="default"
          loading={set.isPending}
          aria-label={lane.paused ? text.dashboard.resumeLane(name) : text.dashboard.pauseLane(name)}
          onClick={toggle}
        >
          {lane.paused ? text.dashboard.resume : text.dashboard.pause}
        </Button>
      </td>
    </tr>
  );
}
