import { useState } from 'react';
import { useDebouncedValue } from '@mantine/hooks';
import { asApiError } from '@/shared/api/error';
import { useProviders } from '@/shared/data/jobs';
import { type DraftRendering, useDraftRendering } from '@/shared/data/templates';
import { useFormat, useText } from '@/shared/i18n/language';
import { Messages } from '@/shared/ui/messages';
import { Problem } from '@/shared/ui/problem';
import { VariablesForm } from '@/shared/ui/variables-form';
import { fieldsOf, valuesOf } from '@/shared/variables';
import { type Draft, faultsOf, parseObject, renderRequestOf } from '../draft';

const pause = 250;

/** The prompt of a draft as the server renders it, and why it cannot be saved. */
export function useRenderedDraft(draft: Draft, typed: Record<string, string>) {
  const [settled] = useDebouncedValue({ draft, typed }, pause);
  const [names, setNames] = useState<string[]>([]);
  const faulty = faultsOf(settled.draft).length > 0;
  const fields = fieldsOf(names, parseObject(settled.draft.schema));
  const { values, unreadable } = valuesOf(fields, settled.typed);
  const rendering = useDraftRendering(faulty ? { userPrompt: '-' } : renderRequestOf(settled.draft, values), !faulty);
  const known = rendering.data?.variables;
  if (known && known.join() !== names.join()) {
    setNames(known);
  }
  const error = !faulty && rendering.isError ? asApiError(rendering.error) : null;
  return { rendering: faulty ? undefined : rendering.data, fields, unreadable, error, faulty };
}

interface Props {
  draft: Draft;
  rendered: ReturnType<typeof useRenderedDraft>;
  typed: Record<string, string>;
  onTyped: (typed: Record<string, string>) => void;
}

export function Preview({ draft, rendered, typed, onTyped }: Props) {
  const text = useText();
  const { rendering, fields, unreadable, error, faulty } = rendered;
  const invalid = error?.code === 'validation_error';
  return (
    <div className="preview">
      <h2>{text.preview.variables}</h2>
      <VariablesForm
        fields={fields}
        typed={typed}
        unreadable={unreadable}
        faults={faultsByVariable(rendering)}
        onChange={onTyped}
      />
      <div className="preview-head">
        <h2>{text.preview.title}</h2>
        {rendering && <Estimate draft={draft} tokens={rendering.estimatedInputTokens} />}
      </div>
      <div aria-live="polite">
        {faulty && <p className="muted">{text.preview.nothing}</p>}
        {invalid && <p className="muted">{text.preview.broken}</p>}
        {error && !invalid && <Problem problem={error} />}
        {rendering && rendering.missing.length > 0 && (
          <p className="note">{text.preview.missing(rendering.missing.join(', '))}</p>
        )}
      </div>
      {rendering && !invalid && <Messages messages={rendering.messages} />}
    </div>
  );
}

function faultsByVariable(rendering: DraftRendering | undefined): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(rendering?.errors ?? {}).map(([path, messages]) => [path.replace(/^variables\./, ''), messages]),
  );
}

function Estimate({ draft, tokens }: { draft: Draft; tokens: number }) {
  const text = useText();
  const format = useFormat();
  const providers = useProviders();
  const provider = providers.data?.find(({ name }) => name === draft.provider);
  const model = provider?.models.find(({ name }) => name === (draft.model || provider.defaultModel));
  const price = model?.inputPricePerMillionUSD;
  return (
    <span className="muted num">
      {text.preview.tokens(tokens)}
      {price != null && ` · ${text.preview.price(format.money((tokens * price) / 1_000_000))}`}
    </span>
  );
}
