import { useEffect, useState } from 'react';
import { Button, NativeSelect, Switch, TextInput, Textarea } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { IconPlayerPlay, IconPlus } from '@tabler/icons-react';
import { type Job, useGenerate, useJob, useProviders } from '@/shared/data/jobs';
import { useTemplate, useTemplates, useVersion, useVersions } from '@/shared/data/templates';
import { useText } from '@/shared/i18n/language';
import { Page, ReasonButton } from '@/shared/ui/basics';
import { Problem } from '@/shared/ui/problem';
import { PromptField } from '@/shared/ui/prompt-field';
import { VariablesForm } from '@/shared/ui/variables-form';
import { fieldsOf, typedOf, valuesOf } from '@/shared/variables';
import { RunColumn } from './components/run-column';
import { type Prompt, type Tuning, curlOf, paramsOf, requestOf } from './request';
import { type Column, columnsOf, maxColumns, modelsOf, runsOf } from './search';

const firstColumn: Column = { provider: 'mock', model: 'echo' };

export function PlaygroundPage() {
  const search = useSearch({ from: '/playground' });
  const source = useJob(search.job);
  if (search.job && source.isPending) {
    return <PlaygroundFrame />;
  }
  return <Playground key={search.job ?? ''} start={source.data} sourceProblem={source.error} />;
}

function PlaygroundFrame() {
  const text = useText();
  return <Page title={text.playground.title}>{null}</Page>;
}

/** What a job was made of, as the start of a new one. */
function startOf(job: Job | undefined) {
  const find = (role: string) => job?.messages.find((message) => message.role === role)?.content ?? '';
  const { temperature, maxTokens, ...more } = job?.params ?? {};
  return {
    templateId: job?.templateId ?? null,
    version: job?.templateVersion ?? undefined,
    systemPrompt: find('system'),
    userPrompt: find('user'),
    typed: typedOf(job?.variables ?? {}),
    tuning: {
      temperature: temperature === undefined ? '' : String(temperature),
      maxTokens: maxTokens === undefined ? '' : String(maxTokens),
      more: Object.keys(more).length > 0 ? JSON.stringify(more, null, 2) : '',
    },
  };
}

