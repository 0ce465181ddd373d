import { useState } from 'react';
import { Button, Menu, Modal, TextInput } from '@mantine/core';
import { Link, useParams, useSearch } from '@tanstack/react-router';
import { IconBookmark, IconDownload, IconPlayerPlay, IconPlayerStop, IconRefresh } from '@tabler/icons-react';
import { asApiError } from '@/shared/api/error';
import { download } from '@/shared/api/download';
import { type RunDetail, useCancelRun, useRegradeRun, useResumeRun, useRun, useSetBaseline } from '@/shared/data/evals';
import { isOver } from '@/shared/data/jobs';
import { elapsed } from '@/shared/format/format';
import { useFormat, useText } from '@/shared/i18n/language';
import { Ago, Empty, Facts, Page, ReasonButton, RowsSkeleton } from '@/shared/ui/basics';
import { Problem, tell, tellProblem } from '@/shared/ui/problem';
import { IntervalPlot } from './components/interval-plot';
import { Matrix } from './components/matrix';
import { RowPeek } from './components/row-detail';
import { VerdictBanner } from './components/verdict-banner';
import { differenceOf } from './figures';

export function RunPage() {
  const text = useText();
  const { id } = useParams({ from: '/evaluations/runs/$id' });
  const { paused } = useSearch({ strict: false }) as { paused?: true };
  const run = useRun(id, !paused);
  if (run.isError) {
    return (
      <Page title={text.evals.title}>
        {asApiError(run.error).code === 'not_found' ? (
          <Empty title={text.evals.run.gone} action={<Link to="/evaluations">{text.evals.backToList}</Link>} />
        ) : (
          <Problem problem={run.error} retry={() => void run.refetch()} />
        )}
      </Page>
    );
  }
  if (!run.data) {
    return (
      <div className="page">
        <RowsSkeleton />
      </div>
    );
  }
  return <LoadedRun run={run.data} live={!paused} />;
}

function LoadedRun({ run, live }: { run: RunDetail; live: boolean }) {
  const text = useText();
  const compared = run.summary ? run.summary.gate.comparisons.filter((each) => differenceOf(each) !== null) : [];
  return (
    <Page
      title={text.evals.run.title(run.id.slice(-8))}
      above={
        <>
          <Link to="/evaluations">{text.evals.title}</Link>
          {' / '}
          <Link to="/evaluations/$id" params={{ id: run.suite.id }}>
            {run.suite.name}
          </Link>
        </>
      }
      meta={
        <>
          <span>{text.evals.run.about(run.suiteVersion)}</span>
          {run.template && (
            <Link
              to="/templates/$id"
              params={{ id: run.template.id }}
              search={{ version: run.template.version } as never}
            >
              {`${run.template.name} ${text.common.version(run.template.version)}`}
            </Link>
          )}
          <span>{run.createdBy}</span>
          <Ago time={run.createdAt} />
        </>
      }
      actions={<Actions run={run} />}
    >
      <VerdictBanner run={run} />
      {run.errorCode === 'budget_exceeded' && <Budget run={run} />}
      <RunFacts run={run} />
      {compared.length > 0 && <IntervalPlot comparisons={compared} />}
      <Matrix run={run} live={live} />
      <RowPeek run={run} />
    </Page>
  );
}

function RunFacts({ run }: { run: RunDetail }) {
  const text = useText();
  const format = useFormat();
  const { progress } = run;
  return (
    <Facts
      facts={[
        [text.evals.runs.candidate, run.candidate ?? text.evals.runs.all],
        [text.evals.runs.baseline, run.baseline ?? run.summary?.baseline ?? text.evals.runs.noBaseline],
        [text.evals.runs.progress, text.evals.run.done(format.number(progress.done), format.number(progress.total))],
        [text.evals.run.calls, format.number(progress.calls)],
        [text.evals.run.cacheHits, format.number(progress.cacheHits)],
        [text.evals.run.errors, format.number(progress.errors)],
        [text.evals.run.cost, format.money(progress.spentUSD)],
        [text.evals.run.took, format.duration(elapsed(run.startedAt, run.finishedAt))],
      ]}
    />
  );
}

const formats = ['html', 'md', 'json', 'jsonl', 'junit', 'csv'] as const;

