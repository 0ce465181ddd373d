import { useState } from 'react';
import { Button, NativeSelect } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { type Run, type SuiteDetail, type Verdict, useRuns, verdicts } from '@/shared/data/evals';
import { useText } from '@/shared/i18n/language';
import { Empty, ReasonButton } from '@/shared/ui/basics';
import { Pager } from '@/shared/ui/pager';
import { RunTable } from '@/shared/ui/run-table';
import { QueryState } from '@/shared/ui/table';

export function RunsTab({ suite }: { suite: SuiteDetail }) {
  const text = useText();
  const search = useSearch({ from: '/evaluations/$id' });
  const navigate = useNavigate({ from: '/evaluations/$id' });
  const { paused } = useSearch({ strict: false }) as { paused?: true };
  const runs = useRuns({ suiteId: suite.id, verdict: search.verdict, cursor: search.cursor }, !paused);
  const [selected, setSelected] = useState<string[]>([]);
  const toggle = (id: string) =>
    setSelected((now) => (now.includes(id) ? now.filter((each) => each !== id) : [...now, id].slice(-2)));
  return (
    <>
      <div className="toolbar">
        <NativeSelect
          aria-label={text.evals.anyVerdict}
          value={search.verdict ?? ''}
          data={[
            { value: '', label: text.evals.anyVerdict },
            ...verdicts.map((verdict) => ({ value: verdict, label: text.evals.verdict[verdict] })),
          ]}
          onChange={(event) => {
            const verdict = (event.currentTarget.value || undefined) as Verdict | undefined;
            void navigate({ search: (now) => ({ ...now, verdict, cursor: undefined }), replace: true });
          }}
        />
        <CompareButton runs={runs.data?.items ?? []} selected={selected} />
        {search.verdict && (
          <Button
            variant="subtle"
            size="xs"
            onClick={() => void navigate({ search: (now) => ({ ...now, verdict: undefined }), replace: true })}
          >
            {text.common.resetFilters}
          </Button>
        )}
      </div>
      <QueryState query={runs} rows={4} />
      {runs.data && runs.data.items.length > 0 && (
        <RunTable runs={runs.data.items} selected={selected} onToggle={toggle} />
      )}
      {runs.data?.items.length === 0 &&
        (search.verdict ? (
          <Empty title={text.evals.runs.noneFound} />
        ) : (
          <Empty
            title={text.evals.runs.none}
            action={
              <Button size="xs" component={Link} {...({ to: '.', search: { start: true } } as object)}>
                {text.evals.start.open}
              </Button>
            }
          >
            {text.evals.runs.noneText}
          </Empty>
        ))}
      <Pager next={runs.data?.next ?? null} />
    </>
  );
}

/** The older of the two is what the newer one is compared with. */
function CompareButton({ runs, selected }: { runs: Run[]; selected: string[] }) {
  const text = useText();
  const navigate = useNavigate();
  const [newer, older] = runs.filter(({ id }) => selected.includes(id));
  return (
    <ReasonButton
      variant="default"
      reason={newer && older ? undefined : text.evals.runs.compareHow}
      onClick={() =>
        newer && older && void navigate({ to: '/evaluations/compare', search: { a: older.id, b: newer.id } })
      }
    >
      {text.evals.runs.compare}
    </ReasonButton>
  );
}
