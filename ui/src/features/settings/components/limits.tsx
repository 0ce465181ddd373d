import { useState } from 'react';
import { Button, Modal, NativeSelect, TextInput } from '@mantine/core';
import { useSession } from '@/shared/data/session';
import { useFormat, useText } from '@/shared/i18n/language';
import { Empty, Facts, ReasonButton, Section } from '@/shared/ui/basics';
import { ConfirmTarget } from '@/shared/ui/confirm';
import { Problem, tell } from '@/shared/ui/problem';
import { QueryState, Table } from '@/shared/ui/table';
import { useApiKeys } from '../access';
import {
  type Budget,
  type BudgetUse,
  type Limits as LimitsNow,
  type Period,
  amountOf,
  periods,
  useBudgets,
  useChangeBudget,
  useCreateBudget,
  useLimits,
  useRemoveBudget,
  useSetLimits,
  usesOf,
} from '../limits';
import { isAdmin } from '../roles';

export function Limits() {
  const session = useSession();
  const admin = session.data !== undefined && isAdmin(session.data.workspace.role);
  return (
    <div className="stack">
      <Budgets admin={admin} />
      <RateLimits admin={admin} />
    </div>
  );
}

function Budgets({ admin }: { admin: boolean }) {
  const text = useText();
  const budgets = useBudgets();
  const [edited, setEdited] = useState<Budget | 'new' | null>(null);
  return (
    <Section title={text.limits.budgets}>
      <div className="toolbar">
        <p className="muted grow">{text.limits.budgetsAbout}</p>
        {admin && (
          <Button size="xs" onClick={() => setEdited('new')}>
            {text.limits.create}
          </Button>
        )}
      </div>
      <QueryState query={budgets} rows={2} />
      {budgets.data?.length === 0 && <Empty title={text.limits.none}>{text.limits.noneText}</Empty>}
      {budgets.data && budgets.data.length > 0 && (
        <BudgetTable budgets={budgets.data} admin={admin} onEdit={setEdited} />
      )}
      <Modal
        opened={edited !== null}
        onClose={() => setEdited(null)}
        title={edited === 'new' ? text.limits.create : text.limits.change}
        closeButtonProps={{ 'aria-label': text.common.close }}
      >
        {edited !== null && (
          <BudgetForm budget={edited === 'new' ? undefined : edited} onClose={() => setEdited(null)} />
        )}
      </Modal>
    </Section>
  );
}

interface BudgetTableProps {
  budgets: Budget[];
  admin: boolean;
  onEdit: (budget: Budget) => void;
}

function BudgetTable({ budgets, admin, onEdit }: BudgetTableProps) {
  const text = useText();
  const format = useFormat();
  const keys = useApiKeys();
  const remove = useRemoveBudget();
  const [target, setTarget] = useState<Budget | null>(null);
  const scope = ({ apiKeyId }: Budget) =>
    apiKeyId === null ? text.limits.workspace : (keys.data?.find(({ id }) => id === apiKeyId)?.name ?? apiKeyId);
  return (
    <>
      <Table
        label={text.limits.budgets}
        columns={[
          text.limits.scope,
          text.limits.period,
          text.limits.use,
          { name: text.limits.resets, right: true },
          ...(admin ? [text.dead.actions] : []),
        ]}
      >
        {budgets.map((budget) => (
          <tr key={budget.id}>
            <td>{scope(budget)}</td>
            <td className="nowrap">{text.limits.periods[budget.period]}</td>
            <td>
              {usesOf(budget).map((use) => (
                <Use key={use.unit} use={use} warning={budget.warning} />
              ))}
            </td>
            <td className="right muted nowrap">
              {budget.resetAt === null ? text.limits.never : format.time(budget.resetAt)}
            </td>
            {admin && (
              <td className="nowrap">
                <Button
                  size="compact-xs"
                  variant="subtle"
                  aria-label={text.limits.changeOne(scope(budget), text.limits.periods[budget.period])}
                  onClick={() => onEdit(budget)}
                >
                  {text.limits.change}
                </Button>
                <Button
                  size="compact-xs"
                  variant="subtle"
                  color="red"
                  aria-label={text.limits.removeOne(scope(budget), text.limits.periods[budget.period])}
                  onClick={() => setTarget(budget)}
                >
                  {text.limits.remove}
                </Button>
              </td>
            )}
          </tr>
        ))}
      </Table>
      <ConfirmTarget
        target={target}
        title={() => text.limits.remove}
        confirm={text.limits.remove}
        action={remove}
        input={({ id }) => id}
        onClose={() => setTarget(null)}
      >
        {text.limits.removeText}
      </ConfirmTarget>
    </>
  );
}

function Use({ use, warning }: { use: BudgetUse; warning: boolean }) {
  const text = useText();
  const format = useFormat();
  const [say, write] = use.unit === 'usd' ? [text.limits.used, format.money] : [text.limits.usedTokens, format.tokens];
  const words = say(write(use.spent), write(use.held), write(use.limit));
  return (
    <div className="use">
      <meter className="use-bar" data-warning={warning} min={0} max={1} value={use.share} aria-label={words} />
      <div className="cell-sub">{words}</div>
    </div>
  );
}

