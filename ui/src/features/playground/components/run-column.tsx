import { ActionIcon, Autocomplete, Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { IconPlayerPlay, IconPlayerStop, IconRefresh, IconX } from '@tabler/icons-react';
import {
  type Job,
  isOver,
  isRetryable,
  useCancelJob,
  useJob,
  useProviders,
  useRetryJob,
  useStats,
} from '@/shared/data/jobs';
import { type Said, useJobText } from '@/shared/data/live';
import { elapsed } from '@/shared/format/format';
import { useFormat, useText } from '@/shared/i18n/language';
import { CopyButton, ReasonButton, Status } from '@/shared/ui/basics';
import { SoFar } from '@/shared/ui/output';
import { Problem } from '@/shared/ui/problem';
import type { Column } from '../search';
import { speedOf } from '../speed';

interface Props {
  number: number;
  column: Column;
  jobId: string | undefined;
  cached: boolean;
  problem: unknown;
  obstacle: string | undefined;
  curl: string;
  onChange: (column: Column) => void;
  onRun: () => void;
  onRemove: (() => void) | undefined;
}

export function RunColumn({
  number,
  column,
  jobId,
  cached,
  problem,
  obstacle,
  curl,
  onChange,
  onRun,
  onRemove,
}: Props) {
  const text = useText();
  const providers = useProviders();
  const job = useJob(jobId);
  const said = useJobText(jobId, true);
  const provider = providers.data?.find(({ name }) => name === column.provider);
  return (
    <article className="column" aria-label={text.playground.column(number)}>
      <div className="column-head">
        <Autocomplete
          aria-label={text.playground.provider(number)}
          data={providers.data?.map(({ name }) => name) ?? []}
          value={column.provider}
          onChange={(name) =>
            onChange({
              provider: name,
              model: providers.data?.find((each) => each.name === name)?.defaultModel ?? column.model,
            })
          }
        />
        <Autocomplete
          aria-label={text.playground.model(number)}
          placeholder={provider?.defaultModel ?? text.playground.modelHint}
          data={provider?.models.map(({ name }) => name) ?? []}
          limit={60}
          value={column.model}
          onChange={(model) => onChange({ ...column, model })}
        />
        {onRemove && (
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={text.playground.removeColumn(number)}
            onClick={onRemove}
          >
            <IconX size={15} aria-hidden />
          </ActionIcon>
        )}
      </div>
      {provider && !provider.configured && <p className="note">{text.playground.notConfigured(provider.name)}</p>}
      <div className="column-body" aria-live="polite" aria-busy={job.data !== undefined && !isOver(job.data.status)}>
        {problem != null && <Problem problem={problem} />}
        {job.isError && <Problem problem={job.error} />}
        {!jobId && problem == null && <p className="column-idle">{text.playground.idle}</p>}
        {job.data && <RunResult job={job.data} said={said} cached={cached} />}
      </div>
      <div className="column-foot">
        <ReasonButton
          variant="default"
          reason={obstacle}
          onClick={onRun}
          leftSection={<IconPlayerPlay size={14} aria-hidden />}
        >
          {text.playground.runOne}
        </ReasonButton>
        {job.data && <RunActions job={job.data} />}
        {curl && <CopyButton compact value={curl} label={text.playground.copyCurl} />}
      </div>
    </article>
  );
}

function RunActions({ job }: { job: Job }) {
  const text = useText();
  const cancel = useCancelJob();
  const retry = useRetryJob();
  return (
    <>
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
      <Button size="xs" variant="subtle" component={Link} to="/jobs/$id" params={{ id: job.id } as never}>
        {text.playground.details}
      </Button>
    </>
  );
}

function RunResult({ job, said, cached }: { job: Job; said: Said; cached: boolean }) {
  const text = useText();
  const format = useFormat();
  return (
    <>
      <div className="run-facts">
        <Status status={job.status} />
        {job.status === 'queued' && <Waiting job={job} />}
        {cached && <span className="badge">{text.playground.cached}</span>}
        {job.status === 'completed' && (
          <>
            <span title={text.jobs.latency}>{format.duration(elapsed(job.startedAt, job.finishedAt))}</span>
            <span title={text.jobs.tokens}>
              {text.jobs.tokensInOut(format.tokens(job.inputTokens), format.tokens(job.outputTokens))}
            </span>
            <span title={text.jobs.cost}>{format.money(job.estimatedCostUSD)}</span>
            {job.finishReason && job.finishReason !== 'stop' && <span className="badge">{job.finishReason}</span>}
          </>
        )}
        {!isOver(job.status) && job.attempts > 1 && <span>{text.jobs.attemptOf(job.attempts, job.maxAttempts)}</span>}
        <SpeedFacts said={said} outputTokens={job.outputTokens} />
      </div>
      {job.error && (
        <div className="failure" role="alert">
          <strong>{job.errorCode ? text.failures[job.errorCode] : text.status.failed}</strong>
          <p>{job.error}</p>
        </div>
      )}
      <SoFar output={job.output} said={said.text} over={isOver(job.status)} />
    </>
  );
}

/** The queue is shared out fairly among workspaces, so that a place in it would say little: this says how many of one's own wait. */
function Waiting({ job }: { job: Job }) {
  const text = useText();
  const stats = useStats(true);
  const waiting = stats.data?.lanes
    .filter(({ provider, model }) => provider === job.provider && model === job.model)
    .reduce((sum, { queued, delayed }) => sum + queued + delayed, 0);
  return waiting ? <span>{text.playground.waiting(waiting)}</span> : null;
}

function SpeedFacts({ said, outputTokens }: { said: Said; outputTokens: number | null }) {
  const text = useText();
  const format = useFormat();
  const { firstToken, tokensPerSecond, estimated } = speedOf(said, outputTokens);
  return (
    <>
      {firstToken !== null && (
        <span title={text.playground.firstTokenWhat}>{text.playground.firstToken(format.duration(firstToken))}</span>
      )}
      {tokensPerSecond !== null && (
        <span title={estimated ? text.playground.speedEstimated : text.playground.speedWhat}>
          {text.playground.speed(format.number(Math.round(tokensPerSecond)), estimated)}
        </span>
      )}
    </>
  );
}
