import { type ReactNode, Suspense, lazy, useState } from 'react';
import { NativeSelect } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { JobStatus } from '@/shared/data/jobs';
import { statuses } from '@/shared/data/jobs';
import { type Dimension, type Metric, useCacheDays, useSeries } from '@/shared/data/stats';
import { useTemplates } from '@/shared/data/templates';
import { useFormat, useText } from '@/shared/i18n/language';
import { Problem } from '@/shared/ui/problem';
import { Table } from '@/shared/ui/table';
import { type Line, type Shown, drawn, hitRates, isEmpty, linesOf, rowsOf } from '../lines';
import { spanOf } from '../search';

const Plot = lazy(() => import('./plot'));

type Percentile = 'p50' | 'p95' | 'p99';
const percentiles: Percentile[] = ['p50', 'p95', 'p99'];

interface Props {
  metric: Metric;
  /** By what it can be told apart; the first is usual. */
  dimensions: Dimension[];
}

/** One metric over time: drawn, or as a table. A stroke over it zooms all charts; a click leads to the jobs. */
export function Chart({ metric, dimensions }: Props) {
  const text = useText();
  const search = useSearch({ from: '/dashboard' });
  const [by, setBy] = useState<Dimension>(dimensions[0] as Dimension);
  const [percentile, setPercentile] = useState<Percentile>('p95');
  const series = useSeries(metric, by, spanOf(search), !search.paused);
  const isTime = metric === 'latency' || metric === 'queueWait';
  const title = text.charts.title[metric];
  return (
    <ChartFrame
      metric={metric}
      query={series}
      shown={series.data}
      measures={isTime && by !== 'none' ? [percentile] : undefined}
    >
      {isTime && by !== 'none' && (
        <NativeSelect
          size="xs"
          aria-label={text.charts.percentile(title)}
          value={percentile}
          data={percentiles}
          onChange={(event) => setPercentile(event.currentTarget.value as Percentile)}
        />
      )}
      {dimensions.length > 1 && (
        <NativeSelect
          size="xs"
          aria-label={text.charts.by(title)}
          value={by}
          data={dimensions.map((value) => ({ value, label: text.charts.dimension[value] }))}
          onChange={(event) => setBy(event.currentTarget.value as Dimension)}
        />
      )}
    </ChartFrame>
  );
}

/** How often results were used again; by day, since that is how they are counted. */
export function CacheChart({ span }: { span: { from: string; to: string } }) {
  const cache = useCacheDays(span);
  return <ChartFrame metric="hitRate" query={cache} shown={cache.data && hitRates(cache.data)} />;
}

type Drawable = Metric | 'hitRate';

/** Sums stand upon each other; times and shares do not. */
const unstacked: Drawable[] = ['latency', 'queueWait', 'hitRate'];

interface FrameProps {
  metric: Drawable;
  query: { isError: boolean; error: unknown; refetch: () => unknown };
  shown: Shown | undefined;
  measures?: string[] | undefined;
  /** The choices beside the title. */
  children?: ReactNode;
}

function ChartFrame({ metric, query, shown, measures, children }: FrameProps) {
  const text = useText();
  const [asTable, setAsTable] = useState(false);
  const title = text.charts.title[metric];
  return (
    <section className="chart" aria-label={title}>
      <div className="chart-bar">
        <h3>{title}</h3>
        <div className="chart-tools">
          {children}
          <button type="button" className="link-button" onClick={() => setAsTable(!asTable)}>
            {asTable ? text.dashboard.asChart : text.dashboard.asTable}
          </button>
        </div>
      </div>
      {query.isError && <Problem problem={query.error} retry={() => void query.refetch()} />}
      {!query.isError && !shown && <div className="plot" />}
      {shown && (
        <Body series={shown} lines={linesOf(shown, measures)} asTable={asTable} metric={metric} title={title} />
      )}
    </section>
  );
}

interface BodyProps {
  series: Shown;
  lines: Line[];
  asTable: boolean;
  metric: Drawable;
  title: string;
}

