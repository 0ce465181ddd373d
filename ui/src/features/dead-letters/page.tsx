import { useState } from 'react';
import { Button, TextInput } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { type FailureFilter, type FailureGroup, useFailures, usePurge, useRedrive } from '@/shared/data/jobs';
import { useText } from '@/shared/i18n/language';
import { Ago, Empty, Page } from '@/shared/ui/basics';
import { Confirm } from '@/shared/ui/confirm';
import { tell } from '@/shared/ui/problem';
import { useTypedText } from '@/shared/ui/typed-text';
import { QueryState, Table } from '@/shared/ui/table';
import type { DeadLettersSearch } from './search';
import { filterInWords } from './words';

interface Target {
  action: 'redrive' | 'purge';
  filter: FailureFilter;
  count: number;
}

export function DeadLettersPage() {
  const text = useText();
  const { provider, model, errorCode, templateId, paused } = useSearch({ from: '/dead-letters' });
  const navigate = useNavigate({ from: '/dead-letters' });
  const filter = clean({ provider, model, errorCode, templateId });
  const groups = useFailures(filter, !paused);
  const [target, setTarget] = useState<Target | null>(null);
  const count = groups.data?.reduce((sum, group) => sum + group.count, 0) ?? 0;
  const isFiltered = Object.keys(filter).length > 0;
  return (
    <Page
      title={text.dead.title}
      meta={<span>{text.dead.about}</span>}
      actions={
        count > 0 && (
          <>
            <Button
              size="xs"
              variant="default"
              color="red"
              onClick={() => setTarget({ action: 'purge', filter, count })}
            >
              {text.dead.purge(count)}
            </Button>
            <Button size="xs" onClick={() => setTarget({ action: 'redrive', filter, count })}>
              {text.dead.redrive(count)}
            </Button>
          </>
        )
      }
    >
      <Filters search={{ provider, model, errorCode, templateId }} isFiltered={isFiltered} />
      <QueryState query={groups} rows={4} />
      {groups.data?.length === 0 &&
        (isFiltered ? (
          <Empty
            title={text.dead.noneFound}
            action={
              <Button size="xs" variant="default" onClick={() => void navigate({ search: {} })}>
                {text.common.resetFilters}
              </Button>
            }
          />
        ) : (
          <Empty title={text.dead.none}>{text.dead.noneText}</Empty>
        ))}
      {groups.data && groups.data.length > 0 && (
        <Groups groups={groups.data} filter={filter} onAct={(next) => setTarget(next)} />
      )}
      {target && <ActDialog target={target} onClose={() => setTarget(null)} />}
    </Page>
  );
}

function clean(filter: DeadLettersSearch): FailureFilter {
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value)) as FailureFilter;
}

function Filters({ search, isFiltered }: { search: DeadLettersSearch; isFiltered: boolean }) {
  const text = useText();
  const navigate = useNavigate({ from: '/dead-letters' });
  const change = (part: DeadLettersSearch) => void navigate({ search: (now) => ({ ...now, ...part }), replace: true });
  const [provider, setProvider] = useTypedText(search.provider, (value) => change({ provider: value }));
  const [model, setModel] = useTypedText(search.model, (value) => change({ model: value }));
  const [errorCode, setErrorCode] = useTypedText(search.errorCode, (value) => change({ errorCode: value }));
  return (
    <div className="toolbar" role="search">
      <TextInput
        data-search
        aria-label={text.dead.errorCode}
        placeholder={text.dead.errorCode}
        value={errorCode}
        onChange={(event) => setErrorCode(event.currentTarget.value)}
      />
      <TextInput
        aria-label={text.jobs.provider}
        placeholder={text.jobs.provider}
        value={provider}
        onChange={(event) => setProvider(event.currentTarget.value)}
      />
      <TextInput
        aria-label={text.jobs.model}
        placeholder={text.jobs.model}
        value={model}
        onChange={(event) => setModel(event.currentTarget.value)}
      />
      {isFiltered && (
        <Button variant="subtle" size="xs" onClick={() => void navigate({ search: {} })}>
          {text.common.resetFilters}
        </Button>
      )}
    </div>
  );
}

