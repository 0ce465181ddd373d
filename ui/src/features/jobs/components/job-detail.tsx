import { useState } from 'react';
import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { IconChecklist, IconEdit, IconPlayerStop, IconRefresh } from '@tabler/icons-react';
import { asApiError } from '@/shared/api/error';
import { type Job, isOver, isRetryable, useCancelJob, useFailures, useJob, useRetryJob } from '@/shared/data/jobs';
import { type Said, useJobText } from '@/shared/data/live';
import { elapsed } from '@/shared/format/format';
import { useFormat, useText } from '@/shared/i18n/language';
import { Ago, CopyButton, Empty, Facts, RowsSkeleton, Status } from '@/shared/ui/basics';
import { Messages } from '@/shared/ui/messages';
import { SoFar } from '@/shared/ui/output';
import { Problem } from '@/shared/ui/problem';
import { Table } from '@/shared/ui/table';
import { type JobTab, jobTabs } from '../search';
import { AddCase } from './add-case';
import { AttemptTimeline } from './attempt-timeline';

interface Props {
  id: string;
  tab?: JobTab | undefined;
  /** The page keeps the tab in the address; the peek for itself. */
  onTab?: (tab: JobTab) => void;
}

export function JobDetail({ id, tab, onTab }: Props) {
  const text = useText();
  const job = useJob(id);
  const [own, setOwn] = useState<JobTab>('output');
  if (job.isError) {
    return asApiError(job.error).code === 'not_found' ? (
      <Empty title={text.job.gone}>{text.job.goneText}</Empty>
    ) : (
      <Problem problem={job.error} retry={() => void job.refetch()} />
    );
  }
  if (!job.data) {
    return <RowsSkeleton rows={6} />;
  }
  return <LoadedJob job={job.data} tab={onTab ? (tab ?? 'output') : own} onTab={onTab ?? setOwn} />;
}

function LoadedJob({ job, tab, onTab }: { job: Job; tab: JobTab; onTab: (tab: JobTab) => void }) {
  const text = useText();
  const said = useJobText(job.id, job.output === null || tab === 'events');
  return (
    <div className="stack">
      <JobActions job={job} />
      <Summary job={job} />
      {job.status === 'failed' && <Failure job={job} />}
      <AttemptTimeline job={job} />
      <div className="mini-tabs" role="group" aria-label={text.job.parts}>
        {jobTabs.map((each) => (
          <button key={each} type="button" aria-pressed={each === tab} onClick={() => onTab(each)}>
            {text.job.tab[each]}
          </button>
        ))}
      </div>
      <JobPart job={job} said={said} tab={tab} />
    </div>
  );
}

function JobPart({ job, said, tab }: { job: Job; said: Said; tab: JobTab }) {
  const text = useText();
  switch (tab) {
    case 'prompt':
      return <Messages messages={job.messages} />;
    case 'input':
      return (
        <>
          <JsonPanel title={text.job.variables} value={job.variables} />
          <JsonPanel title={text.job.params} value={job.params} />
          <JsonPanel title={text.job.metadata} value={job.metadata} />
        </>
      );
    case 'events':
      return <Events events={said.events} />;
    case 'raw':
      return <JsonPanel title={text.job.raw} value={job} />;
    default:
      return (
        <SoFar output={job.output} said={said.text} over={isOver(job.status)}>
          <p className="muted">{isOver(job.status) ? text.job.noOutput : text.job.notYet}</p>
        </SoFar>
      );
  }
}

/** What was told of the job, but for its text. */
function Events({ events }: { events: Said['events'] }) {
  const text = useText();
  const format = useFormat();
  if (events.length === 0) {
    return <p className="muted">{text.job.noEvents}</p>;
  }
  return (
    <Table
      label={text.job.tab.events}
      columns={[text.labels.when, text.job.event, { name: text.jobs.attempts, right: true }, text.audit.details]}
    >
      {events.map((event) => (
        <tr key={event.id}>
          <td className="num nowrap">{format.clock(event.at)}</td>
          <td className="mono nowrap">{event.type}</td>
          <td className="right num">{event.attempt ?? '–'}</td>
          <td>{event.failureClass ?? event.errorCode}</td>
        </tr>
      ))}
    </Table>
  );
}

