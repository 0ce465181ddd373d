import { useMemo } from 'react';
import { Button } from '@mantine/core';
import { Link, useSearch } from '@tanstack/react-router';
import { type JobListItem, type Lane, useFailures, useJobs, useSetLane, useStats } from '@/shared/data/jobs';
import { useFormat, useText } from '@/shared/i18n/language';
import { Ago, Command, Empty, Page, RowsSkeleton, Section } from '@/shared/ui/basics';
import { Problem, tellProblem } from '@/shared/ui/problem';
import { StatusBars } from './components/status-bars';
import { Tile } from './components/tile';
import { byModel, latencies, percentile, spend, successRate } from './figures';

const sample = 200;

export function DashboardPage() {
  const text = useText();
  const { paused } = useSearch({ from: '/dashboard' });
  const stats = useStats(!paused);
  const recent = useJobs({}, { limit: sample, live: !paused });
  const jobs = recent.data?.items;
  return (
    <Page title={text.dashboard.title} meta={<span>{text.dashboard.about(sample)}</span>}>
      {stats.isError && <Problem problem={stats.error} retry={() => void stats.refetch()} />}
      {(stats.isPending || recent.isPending) && <RowsSkeleton rows={5} />}
      {stats.data && jobs && (
        <>
          <Tiles jobs={jobs} />
          {jobs.length === 0 ? (
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
          ) : (
            <>
              <Section title={text.dashboard.latest(jobs.length)}>
                <StatusBars jobs={jobs} />
              </Section>
              <Section title={text.dashboard.models}>
                <Models jobs={jobs} />
              </Section>
            </>
          )}
          {stats.data.lanes.length > 0 && (
            <Section title={text.dashboard.lanes}>
              <Lanes lanes={stats.data.lanes} />
            </Section>
          )}
        </>
      )}
    </Page>
  );
}

function Tiles({ jobs }: { jobs: JobListItem[] }) {
  const text = useText();
  const format = useFormat();
  const { paused } = useSearch({ from: '/dashboard' });
  const stats = useStats(!paused);
  const failures = useFailures({}, !paused);
  const dead = failures.data?.reduce((sum, { count }) => sum + count, 0);
  const rate = stats.data ? successRate(stats.data.lastHour) : null;
  const { usd, unknown } = spend(jobs);
  const orDash = (value: number | undefined) => (value === undefined ? '–' : format.number(value));
  return (
    <div className="tiles">
      <Tile name={text.dashboard.queued} value={orDash(stats.data?.queued)} to="/jobs" search={{ status: 'queued' }} />
      <Tile
        name={text.dashboard.running}
        value={orDash(stats.data?.running)}
        to="/jobs"
        search={{ status: 'running' }}
      />
      <Tile
        name={text.dashboard.completed}
        value={orDash(stats.data?.lastHour.completed)}
        note={text.dashboard.lastHour}
        to="/jobs"
        search={{ status: 'completed', range: '1h' }}
      />
      <Tile
        name={text.dashboard.success}
        value={rate === null ? '–' : format.percent(rate)}
        note={text.dashboard.lastHour}
        to="/jobs"
        search={{ range: '1h' }}
      />
      <Tile
        name={text.dashboard.p95}
        value={format.duration(percentile(latencies(jobs), 0.95))}
        note={text.dashboard.latest(jobs.length)}
      />
      <Tile
        name={text.dashboard.spend}
        value={format.money(usd)}
        note={unknown > 0 ? text.dashboard.unknown(unknown) : text.dashboard.latest(jobs.length)}
      />
      <Tile name={text.dashboard.dead} value={orDash(dead)} to="/dead-letters" tone={dead ? 'danger' : undefined} />
    </div>
  );
}

function Models({ jobs }: { jobs: JobListItem[] }) {
  const text = useText();
  const format = useFormat();
  const rows = useMemo(() => byModel(jobs), [jobs]);
  return (
    <div className="table-frame">
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{text.jobs.model}</th>
            <th scope="col" className="right">
              {text.dashboard.jobs}
            </th>
            <th scope="col" className="right">
              {text.dashboard.success}
            </th>
            <th scope="col" className="right">
              {text.dashboard.p50}
            </th>
            <th scope="col" className="right">
              {text.dashboard.p95}
            </th>
            <th scope="col" className="right">
              {text.jobs.cost}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={`${row.provider}/${row.model}`}>
              <td>
                <Link
                  to="/jobs"
                  search={{ provider: row.provider, model: row.model }}
                  data-row-link
                  className="row-link"
                >
                  <span className="muted">{row.provider}</span> {row.model}
                </Link>
              </td>
              <td className="right num">{format.number(row.jobs)}</td>
              <td className="right num">{row.success === null ? '–' : format.percent(row.success)}</td>
              <td className="right num">{format.duration(row.p50)}</td>
              <td className="right num">{format.duration(row.p95)}</td>
              <td className="right num" title={row.unknown > 0 ? text.dashboard.unknown(row.unknown) : undefined}>
                {row.unknown === row.jobs ? '–' : format.money(row.usd)}
                {row.unknown > 0 && row.unknown < row.jobs && ' + ?'}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Lanes({ lanes }: { lanes: Lane[] }) {
  const text = useText();
  return (
    <div className="table-frame">
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{text.dashboard.lane}</th>
            <th scope="col">{text.jobs.status}</th>
            <th scope="col" className="right">
              {text.status.running}
            </th>
            <th scope="col" className="right">
              {text.status.queued}
            </th>
            <th scope="col" className="right wide-only">
              {text.dashboard.oldest}
            </th>
            <th scope="col" className="right wide-only">
              {text.dashboard.cap}
            </th>
            <th scope="col">{text.dead.actions}</th>
          </tr>
        </thead>
        <tbody>
          {lanes.map((lane) => (
            <LaneRow key={lane.id} lane={lane} />
          ))}
        </tbody>
      </table>
    </div>
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
