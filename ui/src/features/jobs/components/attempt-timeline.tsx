import type { Attempt, Job } from '@/shared/data/jobs';
import { elapsed } from '@/shared/format/format';
import { useFormat, useText } from '@/shared/i18n/language';

/** From submit to end: how long it waited, every call, and the gaps between them. */
export function AttemptTimeline({ job }: { job: Job }) {
  const text = useText();
  const format = useFormat();
  const first = job.attemptLog[0];
  return (
    <section className="panel" aria-label={text.timeline.title}>
      <div className="panel-head">
        <h2>{text.timeline.title}</h2>
        <span className="muted num">{text.jobs.attemptOf(job.attempts, job.maxAttempts)}</span>
      </div>
      <ol className="timeline">
        <li data-kind="wait">
          <span className="timeline-name">{text.timeline.queued}</span>
          <span className="muted num">{format.clock(job.createdAt)}</span>
          <span className="num">{format.duration(elapsed(job.createdAt, first?.startedAt ?? job.startedAt))}</span>
        </li>
        {job.attemptLog.map((attempt, index) => (
          <AttemptEntry key={attempt.attempt} attempt={attempt} before={job.attemptLog[index - 1]} />
        ))}
        {job.status === 'running' && (
          <li data-kind="running">
            <span className="timeline-name">{text.timeline.running(job.attempts)}</span>
          </li>
        )}
      </ol>
      {job.warnings.length > 0 && (
        <ul className="warnings">
          {job.warnings.map((warning) => (
            <li key={warning}>{warning}</li>
          ))}
        </ul>
      )}
    </section>
  );
}

function AttemptEntry({ attempt, before }: { attempt: Attempt; before: Attempt | undefined }) {
  const text = useText();
  const format = useFormat();
  const pause = before ? elapsed(before.finishedAt, attempt.startedAt) : null;
  return (
    <>
      {pause !== null && (
        <li data-kind="wait">
          <span className="timeline-name muted">{text.timeline.pause}</span>
          <span className="num">{format.duration(pause)}</span>
        </li>
      )}
      <li data-kind={attempt.outcome}>
        <span className="timeline-name">
          {text.timeline.attempt(attempt.attempt)} · {text.outcomes[attempt.outcome]}
        </span>
        <span className="muted num">{format.clock(attempt.startedAt)}</span>
        <span className="num">{format.duration(elapsed(attempt.startedAt, attempt.finishedAt))}</span>
        <span className="timeline-facts">
          {attempt.httpStatus !== null && <span>{text.timeline.http(attempt.httpStatus)}</span>}
          {attempt.failureClass && <span className="danger">{text.failures[attempt.failureClass]}</span>}
          {attempt.inputTokens !== null && (
            <span>
              {text.jobs.tokensInOut(format.tokens(attempt.inputTokens), format.tokens(attempt.outputTokens))}
            </span>
          )}
          <span>{format.money(attempt.estimatedCostUSD)}</span>
          {attempt.usageEstimated && <span>{text.timeline.estimated}</span>}
          {attempt.providerRequestId && <code>{attempt.providerRequestId}</code>}
        </span>
        {attempt.message && <span className="timeline-message">{attempt.message}</span>}
      </li>
    </>
  );
}
