import { useState } from 'react';
import { Button } from '@mantine/core';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { IconArchive, IconArchiveOff, IconPlayerPlay } from '@tabler/icons-react';
import { asApiError } from '@/shared/api/error';
import { type SuiteDetail, useArchiveSuite, useSuite } from '@/shared/data/evals';
import { useFormat, useText } from '@/shared/i18n/language';
import { Empty, Page, ReasonButton, RowsSkeleton } from '@/shared/ui/basics';
import { Confirm } from '@/shared/ui/confirm';
import { LinkTabs } from '@/shared/ui/link-tabs';
import { Problem, tell } from '@/shared/ui/problem';
import { BaselinesTab } from './components/baselines-tab';
import { FileTab } from './components/file-tab';
import { FlakyTab } from './components/flaky-tab';
import { HistoryTab } from './components/history-tab';
import { RunsTab } from './components/runs-tab';
import { StartDialog } from './components/start-dialog';
import { VersionsTab } from './components/versions-tab';
import { suiteTabs } from './search';

export function SuitePage() {
  const text = useText();
  const { id } = useParams({ from: '/evaluations/$id' });
  const suite = useSuite(id);
  if (suite.isError) {
    return (
      <Page title={text.evals.title}>
        {asApiError(suite.error).code === 'not_found' ? (
          <Empty title={text.evals.gone} action={<Link to="/evaluations">{text.evals.backToList}</Link>} />
        ) : (
          <Problem problem={suite.error} retry={() => void suite.refetch()} />
        )}
      </Page>
    );
  }
  if (!suite.data) {
    return (
      <div className="page">
        <RowsSkeleton />
      </div>
    );
  }
  return <LoadedSuite suite={suite.data} />;
}

function LoadedSuite({ suite }: { suite: SuiteDetail }) {
  const text = useText();
  const format = useFormat();
  const search = useSearch({ from: '/evaluations/$id' });
  const tab = search.tab ?? 'runs';
  return (
    <Page
      title={suite.name}
      above={<Link to="/evaluations">{text.evals.title}</Link>}
      meta={
        <>
          <code>{suite.key}</code>
          {suite.description && suite.description !== suite.name && <span>{suite.description}</span>}
          <span className="num">{text.common.version(suite.version)}</span>
          <span className="num">{`${text.evals.cases}: ${format.number(suite.cases)}`}</span>
          {suite.template && (
            <Link to="/templates/$id" params={{ id: suite.template.id }}>
              {suite.template.name}
            </Link>
          )}
          {suite.archivedAt && <span className="badge">{text.templates.archivedBadge}</span>}
        </>
      }
      actions={<Actions suite={suite} />}
    >
      <LinkTabs
        label={text.evals.tabs}
        active={tab}
        tabs={suiteTabs.map((key) => ({
          key,
          name: text.evals.tab[key],
          search: { tab: key === 'runs' ? undefined : key } as never,
        }))}
      />
      {tab === 'runs' && <RunsTab suite={suite} />}
      {tab === 'file' && <FileTab key={suite.version} suite={suite} />}
      {tab === 'versions' && <VersionsTab suite={suite} />}
      {tab === 'baselines' && <BaselinesTab suite={suite} />}
      {tab === 'flaky' && <FlakyTab suite={suite} />}
      {tab === 'history' && <HistoryTab suite={suite} />}
      <StartDialog suite={suite} />
    </Page>
  );
}

function Actions({ suite }: { suite: SuiteDetail }) {
  const text = useText();
  const navigate = useNavigate({ from: '/evaluations/$id' });
  const archive = useArchiveSuite(suite.id);
  const [asking, setAsking] = useState(false);
  return (
    <>
      {suite.archivedAt ? (
        <Button
          size="xs"
          variant="default"
          loading={archive.isPending}
          leftSection={<IconArchiveOff size={15} aria-hidden />}
          onClick={() => archive.mutate(false, { onSuccess: () => tell(text.evals.restored(suite.name)) })}
        >
          {text.evals.restore}
        </Button>
      ) : (
        <Button
          size="xs"
          variant="default"
          leftSection={<IconArchive size={15} aria-hidden />}
          onClick={() => setAsking(true)}
        >
          {text.evals.archive}
        </Button>
      )}
      <ReasonButton
        reason={suite.archivedAt ? text.evals.file.isArchived : undefined}
        leftSection={<IconPlayerPlay size={15} aria-hidden />}
        onClick={() => void navigate({ search: (now) => ({ ...now, start: true }) })}
      >
        {text.evals.start.open}
      </ReasonButton>
      <Confirm
        opened={asking}
        title={text.evals.archiveTitle(suite.name)}
        confirm={text.evals.archive}
        busy={archive.isPending}
        problem={archive.error}
        onClose={() => setAsking(false)}
        onConfirm={() =>
          archive.mutate(true, {
            onSuccess: () => {
              setAsking(false);
              tell(text.evals.archivedNow(suite.name));
            },
          })
        }
      >
        {text.evals.archiveText}
      </Confirm>
    </>
  );
}