function JsonPanel({ title, value }: { title: string; value: unknown }) {
  const text = useText();
  const json = JSON.stringify(value, null, 2);
  return (
    <section className="panel" aria-label={title}>
      <div className="panel-head">
        <h2>{title}</h2>
        <CopyButton compact value={json} label={text.common.copy} />
      </div>
      <pre className="code" tabIndex={0}>
        {json}
      </pre>
    </section>
  );
}

function JobActions({ job }: { job: Job }) {
  const text = useText();
  const cancel = useCancelJob();
  const retry = useRetryJob();
  const [adding, setAdding] = useState(false);
  const problem = cancel.error ?? retry.error;
  return (
    <>
      <div className="actions">
        <Button
          size="xs"
          variant="default"
          component={Link}
          to="/playground"
          search={{ job: job.id } as never}
          leftSection={<IconEdit size={14} aria-hidden />}
        >
          {text.job.editAndRerun}
        </Button>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconChecklist size={14} aria-hidden />}
          onClick={() => setAdding(true)}
        >
          {text.evals.addCase.open}
        </Button>
        {!isOver(job.status) && (
          <Button
            size="xs"
            variant="default"
            loading={cancel.isPending}
            leftSection={<IconPlayerStop size={14} aria-hidden />}
            onClick={() => cancel.mutate(job.id)}
          >
            {text.jobs.cancel}
          </Button>
        )}
        {isRetryable(job.status) && (
          <Button
            size="xs"
            variant="default"
            loading={retry.isPending}
            leftSection={<IconRefresh size={14} aria-hidden />}
            onClick={() => retry.mutate(job.id)}
          >
            {text.jobs.retry}
          </Button>
        )}
      </div>
      {problem && <Problem problem={problem} />}
      <AddCase job={job} opened={adding} onClose={() => setAdding(false)} />
    </>
  );
}

function Summary({ job }: { job: Job }) {
  const text = useText();
  const format = useFormat();
  return (
    <Facts
      facts={[
        [text.jobs.status, <Status key="status" status={job.status} />],
        [text.jobs.template, <TemplateOf key="template" job={job} />],
        [text.jobs.model, `${job.provider} / ${job.model}`],
        [text.jobs.priority, text.priority[job.priority]],
        [text.jobs.latency, format.duration(elapsed(job.startedAt, job.finishedAt))],
        [text.job.waited, format.duration(elapsed(job.createdAt, job.startedAt))],
        [text.jobs.tokens, text.jobs.tokensInOut(format.tokens(job.inputTokens), format.tokens(job.outputTokens))],
        [text.job.cachedTokens, format.tokens(job.cachedInputTokens)],
        [text.jobs.cost, format.money(job.estimatedCostUSD)],
        [text.job.finishReason, job.finishReason ?? '–'],
        [text.jobs.created, <Ago key="created" time={job.createdAt} />],
        [
          text.job.id,
          <span key="id" className="with-copy">
            <code>{job.id}</code>
            <CopyButton compact value={job.id} label={text.job.copyId} />
          </span>,
        ],
      ]}
    />
  );
}

function TemplateOf({ job }: { job: Job }) {
  const text = useText();
  if (!job.template) {
    return text.jobs.adHoc;
  }
  return (
    <Link
      to="/templates/$id"
      params={{ id: job.template.id }}
      search={{ version: job.templateVersion ?? undefined } as never}
    >
      {`${job.template.name} ${job.templateVersion === null ? '' : text.common.version(job.templateVersion)}`}
    </Link>
  );
}

function Failure({ job }: { job: Job }) {
  const text = useText();
  const alike = useFailures({
    ...(job.errorCode && { errorCode: job.errorCode }),
    provider: job.provider,
    model: job.model,
  });
  const others = (alike.data?.reduce((sum, { count }) => sum + count, 0) ?? 1) - 1;
  return (
    <div className="failure" role="alert">
      <strong>{job.errorCode ? text.failures[job.errorCode] : text.status.failed}</strong>
      <p>{job.error}</p>
      {others > 0 && (
        <Link
          to="/dead-letters"
          search={{ errorCode: job.errorCode ?? undefined, provider: job.provider, model: job.model } as never}
        >
          {text.job.alike(others)}
        </Link>
      )}
    </div>
  );
}