function BudgetForm({ budget, onClose }: { budget: Budget | undefined; onClose: () => void }) {
  const text = useText();
  const keys = useApiKeys();
  const create = useCreateBudget();
  const change = useChangeBudget();
  const [period, setPeriod] = useState<Period>('month');
  const [apiKeyId, setApiKeyId] = useState('');
  const [usd, setUsd] = useState(budget?.limitUSD?.toString() ?? '');
  const [tokens, setTokens] = useState(budget?.limitTokens?.toString() ?? '');
  const limitUSD = amountOf(usd, false);
  const limitTokens = amountOf(tokens, true);
  const obstacle =
    limitUSD === undefined || limitTokens === undefined
      ? text.limits.unreadable
      : limitUSD === null && limitTokens === null
        ? text.limits.amountMissing
        : undefined;
  const submit = () => {
    if (limitUSD === undefined || limitTokens === undefined) {
      return;
    }
    const amounts = { limitUSD, limitTokens };
    if (budget) {
      change.mutate({ id: budget.id, ...amounts }, { onSuccess: onClose });
    } else {
      create.mutate({ ...amounts, period, apiKeyId: apiKeyId || null }, { onSuccess: onClose });
    }
  };
  const { error, isPending } = budget ? change : create;
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (obstacle === undefined) {
          submit();
        }
      }}
    >
      {!budget && (
        <>
          <NativeSelect
            data-autofocus
            label={text.limits.scope}
            value={apiKeyId}
            data={[
              { value: '', label: text.limits.workspace },
              ...(keys.data ?? []).map(({ id, name }) => ({ value: id, label: text.limits.key(name) })),
            ]}
            onChange={(event) => setApiKeyId(event.currentTarget.value)}
          />
          <NativeSelect
            label={text.limits.period}
            value={period}
            data={periods.map((value) => ({ value, label: text.limits.periods[value] }))}
            onChange={(event) => setPeriod(event.currentTarget.value as Period)}
          />
        </>
      )}
      <TextInput
        label={text.limits.usd}
        description={text.limits.emptyIsNone}
        inputMode="decimal"
        value={usd}
        error={limitUSD === undefined && text.limits.unreadable}
        onChange={(event) => setUsd(event.currentTarget.value)}
      />
      <TextInput
        label={text.limits.tokens}
        description={text.limits.emptyIsNone}
        inputMode="numeric"
        value={tokens}
        error={limitTokens === undefined && text.limits.unreadable}
        onChange={(event) => setTokens(event.currentTarget.value)}
      />
      {error && <Problem problem={error} />}
      <div className="modal-actions">
        <Button variant="default" size="xs" onClick={onClose}>
          {text.common.cancel}
        </Button>
        <ReasonButton type="submit" reason={obstacle} loading={isPending}>
          {budget ? text.limits.change : text.limits.create}
        </ReasonButton>
      </div>
    </form>
  );
}

function RateLimits({ admin }: { admin: boolean }) {
  const text = useText();
  const limits = useLimits();
  return (
    <Section title={text.limits.requests}>
      <p className="muted">{text.limits.requestsAbout}</p>
      <QueryState query={limits} rows={2} />
      {limits.data && <RateFacts limits={limits.data} />}
      {limits.data && admin && limits.data.writes.ceiling !== null && <RateForm limits={limits.data} />}
    </Section>
  );
}

function RateFacts({ limits }: { limits: LimitsNow }) {
  const text = useText();
  const format = useFormat();
  return (
    <Facts
      facts={(['writes', 'reads'] as const).map((each): [string, string] => {
        const { requests, window, remaining } = limits[each];
        return [
          text.limits[each],
          requests === null
            ? text.limits.unlimited
            : text.limits.rate(format.number(requests), window ?? '', format.number(remaining ?? 0)),
        ];
      })}
    />
  );
}

function RateForm({ limits }: { limits: LimitsNow }) {
  const text = useText();
  const set = useSetLimits();
  const [writes, setWrites] = useState(limits.writes.workspace?.toString() ?? '');
  const [reads, setReads] = useState(limits.reads.workspace?.toString() ?? '');
  const numbers = { writes: amountOf(writes, true), reads: amountOf(reads, true) };
  const obstacle = numbers.writes === undefined || numbers.reads === undefined ? text.limits.unreadable : undefined;
  return (
    <form
      className="form-row"
      onSubmit={(event) => {
        event.preventDefault();
        if (numbers.writes !== undefined && numbers.reads !== undefined) {
          set.mutate({ writes: numbers.writes, reads: numbers.reads }, { onSuccess: () => tell(text.limits.saved) });
        }
      }}
    >
      <TextInput
        label={text.limits.writes}
        description={text.limits.ceiling(limits.writes.ceiling ?? '')}
        inputMode="numeric"
        value={writes}
        onChange={(event) => setWrites(event.currentTarget.value)}
      />
      <TextInput
        label={text.limits.reads}
        description={text.limits.ceiling(limits.reads.ceiling ?? '')}
        inputMode="numeric"
        value={reads}
        onChange={(event) => setReads(event.currentTarget.value)}
      />
      <ReasonButton type="submit" reason={obstacle} loading={set.isPending}>
        {text.limits.save}
      </ReasonButton>
      {set.isError && <Problem problem={set.error} />}
    </form>
  );
}
