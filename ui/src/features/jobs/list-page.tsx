import { useEffect, useState } from 'react';
import { Button, Drawer, NativeSelect, TextInput } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { IconSearch } from '@tabler/icons-react';
import { type JobStatus, priorities, statuses, useJobs } from '@/shared/data/jobs';
import { type JobHistogram, useHistogram } from '@/shared/data/stats';
import { useTemplate } from '@/shared/data/templates';
import { useFormat, useText } from '@/shared/i18n/language';
import { Command, Empty, Page } from '@/shared/ui/basics';
import { LinkTabs } from '@/shared/ui/link-tabs';
import { Pager } from '@/shared/ui/pager';
import { useTypedText } from '@/shared/ui/typed-text';
import { Strip } from '@/shared/ui/strip';
import { QueryState } from '@/shared/ui/table';
import { BulkBar } from './components/bulk-bar';
import { JobDetail } from './components/job-detail';
import { JobTable } from './components/job-table';
import { Views } from './components/views';
import { settle } from './fresh-rows';
import { type JobsSearch, type Range, lengthOf, ranges } from './search';

export function JobsPage() {
  const text = useText();
  const search = useSearch({ from: '/jobs' });
  const navigate = useNavigate({ from: '/jobs' });
  const live = !search.paused && !search.cursor;
  const { status, provider, model, priority, q, cursor } = search;
  const filter = {
    status,
    provider,
    model,
    priority,
    q,
    cursor,
    templateId: search.template,
    minCostUSD: search.minCost,
  };
  const span = search.from ? { from: search.from, to: search.to } : { since: lengthOf(search.range) };
  const jobs = useJobs({ ...filter, from: search.from, to: search.to }, { since: span.since, live });
  const histogram = useHistogram({ ...filter, status: undefined, cursor: undefined }, span, live);
  const filterKey = JSON.stringify({ ...filter, ...span });
  const { shown, waiting, accept } = useSettled(jobs.data?.items, filterKey, jobs.isPlaceholderData);
  const [selected, setSelected] = useSelection(filterKey);
  const change = (part: JobsSearch) =>
    void navigate({ search: (now) => ({ ...now, ...part, cursor: undefined, peek: undefined }), replace: true });
  const isFiltered = Boolean(
    q ?? provider ?? model ?? priority ?? search.template ?? search.range ?? search.from ?? search.minCost,
  );
  const chosen = shown.filter(({ id }) => selected.has(id));
  return (
    <Page title={text.jobs.title} actions={<Views />}>
      <StatusTabs active={status} histogram={histogram.data} />
      <Filters search={search} isFiltered={isFiltered} change={change} />
      <Strip histogram={histogram.data} status={status} onSpan={(from, to) => change({ from, to })} />
      {chosen.length > 0 && <BulkBar jobs={chosen} onDone={() => setSelected(new Set())} />}
      {waiting > 0 && (
        <button type="button" className="waiting" onClick={accept}>
          {text.jobs.waiting(waiting)}
        </button>
      )}
      <QueryState query={jobs} />
      {shown.length > 0 && (
        <JobTable
          jobs={shown}
          selected={selected}
          onSelect={setSelected}
          onPeek={(id) => void navigate({ search: (now) => ({ ...now, peek: id }) })}
        />
      )}
      {jobs.data && shown.length === 0 && waiting === 0 && jobs.data.next && <SearchOn next={jobs.data.next} />}
      {jobs.data && shown.length === 0 && waiting === 0 && !jobs.data.next && (
        <NoJobs filtered={isFiltered || status !== undefined} />
      )}
      <Pager next={jobs.data?.next ?? null} />
      <Drawer
        opened={search.peek !== undefined}
        onClose={() => void navigate({ search: (now) => ({ ...now, peek: undefined }) })}
        position="right"
        size={620}
        title={text.jobs.peek}
        closeButtonProps={{ 'aria-label': text.common.close }}
      >
        {search.peek && (
          <div className="stack">
            <Button
              size="xs"
              variant="default"
              className="fit"
              component={Link}
              to="/jobs/$id"
              params={{ id: search.peek } as never}
            >
              {text.jobs.openPage}
            </Button>
            <JobDetail id={search.peek} />
          </div>
        )}
      </Drawer>
    </Page>
  );
}

/** Holds back what is newer than the list was when it was opened or last let in. */
function useSettled<T extends { id: string }>(fresh: T[] | undefined, filterKey: string, stale: boolean) {
  const [held, setHeld] = useState<{ key: string; newest: string | undefined }>({ key: '', newest: undefined });
  const newest = fresh?.[0]?.id;
  const outdated = held.key !== filterKey || held.newest === undefined;
  if (outdated && newest !== undefined && !stale) {
    setHeld({ key: filterKey, newest });
  }
  const { shown, waiting } = settle(fresh ?? [], outdated ? undefined : held.newest);
  return { shown, waiting, accept: () => setHeld({ key: filterKey, newest }) };
}

function useSelection(filterKey: string): [Set<string>, (selected: Set<string>) => void] {
  const [selected, setSelected] = useState<Set<string>>(new Set());
  useEffect(() => setSelected(new Set()), [filterKey]);
  return [selected, setSelected];
}

interface TabsProps {
  active: JobStatus | undefined;
  histogram: JobHistogram | undefined;
}

