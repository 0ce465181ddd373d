import { useState } from 'react';
import { Autocomplete, Button, Modal, NativeSelect, PasswordInput, TextInput } from '@mantine/core';
import { useFormat, useText } from '@/shared/i18n/language';
import { Ago, Empty, ReasonButton } from '@/shared/ui/basics';
import { Confirm } from '@/shared/ui/confirm';
import { Problem, tell } from '@/shared/ui/problem';
import { QueryState } from '@/shared/ui/table';
import {
  type ProviderKey,
  type ProviderKeyForm,
  useDeleteProviderKey,
  useProviderKeys,
  useSaveProviderKey,
  useTestProviderKey,
} from '../access';

const nothing: ProviderKeyForm = { name: '', apiKey: '', format: '', baseUrl: '', defaultModel: '' };
const builtIn = ['anthropic', 'openai'];

export function ProviderKeys() {
  const text = useText();
  const keys = useProviderKeys();
  const [editing, setEditing] = useState<ProviderKeyForm | null>(null);
  return (
    <div className="stack">
      <div className="toolbar">
        <p className="muted grow">{text.providerKeys.about}</p>
        <Button size="xs" onClick={() => setEditing(nothing)}>
          {text.providerKeys.add}
        </Button>
      </div>
      <QueryState query={keys} rows={2} />
      {keys.data?.length === 0 && <Empty title={text.providerKeys.none}>{text.providerKeys.noneText}</Empty>}
      {keys.data?.map((key) => (
        <KeyPanel
          key={key.name}
          providerKey={key}
          onEdit={() =>
            setEditing({
              ...nothing,
              name: key.name,
              baseUrl: key.baseUrl,
              format: key.format,
              defaultModel: key.defaultModel ?? '',
            })
          }
        />
      ))}
      <Modal
        opened={editing !== null}
        onClose={() => setEditing(null)}
        title={text.providerKeys.add}
        closeButtonProps={{ 'aria-label': text.common.close }}
      >
        {editing && <KeyForm start={editing} onClose={() => setEditing(null)} />}
      </Modal>
    </div>
  );
}

function KeyPanel({ providerKey, onEdit }: { providerKey: ProviderKey; onEdit: () => void }) {
  const text = useText();
  const format = useFormat();
  const test = useTestProviderKey();
  const remove = useDeleteProviderKey();
  const [removing, setRemoving] = useState(false);
  const { name, baseUrl, lastFour, updatedAt, defaultModel } = providerKey;
  return (
    <section className="panel" aria-label={name}>
      <div className="panel-head">
        <h2>{name}</h2>
        <div className="panel-actions">
          <ReasonButton
            variant="default"
            reason={lastFour === null ? text.providerKeys.wiped : undefined}
            loading={test.isPending}
            onClick={() => test.mutate(name)}
          >
            {text.providerKeys.test}
          </ReasonButton>
          <Button size="xs" variant="default" onClick={onEdit}>
            {text.providerKeys.change}
          </Button>
          <Button size="xs" variant="subtle" color="red" onClick={() => setRemoving(true)}>
            {text.providerKeys.remove}
          </Button>
        </div>
      </div>
      <div className="panel-body">
        <span className="mono">{lastFour === null ? text.providerKeys.wiped : `…${lastFour}`}</span>
        <span>{baseUrl}</span>
        <span>{defaultModel}</span>
        <span className="muted">
          <Ago time={updatedAt} />
        </span>
      </div>
      <div aria-live="polite">
        {test.data && (
          <p className={test.data.ok ? 'panel-body' : 'panel-body danger'}>
            {test.data.ok
              ? text.providerKeys.works(test.data.model, format.duration(test.data.durationMs))
              : `${text.providerKeys.refused} ${test.data.message ?? ''}`}
          </p>
        )}
        {test.isError && <Problem problem={test.error} />}
      </div>
      <Confirm
        opened={removing}
        danger
        title={text.providerKeys.removeTitle(name)}
        confirm={text.providerKeys.remove}
        busy={remove.isPending}
        problem={remove.error}
        onClose={() => setRemoving(false)}
        onConfirm={() => remove.mutate(name, { onSuccess: () => setRemoving(false) })}
      >
        {text.providerKeys.removeText}
      </Confirm>
    </section>
  );
}

function KeyForm({ start, onClose }: { start: ProviderKeyForm; onClose: () => void }) {
  const text = useText();
  const save = useSaveProviderKey();
  const [form, setForm] = useState(start);
  const change = (part: Partial<ProviderKeyForm>) => setForm((now) => ({ ...now, ...part }));
  const own = form.name !== '' && !builtIn.includes(form.name);
  const obstacle = form.name === '' ? text.providerKeys.nameMissing : undefined;
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (obstacle === undefined) {
          save.mutate(form, {
            onSuccess: ({ name }) => {
              tell(text.providerKeys.saved(name));
              onClose();
            },
          });
        }
      }}
    >
      <Autocomplete
        data-autofocus
        label={text.providerKeys.name}
        data={builtIn}
        disabled={start.name !== ''}
        value={form.name}
        onChange={(name) => change({ name: name.trim().toLowerCase() })}
      />
      <PasswordInput
        label={text.providerKeys.key}
        description={start.name === '' ? undefined : text.providerKeys.keyStays}
        autoComplete="off"
        visibilityToggleButtonProps={{ 'aria-label': text.signIn.showPassword }}
        value={form.apiKey}
        onChange={(event) => change({ apiKey: event.currentTarget.value.trim() })}
      />
      {own && (
        <>
          <NativeSelect
            label={text.providerKeys.format}
            value={form.format}
            data={['', ...builtIn]}
            onChange={(event) => change({ format: event.currentTarget.value })}
          />
          <TextInput
            label={text.providerKeys.baseUrl}
            description={text.providerKeys.baseUrlHint}
            value={form.baseUrl}
            onChange={(event) => change({ baseUrl: event.currentTarget.value.trim() })}
          />
        </>
      )}
      <TextInput
        label={text.providerKeys.defaultModel}
        value={form.defaultModel}
        onChange={(event) => change({ defaultModel: event.currentTarget.value.trim() })}
      />
      {save.isError && <Problem problem={save.error} />}
      <div className="modal-actions">
        <Button variant="default" size="xs" onClick={onClose}>
          {text.common.cancel}
        </Button>
        <ReasonButton type="submit" reason={obstacle} loading={save.isPending}>
          {text.providerKeys.save}
        </ReasonButton>
      </div>
    </form>
  );
}