function Playground({ start, sourceProblem }: { start: Job | undefined; sourceProblem: unknown }) {
  const text = useText();
  const search = useSearch({ from: '/playground' });
  const navigate = useNavigate({ from: '/playground' });
  const [initial] = useState(() => startOf(start));
  const [adHoc, setAdHoc] = useState({ system: initial.systemPrompt, user: initial.userPrompt });
  const [typed, setTyped] = useState(initial.typed);
  const [tuning, setTuning] = useState(initial.tuning);
  const generate = useGenerate();
  const [problems, setProblems] = useState<Record<number, unknown>>({});
  const [cached, setCached] = useState<Record<number, boolean>>({});

  const templateId = search.template ?? (search.models ? null : initial.templateId);
  const template = useTemplate(templateId ?? undefined);
  const versionNumber = search.version ?? (templateId === initial.templateId ? initial.version : undefined);
  const version = useVersion(templateId ?? '', templateId ? (versionNumber ?? template.data?.version) : undefined);
  const content = version.data;
  const columns = useColumns(search.models, start, template.data?.defaults);
  const runs = runsOf(search.runs, columns.length);
  const fields = fieldsOf(content?.variables ?? [], content?.variablesSchema);
  const { values, unreadable } = valuesOf(fields, typed);
  const params = readParams(tuning);

  const prompt: Prompt = {
    templateId,
    version: versionNumber,
    systemPrompt: adHoc.system,
    userPrompt: adHoc.user,
    variables: values,
  };
  const setColumns = (next: Column[], nextRuns: (string | undefined)[]) =>
    void navigate({
      search: (now) => ({
        ...now,
        template: templateId ?? undefined,
        version: versionNumber,
        models: modelsOf(next),
        runs: nextRuns.some(Boolean) ? nextRuns.map((id) => id ?? '').join(',') : undefined,
      }),
      replace: true,
    });
  const obstacle =
    !templateId && adHoc.user.trim() === ''
      ? text.playground.obstacles.prompt
      : unreadable.length > 0
        ? text.playground.obstacles.variables(unreadable.join(', '))
        : params === null
          ? text.playground.obstacles.params
          : columns.some(({ provider }) => provider === '')
            ? text.playground.obstacles.provider
            : undefined;

  const run = async (which: number[]) => {
    if (obstacle !== undefined || params === null) {
      return;
    }
    const started = [...runs];
    setProblems({});
    await Promise.all(
      which.map(async (index) => {
        const column = columns[index];
        if (!column) {
          return;
        }
        try {
          const answer = await generate.mutateAsync(requestOf(prompt, column, params, search.fresh === true));
          started[index] = answer.jobId;
          setCached((now) => ({ ...now, [index]: answer.cached }));
        } catch (problem) {
          started[index] = undefined;
          setProblems((now) => ({ ...now, [index]: problem }));
        }
      }),
    );
    setColumns(columns, started);
  };
  const runAll = () => void run(columns.map((_, index) => index));
  useRunKey(runAll);

  return (
    <Page
      title={text.playground.title}
      actions={
        <>
          <Switch
            label={text.playground.fresh}
            checked={search.fresh === true}
            onChange={(event) => {
              const fresh = event.currentTarget.checked || undefined;
              void navigate({ search: (now) => ({ ...now, fresh }), replace: true });
            }}
          />
          <ReasonButton
            reason={obstacle}
            loading={generate.isPending}
            leftSection={<IconPlayerPlay size={15} aria-hidden />}
            onClick={runAll}
          >
            {text.playground.run(columns.length)}
          </ReasonButton>
        </>
      }
    >
      {sourceProblem != null && <Problem problem={sourceProblem} />}
      <div className="playground">
        <section className="playground-form" aria-label={text.playground.prompt}>
          <PromptChoice templateId={templateId} version={versionNumber} />
          {templateId ? (
            <>
              {template.isError && <Problem problem={template.error} />}
              <h2>{text.preview.variables}</h2>
              <VariablesForm fields={fields} typed={typed} unreadable={unreadable} onChange={setTyped} />
            </>
          ) : (
            <>
              <PromptField
                label={text.editor.systemPrompt}
                value={adHoc.system}
                onChange={(system) => setAdHoc((now) => ({ ...now, system }))}
                onSubmit={runAll}
              />
              <PromptField
                label={text.playground.message}
                value={adHoc.user}
                hint={text.playground.messageHint}
                onChange={(user) => setAdHoc((now) => ({ ...now, user }))}
                onSubmit={runAll}
              />
            </>
          )}
          <TuningForm tuning={tuning} broken={params === null} onChange={setTuning} />
        </section>
        <section className="columns" aria-label={text.playground.results} data-columns={columns.length}>
          {columns.map((column, index) => (
            <RunColumn
              key={index}
              number={index + 1}
              column={column}
              jobId={runs[index]}
              cached={cached[index] === true}
              problem={problems[index]}
              obstacle={obstacle}
              curl={
                params === null
                  ? ''
                  : curlOf(window.location.origin, requestOf(prompt, column, params, search.fresh === true))
              }
              onChange={(next) =>
                setColumns(
                  columns.map((each, at) => (at === index ? next : each)),
                  runs.map((id, at) => (at === index ? undefined : id)),
                )
              }
              onRun={() => void run([index])}
              onRemove={
                columns.length > 1
                  ? () =>
                      setColumns(
                        columns.filter((_, at) => at !== index),
                        runs.filter((_, at) => at !== index),
                      )
                  : undefined
              }
            />
          ))}
          {columns.length < maxColumns && (
            <Button
              className="add-column"
              variant="default"
              size="xs"
              leftSection={<IconPlus size={14} aria-hidden />}
              onClick={() =>
                setColumns(
                  [...columns, columns.at(-1)?.model === 'echo' ? { provider: 'mock', model: 'lorem' } : firstColumn],
                  [...runs, undefined],
                )
              }
            >
              {text.playground.addColumn}
            </Button>
          )}
        </section>
      </div>
    </Page>
  );
}

