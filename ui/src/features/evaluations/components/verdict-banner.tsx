import { IconAlertTriangle, IconCircleCheck, IconCircleX, IconClock, IconHelpCircle } from '@tabler/icons-react';
import type { GateResult, RunDetail, Verdict } from '@/shared/data/evals';
import { isOver } from '@/shared/data/jobs';
import { useFormat, useText } from '@/shared/i18n/language';
import { differenceOf, numberOf } from '../figures';

const icons = {
  pass: IconCircleCheck,
  regressed: IconCircleX,
  inconclusive: IconHelpCircle,
  errors: IconAlertTriangle,
  open: IconClock,
};

/** The first thing to know of a run, in one sentence. */
export function VerdictBanner({ run }: { run: RunDetail }) {
  const text = useText();
  const format = useFormat();
  const { progress, status, summary } = run;
  if (summary && run.verdict) {
    return <GateBanner gate={summary.gate} verdict={run.verdict} />;
  }
  const share = progress.total === 0 ? 0 : progress.done / progress.total;
  const title =
    status === 'failed' || status === 'cancelled'
      ? text.evals.banner[status]
      : status === 'queued'
        ? text.evals.banner.waiting
        : text.evals.banner.running;
  const difference = progress.difference;
  return (
    <Banner tone={status === 'failed' ? 'errors' : 'open'} title={title}>
      <span className="num">{text.evals.run.done(format.number(progress.done), format.number(progress.total))}</span>
      {difference !== null && <span className="num">{text.evals.banner.soFar(`${format.points(difference)} pp`)}</span>}
      {run.cancelRequested && !isOver(status) && <span>{text.evals.run.cancelling}</span>}
      {run.error && <span>{run.error}</span>}
      <progress className="progress" max={1} value={share} aria-label={text.evals.runs.progress} />
    </Banner>
  );
}

export function GateBanner({ gate, verdict }: { gate: GateResult; verdict: Verdict }) {
  const text = useText();
  const words = useWords();
  const alone = gate.baseline === null;
  const title = verdict === 'pass' && alone ? text.evals.banner.passAlone : text.evals.banner[verdict];
  return (
    <Banner tone={verdict} title={title} reasons={gate.reasons}>
      {words(gate, verdict).map((word) => (
        <span key={word} className="num">
          {word}
        </span>
      ))}
    </Banner>
  );
}

/** The figures behind a verdict: the difference with its interval, how many cases moved, how sure that is. */
function useWords(): (gate: GateResult, verdict: Verdict) => string[] {
  const text = useText();
  const format = useFormat();
  return (gate, verdict) => {
    const first = gate.comparisons[0];
    const difference = first && differenceOf(first);
    if (!first || !difference) {
      const rate = numberOf(gate.candidate?.passRate);
      const interval = first?.candidate;
      return rate === null
        ? []
        : [
            text.evals.banner.rate(
              format.percent(rate),
              format.percent(interval?.low ?? rate),
              format.percent(interval?.high ?? rate),
              format.number(gate.candidate?.graded ?? 0),
            ),
          ];
    }
    const p = numberOf(first.adjustedP);
    const smallest = numberOf(first.smallestDrop);
    return [
      text.evals.banner.difference(
        format.points(difference.at),
        format.points(difference.low),
        format.points(difference.high),
      ),
      text.evals.banner.counts(
        format.number(first.regressed),
        format.number(first.improved),
        format.number(first.pairs),
      ),
      ...(p === null
        ? []
        : [p < 0.001 ? text.evals.banner.pBelow(format.number(0.001)) : text.evals.banner.p(format.figure(p))]),
      ...(verdict === 'inconclusive' && smallest !== null
        ? [text.evals.banner.tooSmall(format.points(smallest).replace(/^[+-]/, ''))]
        : []),
    ];
  };
}

interface BannerProps {
  tone: Verdict | 'open';
  title: string;
  reasons?: string[];
  children: React.ReactNode;
}

function Banner({ tone, title, reasons = [], children }: BannerProps) {
  const text = useText();
  const Icon = icons[tone];
  return (
    <div className="verdict" data-verdict={tone} role="status">
      <Icon size={22} aria-hidden />
      <div>
        <p className="verdict-title">{title}</p>
        <div className="verdict-facts">{children}</div>
        {reasons.length > 0 && (
          <ul className="reasons" aria-label={text.evals.run.why}>
            {reasons.map((reason) => (
              <li key={reason}>{reason}</li>
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}
