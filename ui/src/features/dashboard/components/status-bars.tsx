import { useState } from 'react';
import { type JobListItem, statuses } from '@/shared/data/jobs';
import { useFormat, useText } from '@/shared/i18n/language';
import { type Bucket, buckets } from '../figures';

const height = 96;

/** The latest jobs over time, stacked by status; the same as a table for those who would rather read. */
export function StatusBars({ jobs }: { jobs: JobListItem[] }) {
  const text = useText();
  const [asTable, setAsTable] = useState(false);
  const newest = jobs[0] ? Date.parse(jobs[0].createdAt) : 0;
  const spans = buckets(jobs, newest + 1);
  const used = statuses.filter((status) => spans.some(({ counts }) => counts[status] > 0));
  return (
    <div className="chart">
      <div className="chart-bar">
        <ul className="legend">
          {used.map((status) => (
            <li key={status} className="status" data-status={status}>
              {text.status[status]}
            </li>
          ))}
        </ul>
        <button type="button" className="link-button" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
          {asTable ? text.dashboard.asChart : text.dashboard.asTable}
        </button>
      </div>
      {asTable ? <BarsTable spans={spans} /> : <Bars spans={spans} />}
    </div>
  );
}

function Bars({ spans }: { spans: Bucket[] }) {
  const text = useText();
  const format = useFormat();
  const total = (span: Bucket) => statuses.reduce((sum, status) => sum + span.counts[status], 0);
  const most = Math.max(1, ...spans.map(total));
  const width = 100 / spans.length;
  const first = spans[0];
  const last = spans.at(-1);
  return (
    <>
      <svg
        className="bars"
        viewBox={`0 0 100 ${height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={text.dashboard.chartLabel}
      >
        {spans.map((span, index) => {
          let y = height;
          return statuses.map((status) => {
            const size = (span.counts[status] / most) * (height - 4);
            y -= size;
            return size > 0 ? (
              <rect
                key={`${index}${status}`}
                data-status={status}
                x={index * width + width * 0.12}
                y={y}
                width={width * 0.76}
                height={size}
              />
            ) : null;
          });
        })}
      </svg>
      {first && last && (
        <div className="chart-axis num">
          <span>{format.clock(new Date(first.from).toISOString())}</span>
          <span>{text.dashboard.most(most)}</span>
          <span>{format.clock(new Date(last.to).toISOString())}</span>
        </div>
      )}
    </>
  );
}

function BarsTable({ spans }: { spans: Bucket[] }) {
  const text = useText();
  const format = useFormat();
  return (
    <div className="table-scroll" role="region" aria-label={text.dashboard.chartLabel} tabIndex={0}>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{text.dashboard.from}</th>
            {statuses.map((status) => (
              <th key={status} scope="col" className="right">
                {text.status[status]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {spans
            .filter(({ counts }) => statuses.some((status) => counts[status] > 0))
            .map((span) => (
              <tr key={span.from}>
                <td className="num">{format.clock(new Date(span.from).toISOString())}</td>
                {statuses.map((status) => (
                  <td key={status} className="right num">
                    {format.number(span.counts[status])}
                  </td>
                ))}
              </tr>
            ))}
        </tbody>
      </table>
    </div>
  );
}