function Actions({ run }: { run: RunDetail }) {
  const text = useText();
  const cancel = useCancelRun();
  const resume = useResumeRun();
  const regrade = useRegradeRun();
  const [naming, setNaming] = useState(false);
  const fail = { onError: (problem: unknown) => tellProblem(text, problem) };
  if (!isOver(run.status)) {
    return (
      <Button
        size="xs"
        variant="default"
        loading={cancel.isPending}
        disabled={run.cancelRequested}
        leftSection={<IconPlayerStop size={15} aria-hidden />}
        onClick={() => cancel.mutate(run.id, fail)}
      >
        {text.evals.run.cancel}
      </Button>
    );
  }
  return (
    <>
      {run.status !== 'completed' && run.errorCode !== 'budget_exceeded' && (
        <Button
          size="xs"
          variant="default"
          loading={resume.isPending}
          leftSection={<IconPlayerPlay size={15} aria-hidden />}
          onClick={() => resume.mutate({ id: run.id }, fail)}
        >
          {text.evals.run.resume}
        </Button>
      )}
      {run.status === 'completed' && (
        <>
          <Button
            size="xs"
            variant="default"
            loading={regrade.isPending}
            leftSection={<IconRefresh size={15} aria-hidden />}
            onClick={() => regrade.mutate(run.id, { ...fail, onSuccess: () => tell(text.evals.run.regraded) })}
          >
            {text.evals.run.regrade}
          </Button>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconBookmark size={15} aria-hidden />}
            onClick={() => setNaming(true)}
          >
            {text.evals.run.useAsBaseline}
          </Button>
        </>
      )}
      {run.summary && <Downloads run={run} />}
      <Modal
        opened={naming}
        onClose={() => setNaming(false)}
        title={text.evals.run.useAsBaseline}
        closeButtonProps={{ 'aria-label': text.common.close }}
      >
        <BaselineForm run={run} onClose={() => setNaming(false)} />
      </Modal>
    </>
  );
}

function Downloads({ run }: { run: RunDetail }) {
  const text = useText();
  const save = (format: string) =>
    void download(
      `/evals/runs/${run.id}/report?format=${format}`,
      `${run.suite.key}-${run.id.slice(-8)}.${ending(format)}`,
    ).catch((problem: unknown) => tellProblem(text, problem));
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button size="xs" variant="default" leftSection={<IconDownload size={15} aria-hidden />}>
          {text.evals.run.download}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {formats.map((format) => (
          <Menu.Item
            key={format}
            {...(format === formats[0] && { 'data-autofocus': true })}
            onClick={() => save(format)}
          >
            {text.evals.run.formats[format]}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function ending(format: string): string {
  return format === 'junit' ? 'junit.xml' : format;
}

const baselineForm = /^[a-z0-9][a-z0-9._-]{0,59}$/;

function BaselineForm({ run, onClose }: { run: RunDetail; onClose: () => void }) {
  const text = useText();
  const set = useSetBaseline(run.suite.id);
  const [name, setName] = useState('main');
  const obstacle = baselineForm.test(name) ? undefined : text.evals.run.baselineForm;
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (obstacle === undefined) {
          set.mutate(
            { name, runId: run.id },
            {
              onSuccess: () => {
                tell(text.evals.run.baselineSet(name));
                onClose();
              },
            },
          );
        }
      }}
    >
      <TextInput
        data-autofocus
        label={text.evals.run.baselineName}
        description={text.evals.run.baselineForm}
        value={name}
        onChange={(event) => setName(event.currentTarget.value.trim())}
      />
      {set.isError && <Problem problem={set.error} />}
      <div className="modal-actions">
        <ReasonButton type="submit" reason={obstacle} loading={set.isPending}>
          {text.evals.run.useAsBaseline}
        </ReasonButton>
      </div>
    </form>
  );
}

/** A run whose budget is spent goes on with a higher one. */
function Budget({ run }: { run: RunDetail }) {
  const text = useText();
  const resume = useResumeRun();
  const [usd, setUsd] = useState(run.budget.usd === null ? '' : String(run.budget.usd * 2));
  const [calls, setCalls] = useState(run.budget.calls === null ? '' : String(run.budget.calls * 2));
  const numbers = [usd, calls].every((typed) => typed === '' || Number(typed) > 0);
  return (
    <form
      className="panel"
      onSubmit={(event) => {
        event.preventDefault();
        if (numbers) {
          resume.mutate({
            id: run.id,
            budget: { ...(usd && { usd: Number(usd) }), ...(calls && { calls: Math.round(Number(calls)) }) },
          });
        }
      }}
    >
      <div className="panel-body stack">
        <p>{text.evals.run.budget}</p>
        <div className="form-row">
          <TextInput
            label={text.evals.run.newUsd}
            inputMode="decimal"
            value={usd}
            onChange={(event) => setUsd(event.currentTarget.value)}
          />
          <TextInput
            label={text.evals.run.newCalls}
            inputMode="numeric"
            value={calls}
            onChange={(event) => setCalls(event.currentTarget.value)}
          />
        </div>
        {resume.isError && <Problem problem={resume.error} />}
        <ReasonButton
          className="fit"
          type="submit"
          loading={resume.isPending}
          reason={numbers ? undefined : text.limits.unreadable}
        >
          {text.evals.run.resume}
        </ReasonButton>
      </div>
    </form>
  );
}