interface GroupsProps {
  groups: FailureGroup[];
  filter: FailureFilter;
  onAct: (target: Target) => void;
}

function Groups({ groups, filter, onAct }: GroupsProps) {
  const text = useText();
  return (
    <Table
      columns={[
        { name: text.dead.count, right: true },
        text.dead.cause,
        text.jobs.model,
        { name: text.dead.first, right: true, wide: true },
        { name: text.dead.last, right: true },
        text.dead.actions,
      ]}
    >
      {groups.map((group) => (
        <GroupRow
          key={`${group.errorCode}/${group.provider}/${group.model}`}
          group={group}
          filter={filter}
          onAct={onAct}
        />
      ))}
    </Table>
  );
}

function GroupRow({
  group,
  filter,
  onAct,
}: {
  group: FailureGroup;
  filter: FailureFilter;
  onAct: GroupsProps['onAct'];
}) {
  const text = useText();
  const own: FailureFilter = {
    ...filter,
    provider: group.provider,
    model: group.model,
    ...(group.errorCode && { errorCode: group.errorCode }),
  };
  const name = group.errorCode ? text.failures[group.errorCode] : text.status.failed;
  return (
    <tr>
      <td className="right num strong">{group.count}</td>
      <td className="cell-main">
        <Link to="/jobs/$id" params={{ id: group.lastJobId }} data-row-link className="row-link">
          {name}
        </Link>
        <div className="cell-sub">{group.lastError ?? text.dead.noMessage}</div>
      </td>
      <td className="nowrap">
        <span className="muted">{group.provider}</span> {group.model}
      </td>
      <td className="right muted nowrap wide-only">
        <Ago time={group.firstAt} />
      </td>
      <td className="right muted nowrap">
        <Ago time={group.lastAt} />
      </td>
      <td className="nowrap">
        <span className="actions">
          <Button
            size="compact-xs"
            variant="default"
            aria-label={text.dead.redriveGroup(group.count, name, group.model)}
            onClick={() => onAct({ action: 'redrive', filter: own, count: group.count })}
          >
            {text.dead.redriveShort}
          </Button>
          <Button
            size="compact-xs"
            variant="subtle"
            color="red"
            aria-label={text.dead.purgeGroup(group.count, name, group.model)}
            onClick={() => onAct({ action: 'purge', filter: own, count: group.count })}
          >
            {text.dead.purgeShort}
          </Button>
        </span>
      </td>
    </tr>
  );
}

/** Says in words which jobs and how many; the server refuses when the number is another by now. */
function ActDialog({ target, onClose }: { target: Target; onClose: () => void }) {
  const text = useText();
  const redrive = useRedrive();
  const purge = usePurge();
  const [pace, setPace] = useState('');
  const { action, filter, count } = target;
  const act = () => {
    if (action === 'redrive') {
      const perSecond = Number(pace) > 0 ? Number(pace) : undefined;
      redrive.mutate(
        { filter, expectedCount: count, perSecond },
        {
          onSuccess: ({ redriven, skipped }) => {
            tell(text.dead.redriven(redriven, skipped));
            onClose();
          },
        },
      );
    } else {
      purge.mutate(
        { filter, expectedCount: count },
        {
          onSuccess: ({ purged }) => {
            tell(text.dead.purged(purged));
            onClose();
          },
        },
      );
    }
  };
  const title = action === 'redrive' ? text.dead.redrive(count) : text.dead.purge(count);
  return (
    <Confirm
      opened
      danger={action === 'purge'}
      title={title}
      confirm={title}
      busy={redrive.isPending || purge.isPending}
      problem={redrive.error ?? purge.error}
      onClose={onClose}
      onConfirm={act}
    >
      <div className="stack">
        <p>{action === 'redrive' ? text.dead.redriveText(count) : text.dead.purgeText(count)}</p>
        <p className="muted">{filterInWords(text, filter)}</p>
        {action === 'redrive' && (
          <TextInput
            label={text.dead.pace}
            description={text.dead.paceHint}
            inputMode="decimal"
            value={pace}
            onChange={(event) => setPace(event.currentTarget.value)}
          />
        )}
      </div>
    </Confirm>
  );
}
