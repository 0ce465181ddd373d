import { useState } from 'react';
import { Autocomplete, Button, Modal, Switch, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { type RunRequest, type SuiteDetail, useBaselines, useEstimate, useStartRun } from '@/shared/data/evals';
import { useTemplate } from '@/shared/data/templates';
import { useFormat, useText } from '@/shared/i18n/language';
import { ReasonButton } from '@/shared/ui/basics';
import { Problem, tell } from '@/shared/ui/problem';

/** Says what a run costs before it begins. */
export function StartDialog({ suite }: { suite: SuiteDetail }) {
  const text = useText();
  const search = useSearch({ from: '/evaluations/$id' });
  const navigate = useNavigate({ from: '/evaluations/$id' });
  const close = () =>
    void navigate({ search: (now) => ({ ...now, start: undefined, candidate: undefined }), replace: true });
  return (
    <Modal
      opened={search.start === true && suite.archivedAt === null}
      onClose={close}
      size={560}
      title={text.evals.start.title(suite.name)}
      closeButtonProps={{ 'aria-label': text.common.close }}
    >
      <StartForm suite={suite} candidate={search.candidate ?? ''} onClose={close} />
    </Modal>
  );
}

interface Typed {
  candidate: string;
  baseline: string;
  repeats: string;
  filter: string;
  usd: string;
  calls: string;
  cache: boolean;
}

/** null = something is no number */
function requestOf(typed: Typed): RunRequest | null {
  const numbers = [typed.repeats, typed.usd, typed.calls].map((each) =>
    each.trim() === '' ? undefined : Number(each),
  );
  const [repeats, usd, calls] = numbers;
  if (numbers.some((number) => number !== undefined && !(number > 0 && Number.isFinite(number)))) {
    return null;
  }
  return {
    ...(typed.candidate.trim() && { candidate: typed.candidate.trim() }),
    ...(typed.baseline.trim() && { baseline: typed.baseline.trim() }),
    ...(repeats !== undefined && { repeats: Math.round(repeats) }),
    ...(typed.filter.trim() && { filter: typed.filter.trim() }),
    ...((usd !== undefined || calls !== undefined) && {
      budget: { ...(usd !== undefined && { usd }), ...(calls !== undefined && { calls: Math.round(calls) }) },
    }),
    ...(!typed.cache && { cache: false }),
  };
}

const pause = 300;

function StartForm({ suite, candidate, onClose }: { suite: SuiteDetail; candidate: string; onClose: () => void }) {
  const text = useText();
  const navigate = useNavigate();
  const start = useStartRun();
  const [typed, setTyped] = useState<Typed>({
    candidate,
    baseline: '',
    repeats: '',
    filter: '',
    usd: '',
    calls: '',
    cache: true,
  });
  const set = (part: Partial<Typed>) => setTyped((now) => ({ ...now, ...part }));
  const request = requestOf(typed);
  const [settled] = useDebouncedValue(request, pause);
  const estimate = useEstimate(suite.id, settled ?? {});
  const prices = usePrices(estimate.data);
  const obstacle =
    request === null ? text.evals.start.number : estimate.isError ? text.evals.start.impossible : undefined;
  const submit = () => {
    if (request !== null && obstacle === undefined) {
      start.mutate(
        { ...request, suiteId: suite.id },
        {
          onSuccess: ({ id }) => {
            tell(text.evals.start.started);
            void navigate({ to: '/evaluations/runs/$id', params: { id } });
          },
        },
      );
    }
  };
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Sides suite={suite} typed={typed} set={set} />
      <div className="form-row form-row-end">
        <TextInput
          label={text.evals.start.repeats}
          description={text.evals.start.repeatsHint}
          inputMode="numeric"
          value={typed.repeats}
          onChange={(event) => set({ repeats: event.currentTarget.value })}
        />
        <TextInput
          label={text.evals.start.filter}
          description={text.evals.start.filterHint}
          value={typed.filter}
          onChange={(event) => set({ filter: event.currentTarget.value })}
        />
      </div>
      <div className="form-row form-row-end">
        <TextInput
          label={text.evals.start.usd}
          inputMode="decimal"
          value={typed.usd}
          onChange={(event) => set({ usd: event.currentTarget.value })}
        />
        <TextInput
          label={text.evals.start.calls}
          inputMode="numeric"
          value={typed.calls}
          onChange={(event) => set({ calls: event.currentTarget.value })}
        />
      </div>
      <Switch
        label={text.evals.start.cache}
        checked={typed.cache}
        onChange={(event) => set({ cache: event.currentTarget.checked })}
      />
      <div className="estimate" aria-live="polite">
        {estimate.isPending && !estimate.isError && <p className="muted">{text.evals.start.estimating}</p>}
        {estimate.isError && <Problem problem={estimate.error} />}
        {!estimate.isError && prices && (
          <>
            <p className="num strong">{prices.calls}</p>
            <p className="muted num">{`${prices.price}. ${text.evals.start.onTop}`}</p>
          </>
        )}
      </div>
      {start.isError && <Problem problem={start.error} />}
      <div className="modal-actions">
        <Button variant="default" size="xs" onClick={onClose}>
          {text.common.cancel}
        </Button>
        <ReasonButton type="submit" reason={obstacle} loading={start.isPending}>
          {prices && !estimate.isError ? text.evals.start.go(prices.price) : text.evals.start.goPlain}
        </ReasonButton>
      </div>
    </form>
  );
}

interface SidesProps {
  suite: SuiteDetail;
  typed: Typed;
  set: (part: Partial<Typed>) => void;
}

function Sides({ suite, typed, set }: SidesProps) {
  const text = useText();
  const baselines = useBaselines(suite.id);
  const template = useTemplate(suite.template?.id);
  const candidates = template.data ? [...Object.keys(template.data.labels), String(template.data.version)] : suite.arms;
  return (
    <div className="form-row form-row-end">
      <Autocomplete
        data-autofocus
        openOnFocus={false}
        label={text.evals.start.candidate}
        description={suite.template ? text.evals.start.candidateTemplate : text.evals.start.candidateHint}
        data={[...new Set(candidates)]}
        value={typed.candidate}
        onChange={(candidate) => set({ candidate })}
      />
      <Autocomplete
        label={text.evals.start.baseline}
        description={text.evals.start.baselineHint}
        data={[...new Set([...(baselines.data?.map(({ name }) => name) ?? []), ...candidates, 'none'])]}
        value={typed.baseline}
        onChange={(baseline) => set({ baseline })}
      />
    </div>
  );
}

function usePrices(estimate: ReturnType<typeof useEstimate>['data']) {
  const text = useText();
  const format = useFormat();
  if (!estimate) {
    return null;
  }
  const { cells, calls, cacheHits, leastUSD, mostUSD } = estimate;
  return {
    calls: text.evals.start.estimate(format.number(cells), format.number(calls), format.number(cacheHits)),
    price:
      leastUSD === null || mostUSD === null
        ? text.evals.start.unknownPrice
        : text.evals.start.price(format.money(leastUSD), format.money(mostUSD)),
  };
}