function useColumns(
  models: string | undefined,
  start: Job | undefined,
  defaults: { provider: string | null; model: string | null } | undefined,
): Column[] {
  const providers = useProviders();
  if (models) {
    return columnsOf(models);
  }
  if (start) {
    return [{ provider: start.provider, model: start.model }];
  }
  const usable = providers.data?.some(({ name, configured }) => name === defaults?.provider && configured);
  return defaults?.provider && usable ? [{ provider: defaults.provider, model: defaults.model ?? '' }] : [firstColumn];
}

function readParams(tuning: Tuning): Record<string, unknown> | null {
  try {
    const params = paramsOf(tuning);
    return Object.values(params).some((value) => typeof value === 'number' && !Number.isFinite(value)) ? null : params;
  } catch {
    return null;
  }
}

function useRunKey(run: () => void) {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && !event.defaultPrevented) {
        event.preventDefault();
        run();
      }
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  });
}

function PromptChoice({ templateId, version }: { templateId: string | null; version: number | undefined }) {
  const text = useText();
  const navigate = useNavigate({ from: '/playground' });
  const templates = useTemplates({});
  const chosen = useTemplate(templateId ?? undefined);
  const versions = useVersions(templateId ?? undefined);
  const known = templates.data?.items ?? [];
  const options = [
    ...known.map(({ id, name }) => ({ value: id, label: name })),
    ...(chosen.data && !known.some(({ id }) => id === chosen.data.id)
      ? [{ value: chosen.data.id, label: chosen.data.name }]
      : []),
  ];
  return (
    <div className="form-row">
      <NativeSelect
        label={text.playground.template}
        value={templateId ?? ''}
        data={[{ value: '', label: text.playground.adHoc }, ...options]}
        onChange={(event) => {
          const template = event.currentTarget.value || undefined;
          void navigate({
            search: (now) => ({
              ...now,
              template,
              version: undefined,
              job: undefined,
              runs: undefined,
              models: now.models ?? (template ? undefined : modelsOf([firstColumn])),
            }),
          });
        }}
      />
      {templateId && (
        <NativeSelect
          label={text.playground.version}
          value={version === undefined ? '' : String(version)}
          data={[
            { value: '', label: text.playground.latest },
            ...(versions.data ?? []).map(({ version: number, labels }) => ({
              value: String(number),
              label: [text.common.version(number), ...labels].join(' · '),
            })),
          ]}
          onChange={(event) => {
            const number = Number(event.currentTarget.value) || undefined;
            void navigate({
              search: (now) => ({ ...now, template: templateId, version: number, job: undefined, runs: undefined }),
            });
          }}
        />
      )}
    </div>
  );
}

interface TuningProps {
  tuning: Tuning;
  broken: boolean;
  onChange: (tuning: Tuning) => void;
}

function TuningForm({ tuning, broken, onChange }: TuningProps) {
  const text = useText();
  return (
    <details className="fold" open={tuning.more !== '' || tuning.temperature !== '' || tuning.maxTokens !== ''}>
      <summary>{text.playground.params}</summary>
      <div className="fold-body">
        <TextInput
          label={text.playground.temperature}
          inputMode="decimal"
          value={tuning.temperature}
          onChange={(event) => onChange({ ...tuning, temperature: event.currentTarget.value })}
        />
        <TextInput
          label={text.playground.maxTokens}
          inputMode="numeric"
          value={tuning.maxTokens}
          onChange={(event) => onChange({ ...tuning, maxTokens: event.currentTarget.value })}
        />
        <Textarea
          label={text.playground.more}
          description={text.playground.moreHint}
          className="fold-wide"
          classNames={{ input: 'mono' }}
          autosize
          minRows={2}
          value={tuning.more}
          error={broken ? text.playground.obstacles.params : undefined}
          onChange={(event) => onChange({ ...tuning, more: event.currentTarget.value })}
        />
      </div>
    </details>
  );
}