function Body({ series, lines, asTable, metric, title }: BodyProps) {
  const text = useText();
  const write = useWrite(metric);
  const name = useNames(series, metric);
  const writeTime = useTimes(series);
  const navigate = useNavigate({ from: '/dashboard' });
  if (isEmpty(lines)) {
    return <p className="plot plot-empty muted">{text.charts.none}</p>;
  }
  if (asTable) {
    return <LinesTable {...{ series, lines, name, write, title }} />;
  }
  const step = series.stepSeconds * 1_000;
  const stroke = (from: number, to: number) => {
    const span = drawn(from, to, step);
    if (span) {
      void navigate({ search: (now) => ({ ...now, ...span }) });
    } else {
      void navigate({ to: '/jobs', search: bucket(from, step) as never });
    }
  };
  return (
    <>
      <ul className="legend">
        {lines.map((line) => (
          <li key={line.id}>
            <span className="swatch" style={{ background: line.colour }} aria-hidden />
            {name(line)}
          </li>
        ))}
      </ul>
      <div className="plot" role="img" aria-label={text.charts.drawing(title)}>
        <Suspense>
          <Plot
            rows={rowsOf(series, lines)}
            lines={lines}
            stacked={!unstacked.includes(metric)}
            name={name}
            write={write}
            writeTime={writeTime}
            onStroke={stroke}
          />
        </Suspense>
      </div>
    </>
  );
}

function bucket(from: number, step: number) {
  return { from: new Date(from).toISOString(), to: new Date(from + step).toISOString() };
}

interface TableProps {
  series: Shown;
  lines: Line[];
  name: (line: Line) => string;
  write: (value: number) => string;
  title: string;
}

function LinesTable({ series, lines, name, write, title }: TableProps) {
  const text = useText();
  const format = useFormat();
  const step = series.stepSeconds * 1_000;
  return (
    <Table
      frame="table-scroll plot"
      label={title}
      columns={[text.dashboard.from, ...lines.map((line) => ({ name: name(line), right: true }))]}
    >
      {rowsOf(series, lines)
        .filter((row) => lines.some(({ id }) => row[id]))
        .map((row) => (
          <tr key={row.at}>
            <td className="num nowrap">
              <Link to="/jobs" search={bucket(row.at, step) as never}>
                {format.time(new Date(row.at).toISOString())}
              </Link>
            </td>
            {lines.map(({ id }) => (
              <td key={id} className="right num">
                {row[id] == null ? '–' : write(row[id])}
              </td>
            ))}
          </tr>
        ))}
    </Table>
  );
}

function useWrite(metric: Drawable): (value: number) => string {
  const format = useFormat();
  switch (metric) {
    case 'cost':
      return format.money;
    case 'latency':
    case 'queueWait':
      return format.duration;
    case 'hitRate':
      return format.percent;
    default:
      return format.number;
  }
}

function useTimes(series: Shown): (at: number, long: boolean) => string {
  const format = useFormat();
  const days = Date.parse(series.to) - Date.parse(series.from) > 2 * 24 * 60 * 60 * 1_000;
  return (at, long) => {
    const time = new Date(at).toISOString();
    return long ? format.time(time) : days ? format.day(time) : format.minute(time);
  };
}

/** Keys as people call them. */
function useNames(series: Shown, metric: Drawable): (line: Line) => string {
  const text = useText();
  const templates = useTemplates({});
  return ({ key, measure }) => {
    const whole = key === '-' && series.by === 'none';
    if (whole || metric === 'tokens') {
      const figure = text.charts.measure[measure];
      return whole ? figure : `${key === '*' ? text.charts.others : key}: ${figure}`;
    }
    if (key === '*') {
      return text.charts.others;
    }
    switch (series.by) {
      case 'status':
        return statuses.includes(key as JobStatus) ? text.status[key as JobStatus] : key;
      case 'failure':
        return key in text.failures ? text.failures[key as keyof typeof text.failures] : key;
      case 'template':
        return key === '-'
          ? text.jobs.adHoc
          : (templates.data?.items.find(({ id }) => id === key)?.name ?? key.slice(-8));
      default:
        return key;
    }
  };
}
