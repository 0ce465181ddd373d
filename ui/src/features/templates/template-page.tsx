import { Suspense, lazy, useState } from 'react';
import { Button } from '@mantine/core';
import { Link, useBlocker, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { IconArchive, IconArchiveOff, IconTerminal2 } from '@tabler/icons-react';
import { asApiError } from '@/shared/api/error';
import {
  type Template,
  type Version,
  useArchiveTemplate,
  useTemplate,
  useVersion,
  useVersions,
} from '@/shared/data/templates';
import { useText } from '@/shared/i18n/language';
import { Empty, LabelChip, Page, ReasonButton, RowsSkeleton } from '@/shared/ui/basics';
import { Confirm } from '@/shared/ui/confirm';
import { LinkTabs } from '@/shared/ui/link-tabs';
import { Problem, tell } from '@/shared/ui/problem';
import { DraftEditor } from './components/draft-editor';
import { LabelDialog, type LabelTarget } from './components/label-dialog';
import { Preview, useRenderedDraft } from './components/preview';
import { SaveDialog } from './components/save-dialog';
import { VersionRail } from './components/version-rail';
import { type Draft, type DraftFault, draftOf, faultsOf, sameContent } from './draft';
import { templateTabs } from './search';

const ApiTab = lazy(async () => ({ default: (await import('./components/api-tab')).ApiTab }));
const CompareTab = lazy(async () => ({ default: (await import('./components/compare-tab')).CompareTab }));
const LabelsTab = lazy(async () => ({ default: (await import('./components/labels-tab')).LabelsTab }));
const UsageTab = lazy(async () => ({ default: (await import('./components/usage-tab')).UsageTab }));
const EvalsTab = lazy(async () => ({ default: (await import('./components/evals-tab')).EvalsTab }));

export function TemplatePage() {
  const text = useText();
  const { id } = useParams({ from: '/templates/$id' });
  const template = useTemplate(id);
  const versions = useVersions(id);
  if (template.isError || versions.isError) {
    const problem = template.error ?? versions.error;
    return (
      <Page title={text.templates.title}>
        {asApiError(problem).code === 'not_found' ? (
          <Empty title={text.templates.gone} action={<Link to="/templates">{text.templates.backToList}</Link>} />
        ) : (
          <Problem problem={problem} retry={() => void template.refetch().then(() => versions.refetch())} />
        )}
      </Page>
    );
  }
  if (!template.data || !versions.data) {
    return (
      <div className="page">
        <RowsSkeleton />
      </div>
    );
  }
  return <LoadedTemplate template={template.data} versions={versions.data} />;
}

function LoadedTemplate({ template, versions }: { template: Template; versions: Version[] }) {
  const text = useText();
  const search = useSearch({ from: '/templates/$id' });
  const tab = search.tab ?? 'prompt';
  const [target, setTarget] = useState<LabelTarget | null>(null);
  return (
    <Page
      title={template.name}
      above={<Link to="/templates">{text.templates.title}</Link>}
      meta={
        <>
          <code>{template.key}</code>
          {template.description && <span>{template.description}</span>}
          {Object.entries(template.labels).map(([label, version]) => (
            <LabelChip key={label} label={label} version={version} />
          ))}
          {template.archivedAt && <span className="badge">{text.templates.archivedBadge}</span>}
        </>
      }
      actions={<Actions template={template} />}
    >
      <LinkTabs
        label={text.templates.tabs}
        active={tab}
        tabs={templateTabs.map((key) => ({
          key,
          name: text.templates.tab[key],
          search: { tab: key === 'prompt' ? undefined : key } as never,
        }))}
      />
      {tab === 'prompt' && <PromptTab template={template} versions={versions} onLabel={setTarget} />}
      <Suspense fallback={<RowsSkeleton rows={4} />}>
        {tab === 'compare' && <CompareTab id={template.id} versions={versions} />}
        {tab === 'labels' && <LabelsTab template={template} onMove={setTarget} />}
        {tab === 'api' && <ApiTab template={template} />}
        {tab === 'usage' && <UsageTab template={template} />}
        {tab === 'evals' && <EvalsTab template={template} />}
      </Suspense>
      <LabelDialog template={template} versions={versions} target={target} onClose={() => setTarget(null)} />
    </Page>
  );
}

function Actions({ template }: { template: Template }) {
  const text = useText();
  const archive = useArchiveTemplate(template.id);
  const [asking, setAsking] = useState(false);
  const restore = () => archive.mutate(false, { onSuccess: () => tell(text.templates.restored(template.name)) });
  return (
    <>
      <Button
        size="xs"
        variant="default"
        component={Link}
        to="/playground"
        search={{ template: template.id } as never}
        leftSection={<IconTerminal2 size={15} aria-hidden />}
      >
        {text.templates.tryIt}
      </Button>
      <Button size="xs" variant="default" component={Link} to="/jobs" search={{ template: template.id } as never}>
        {text.templates.itsJobs}
      </Button>
      {template.archivedAt ? (
        <Button
          size="xs"
          variant="default"
          loading={archive.isPending}
          onClick={restore}
          leftSection={<IconArchiveOff size={15} aria-hidden />}
        >
          {text.templates.restore}
        </Button>
      ) : (
        <Button
          size="xs"
          variant="default"
          onClick={() => setAsking(true)}
          leftSection={<IconArchive size={15} aria-hidden />}
        >
          {text.templates.archive}
        </Button>
      )}
      <Confirm
        opened={asking}
        title={text.templates.archiveTitle(template.name)}
        confirm={text.templates.archive}
        busy={archive.isPending}
        problem={archive.error}
        onClose={() => setAsking(false)}
        onConfirm={() =>
          archive.mutate(true, {
            onSuccess: () => {
              setAsking(false);
              tell(text.templates.archivedNow(template.name));
            },
          })
        }
      >
        {text.templates.archiveText}
      </Confirm>
    </>
  );
}

interface PromptTabProps {
  template: Template;
  versions: Version[];
  onLabel: (target: LabelTarget) => void;
}

function PromptTab({ template, versions, onLabel }: PromptTabProps) {
  const text = useText();
  const search = useSearch({ from: '/templates/$id' });
  const shown = search.version ?? template.version;
  const known = versions.find(({ version }) => version === shown);
  const fetched = useVersion(template.id, known ? undefined : shown);
  const version = known ?? fetched.data;
  return (
    <div className="workbench">
      <VersionRail versions={versions} shown={shown} onLabel={(number) => onLabel({ version: number })} />
      {version ? (
        <Workbench key={`${version.version}/${template.version}`} template={template} version={version} />
      ) : (
        <div className="grow">
          {fetched.isError ? <Empty title={text.versions.gone(shown)} /> : <RowsSkeleton rows={6} />}
        </div>
      )}
    </div>
  );
}

function Workbench({ template, version }: { template: Template; version: Version }) {
  const text = useText();
  const navigate = useNavigate({ from: '/templates/$id' });
  const [draft, setDraft] = useState<Draft>(() => draftOf(version));
  const [typed, setTyped] = useState<Record<string, string>>({});
  const [saving, setSaving] = useState(false);
  const rendered = useRenderedDraft(draft, typed);
  const isLatest = version.version === template.version;
  const faults = faultsOf(draft);
  const touched = faults.length > 0 || !sameContent(draft, draftOf(version));
  const changed = faults.length > 0 || !sameContent(draft, draftOf(template));
  const obstacle = useObstacle(template, faults, changed, rendered.error?.code === 'validation_error');
  const leave = useBlocker({
    shouldBlockFn: ({ current, next }) => touched && !saving && current.pathname !== next.pathname,
    enableBeforeUnload: () => touched,
    withResolver: true,
  });
  const submit = () => obstacle === undefined && setSaving(true);
  return (
    <>
      <div className="workbench-main">
        {!isLatest && (
          <div className="banner">
            <span>{text.versions.older(version.version, template.version)}</span>
            <Link to="." search={((now: object) => ({ ...now, version: undefined })) as never}>
              {text.versions.toLatest}
            </Link>
          </div>
        )}
        <DraftEditor
          draft={draft}
          onChange={setDraft}
          onSubmit={submit}
          errors={rendered.error?.fieldErrors ?? {}}
          variables={rendered.fields.map(({ name }) => name)}
        />
        <div className="savebar">
          <ReasonButton reason={obstacle} onClick={submit}>
            {text.editor.review}
          </ReasonButton>
          {touched && (
            <Button variant="default" size="xs" onClick={() => setDraft(draftOf(version))}>
              {text.editor.discard}
            </Button>
          )}
          <span className="muted">
            {touched ? text.editor.unsaved : changed ? text.editor.other : text.editor.clean}
          </span>
        </div>
      </div>
      <aside className="workbench-side" aria-label={text.preview.title} tabIndex={0}>
        <Preview draft={draft} rendered={rendered} typed={typed} onTyped={setTyped} />
      </aside>
      <SaveDialog
        template={template}
        draft={draft}
        opened={saving}
        onClose={() => setSaving(false)}
        onSaved={() => {
          setSaving(false);
          void navigate({ search: (now) => ({ ...now, version: undefined }) });
        }}
      />
      <Confirm
        opened={leave.status === 'blocked'}
        danger
        title={text.editor.leaveTitle}
        confirm={text.editor.leave}
        onClose={() => leave.reset?.()}
        onConfirm={() => leave.proceed?.()}
      >
        {text.editor.leaveText}
      </Confirm>
    </>
  );
}

function useObstacle(template: Template, faults: DraftFault[], changed: boolean, refused: boolean): string | undefined {
  const text = useText();
  const fault = faults[0];
  if (template.archivedAt) {
    return text.editor.obstacles.archived;
  }
  if (fault) {
    return text.editor.obstacles[fault];
  }
  if (refused) {
    return text.editor.obstacles.refused;
  }
  return changed ? undefined : text.editor.obstacles.unchanged;
}