/** With how many jobs the other filters leave under each. */
function StatusTabs({ active, histogram }: TabsProps) {
  const text = useText();
  const counts = histogram?.counts;
  const all = counts && statuses.reduce((sum, status) => sum + counts[status], 0);
  const more = histogram?.complete === false;
  const keep = (status: JobStatus | undefined) =>
    ((now: JobsSearch) => ({ ...now, status, cursor: undefined, peek: undefined })) as never;
  return (
    <LinkTabs
      label={text.jobs.byStatus}
      active={active ?? 'all'}
      tabs={[
        { key: 'all', name: text.jobs.all, count: all, more, search: keep(undefined) },
        ...statuses.map((status) => ({
          key: status,
          name: text.status[status],
          count: counts?.[status],
          more,
          search: keep(status),
        })),
      ]}
    />
  );
}

interface FiltersProps {
  search: JobsSearch;
  isFiltered: boolean;
  change: (part: JobsSearch) => void;
}

function Filters({ search, isFiltered, change }: FiltersProps) {
  const text = useText();
  const format = useFormat();
  const template = useTemplate(search.template);
  const [q, setQ] = useTypedText(search.q, (value) => change({ q: value }));
  const [provider, setProvider] = useTypedText(search.provider, (value) => change({ provider: value }));
  const [model, setModel] = useTypedText(search.model, (value) => change({ model: value }));
  const [minCost, setMinCost] = useTypedText(search.minCost?.toString(), (value) =>
    change({ minCost: Number(value) > 0 ? Number(value) : undefined }),
  );
  return (
    <div className="toolbar" role="search">
      <TextInput
        data-search
        className="toolbar-search"
        aria-label={text.jobs.search}
        placeholder={text.jobs.search}
        leftSection={<IconSearch size={14} aria-hidden />}
        value={q}
        onChange={(event) => setQ(event.currentTarget.value)}
      />
      <NativeSelect
        aria-label={text.jobs.range}
        value={search.range ?? ''}
        data={[
          { value: '', label: text.jobs.anyTime },
          ...ranges.map((range) => ({ value: range, label: text.jobs.ranges[range] })),
        ]}
        onChange={(event) =>
          change({
            range: (event.currentTarget.value || undefined) as Range | undefined,
            from: undefined,
            to: undefined,
          })
        }
      />
      {search.from && search.to && (
        <button
          type="button"
          className="filter-chip"
          aria-label={text.charts.unzoom}
          onClick={() => change({ from: undefined, to: undefined })}
        >
          {text.charts.between(format.time(search.from), format.time(search.to))} <span aria-hidden>{'×'}</span>
        </button>
      )}
      <NativeSelect
        aria-label={text.jobs.priority}
        value={search.priority ?? ''}
        data={[
          { value: '', label: text.jobs.anyPriority },
          ...priorities.map((priority) => ({ value: priority, label: text.priority[priority] })),
        ]}
        onChange={(event) => change({ priority: (event.currentTarget.value || undefined) as JobsSearch['priority'] })}
      />
      <TextInput
        className="toolbar-short"
        aria-label={text.jobs.provider}
        placeholder={text.jobs.provider}
        value={provider}
        onChange={(event) => setProvider(event.currentTarget.value)}
      />
      <TextInput
        className="toolbar-short"
        aria-label={text.jobs.model}
        placeholder={text.jobs.model}
        value={model}
        onChange={(event) => setModel(event.currentTarget.value)}
      />
      <TextInput
        className="toolbar-short"
        aria-label={text.jobs.minCost}
        placeholder={text.jobs.minCost}
        inputMode="decimal"
        value={minCost}
        onChange={(event) => setMinCost(event.currentTarget.value)}
      />
      {search.template && (
        <button
          type="button"
          className="filter-chip"
          aria-label={text.jobs.dropTemplate(template.data?.name ?? search.template)}
          onClick={() => change({ template: undefined })}
        >
          {template.data?.name ?? search.template} <span aria-hidden>{'×'}</span>
        </button>
      )}
      {isFiltered && (
        <Button
          variant="subtle"
          size="xs"
          onClick={() =>
            change({
              q: undefined,
              range: undefined,
              from: undefined,
              to: undefined,
              priority: undefined,
              provider: undefined,
              model: undefined,
              minCost: undefined,
              template: undefined,
            })
          }
        >
          {text.common.resetFilters}
        </Button>
      )}
    </div>
  );
}

/** A page that looked at as many jobs as it may, and found none. */
function SearchOn({ next }: { next: string }) {
  const text = useText();
  const navigate = useNavigate({ from: '/jobs' });
  return (
    <Empty
      title={text.jobs.noneHere}
      action={
        <Button size="xs" onClick={() => void navigate({ search: (now) => ({ ...now, cursor: next }) })}>
          {text.jobs.searchOn}
        </Button>
      }
    />
  );
}

function NoJobs({ filtered }: { filtered: boolean }) {
  const text = useText();
  const navigate = useNavigate({ from: '/jobs' });
  if (filtered) {
    return (
      <Empty
        title={text.jobs.noneFound}
        action={
          <Button size="xs" variant="default" onClick={() => void navigate({ search: {} })}>
            {text.jobs.showAll}
          </Button>
        }
      />
    );
  }
  return (
    <Empty
      title={text.jobs.none}
      action={
        <Button size="xs" component={Link} to="/playground">
          {text.jobs.toPlayground}
        </Button>
      }
    >
      {text.jobs.noneText} <Command>{'./promptlab demo'}</Command>
    </Empty>
  );
}
