import { type ReactNode, useEffect, useState, useSyncExternalStore } from 'react';
import { Button, type ButtonProps, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useFormat, useText } from '@/shared/i18n/language';
import type { JobStatus } from '@/shared/data/jobs';

/** Dot and word: colour alone says nothing to many people. */
export function Status({ status }: { status: JobStatus }) {
  const text = useText();
  return (
    <span className="status" data-status={status}>
      {text.status[status]}
    </span>
  );
}

export function Ago({ time }: { time: string }) {
  const format = useFormat();
  useSyncExternalStore(watchClock, () => ticks);
  return (
    <time dateTime={time} title={format.time(time)} className="num">
      {format.ago(time)}
    </time>
  );
}

const watchers = new Set<() => void>();
let clock: ReturnType<typeof setInterval> | undefined;
let ticks = 0;

/** One clock for all relative times of the page. */
function watchClock(watcher: () => void): () => void {
  watchers.add(watcher);
  clock ??= setInterval(() => {
    ticks += 1;
    watchers.forEach((each) => each());
  }, 15_000);
  return () => {
    watchers.delete(watcher);
    if (watchers.size === 0) {
      clearInterval(clock);
      clock = undefined;
    }
  };
}

export function ShortId({ id }: { id: string }) {
  return (
    <span className="mono" title={id}>
      {id.slice(-8)}
    </span>
  );
}

export function CopyButton({ value, label, compact = false }: { value: string; label: string; compact?: boolean }) {
  const text = useText();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (copied) {
      const timer = setTimeout(() => setCopied(false), 1_500);
      return () => clearTimeout(timer);
    }
    return undefined;
  }, [copied]);
  const copy = () => void navigator.clipboard.writeText(value).then(() => setCopied(true));
  const icon = copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />;
  if (compact) {
    return (
      <button
        type="button"
        className="icon-button"
        onClick={copy}
        aria-label={copied ? text.common.copied : label}
        title={label}
      >
        {icon}
      </button>
    );
  }
  return (
    <Button variant="default" size="xs" leftSection={icon} onClick={copy}>
      {copied ? text.common.copied : label}
    </Button>
  );
}

type ReasonButtonProps = ButtonProps & {
  /** Why it cannot be used now; undefined = it can. */
  reason?: string | undefined;
  onClick?: () => void;
  type?: 'button' | 'submit';
  children: ReactNode;
};

/** A button that can say why it is off, also to those who reach it by keyboard. */
export function ReasonButton({ reason, onClick, type = 'button', children, ...rest }: ReasonButtonProps) {
  if (reason === undefined) {
    return (
      <Button size="xs" type={type} {...rest} {...(onClick && { onClick })}>
        {children}
      </Button>
    );
  }
  return (
    <Tooltip label={reason} multiline maw={280}>
      <Button size="xs" type="button" {...rest} aria-disabled data-disabled>
        {children}
        <span className="sr-only">{` (${reason})`}</span>
      </Button>
    </Tooltip>
  );
}

export function LabelChip({ label, version }: { label: string; version?: number | undefined }) {
  const text = useText();
  return (
    <span className="chip" data-label={label}>
      {label}
      {version !== undefined && <span className="chip-version">{text.common.version(version)}</span>}
    </span>
  );
}

interface PageProps {
  title: string;
  /** In front of the title: where it belongs. */
  above?: ReactNode;
  actions?: ReactNode;
  meta?: ReactNode;
  children: ReactNode;
}

export function Page({ title, above, actions, meta, children }: PageProps) {
  const text = useText();
  useEffect(() => {
    document.title = `${title} · ${text.product}`;
  }, [title, text.product]);
  return (
    <div className="page">
      <header className="page-head">
        <div className="page-title">
          {above && <div className="page-above">{above}</div>}
          <h1>{title}</h1>
          {meta && <div className="page-meta">{meta}</div>}
        </div>
        {actions && <div className="page-actions">{actions}</div>}
      </header>
      {children}
    </div>
  );
}

/** Rows of grey where the list will be, when it takes more than a moment. */
export function RowsSkeleton({ rows = 8 }: { rows?: number }) {
  const text = useText();
  return (
    <div className="skeleton" role="status" aria-label={text.common.loading}>
      {Array.from({ length: rows }, (_, index) => (
        <div key={index} className="skeleton-row" />
      ))}
    </div>
  );
}

export function Empty({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="empty">
      <p className="empty-title">{title}</p>
      {children && <div className="empty-text">{children}</div>}
      {action && <div className="empty-action">{action}</div>}
    </div>
  );
}

export function Command({ children }: { children: string }) {
  const text = useText();
  return (
    <span className="command">
      <code>{children}</code>
      <CopyButton compact value={children} label={text.common.copy} />
    </span>
  );
}

export function Facts({ facts }: { facts: [string, ReactNode][] }) {
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

export function Section({ title, actions, children }: { title: string; actions?: ReactNode; children: ReactNode }) {
  return (
    <section className="section" aria-label={title}>
      <div className="section-head">
        <h2>{title}</h2>
        {actions}
      </div>
      {children}
    </section>
  );
}
