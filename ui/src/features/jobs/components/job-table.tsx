import { Link } from '@tanstack/react-router';
import { IconLayoutSidebarRightExpand } from '@tabler/icons-react';
import type { JobListItem } from '@/shared/data/jobs';
import { elapsed } from '@/shared/format/format';
import { useFormat, useText } from '@/shared/i18n/language';
import { Ago, ShortId, Status } from '@/shared/ui/basics';
import { Table } from '@/shared/ui/table';

interface Props {
  jobs: JobListItem[];
  selected: Set<string>;
  onSelect: (selected: Set<string>) => void;
  onPeek: (id: string) => void;
}

export function JobTable({ jobs, selected, onSelect, onPeek }: Props) {
  const text = useText();
  const all = jobs.every(({ id }) => selected.has(id));
  const some = jobs.some(({ id }) => selected.has(id));
  const toggle = (id: string, on: boolean) => {
    const next = new Set(selected);
    if (on) {
      next.add(id);
    } else {
      next.delete(id);
    }
    onSelect(next);
  };
  return (
    <Table
      before={
        <th className="cell-check">
          <input
            type="checkbox"
            className="check"
            aria-label={text.jobs.selectAll(jobs.length)}
            checked={all}
            ref={(box) => {
              if (box) {
                box.indeterminate = some && !all;
              }
            }}
            onChange={(event) => onSelect(new Set(event.currentTarget.checked ? jobs.map(({ id }) => id) : []))}
          />
        </th>
      }
      columns={[
        text.jobs.status,
        text.jobs.job,
        text.jobs.model,
        { name: text.jobs.attempts, right: true, wide: true },
        { name: text.jobs.latency, right: true },
        { name: text.jobs.tokens, right: true, wide: true },
        { name: text.jobs.cost, right: true },
        { name: text.jobs.created, right: true },
      ]}
      after={<th className="cell-end" aria-label={text.jobs.peek} />}
    >
      {jobs.map((job) => (
        <JobRow key={job.id} job={job} selected={selected.has(job.id)} onToggle={toggle} onPeek={onPeek} />
      ))}
    </Table>
  );
}

interface RowProps {
  job: JobListItem;
  selected: boolean;
  onToggle: (id: string, on: boolean) => void;
  onPeek: (id: string) => void;
}

function JobRow({ job, selected, onToggle, onPeek }: RowProps) {
  const text = useText();
  const format = useFormat();
  const name = job.template
    ? `${job.template.name} ${job.templateVersion === null ? '' : text.common.version(job.templateVersion)}`
    : text.jobs.adHoc;
  return (
    <tr data-selected={selected ? '' : undefined}>
      <td className="cell-check">
        <input
          type="checkbox"
          className="check"
          aria-label={text.jobs.select(name, job.id.slice(-8))}
          checked={selected}
          onChange={(event) => onToggle(job.id, event.currentTarget.checked)}
        />
      </td>
      <td className="nowrap">
        <Status status={job.status} />
      </td>
      <td className="cell-main">
        <span className="one-line">
          <Link to="/jobs/$id" params={{ id: job.id }} data-row-link className="row-link">
            {name}
          </Link>
          <span className="muted">
            <ShortId id={job.id} />
          </span>
          {job.priority !== 'normal' && <span className="badge">{text.priority[job.priority]}</span>}
          {job.errorCode && <span className="danger">{text.failures[job.errorCode]}</span>}
        </span>
      </td>
      <td className="nowrap">
        <span className="muted">{job.provider}</span> {job.model}
      </td>
      <td className="right num wide-only">{job.attempts}</td>
      <td className="right num nowrap">{format.duration(elapsed(job.startedAt, job.finishedAt))}</td>
      <td className="right num wide-only">{format.tokens(job.totalTokens)}</td>
      <td className="right num">{format.money(job.estimatedCostUSD)}</td>
      <td className="right muted nowrap">
        <Ago time={job.createdAt} />
      </td>
      <td className="cell-end">
        <button
          type="button"
          className="icon-button small"
          data-row-peek
          aria-label={text.jobs.peekAt(job.id.slice(-8))}
          title={text.jobs.peek}
          onClick={() => onPeek(job.id)}
        >
          <IconLayoutSidebarRightExpand size={15} aria-hidden />
        </button>
      </td>
    </tr>
  );
}
