import { useState } from 'react';
import { Button, Checkbox, Modal, NativeSelect, TextInput } from '@mantine/core';
import { useFormat, useText } from '@/shared/i18n/language';
import { Ago, CopyButton, Empty, ReasonButton } from '@/shared/ui/basics';
import { ConfirmTarget } from '@/shared/ui/confirm';
import { Problem } from '@/shared/ui/problem';
import { QueryState, Table } from '@/shared/ui/table';
import { type ApiKey, type Permission, useApiKeys, useCreateApiKey, useRevokeApiKey } from '../access';

export function ApiKeys() {
  const text = useText();
  const keys = useApiKeys();
  const [making, setMaking] = useState(false);
  return (
    <div className="stack">
      <div className="toolbar">
        <p className="muted grow">{text.apiKeys.about}</p>
        <Button size="xs" onClick={() => setMaking(true)}>
          {text.apiKeys.create}
        </Button>
      </div>
      <QueryState query={keys} rows={3} />
      {keys.data?.length === 0 && <Empty title={text.apiKeys.none}>{text.apiKeys.noneText}</Empty>}
      {keys.data && keys.data.length > 0 && <KeyTable keys={keys.data} />}
      <Modal
        opened={making}
        onClose={() => setMaking(false)}
        title={text.apiKeys.create}
        closeButtonProps={{ 'aria-label': text.common.close }}
      >
        <NewKey onClose={() => setMaking(false)} />
      </Modal>
    </div>
  );
}

function KeyTable({ keys }: { keys: ApiKey[] }) {
  const text = useText();
  const format = useFormat();
  const revoke = useRevokeApiKey();
  const [target, setTarget] = useState<ApiKey | null>(null);
  return (
    <>
      <Table
        columns={[
          text.apiKeys.name,
          text.apiKeys.key,
          text.apiKeys.scopes,
          { name: text.apiKeys.used, right: true },
          { name: text.apiKeys.expires, right: true },
          text.dead.actions,
        ]}
      >
        {keys.map((key) => (
          <tr key={key.id}>
            <td>
              {key.name}
              <div className="cell-sub">{text.apiKeys.by(key.createdBy, format.time(key.createdAt))}</div>
            </td>
            <td className="mono nowrap">{`pl_…${key.lastFour}`}</td>
            <td>
              <span className="variables">
                {key.scopes.map((scope) => (
                  <code key={scope}>{scope}</code>
                ))}
              </span>
            </td>
            <td className="right muted nowrap">
              {key.lastUsedAt ? <Ago time={key.lastUsedAt} /> : text.apiKeys.never}
            </td>
            <td className="right muted nowrap">{key.expiresAt ? format.time(key.expiresAt) : text.apiKeys.never}</td>
            <td>
              <Button
                size="compact-xs"
                variant="subtle"
                color="red"
                aria-label={text.apiKeys.revokeOne(key.name)}
                onClick={() => setTarget(key)}
              >
                {text.apiKeys.revoke}
              </Button>
            </td>
          </tr>
        ))}
      </Table>
      <ConfirmTarget
        target={target}
        title={({ name }) => text.apiKeys.revokeOne(name)}
        confirm={text.apiKeys.revoke}
        action={revoke}
        input={({ id }) => id}
        onClose={() => setTarget(null)}
      >
        {text.apiKeys.revokeText}
      </ConfirmTarget>
    </>
  );
}

const scopes: Permission[] = [
  'templates:read',
  'templates:write',
  'jobs:read',
  'jobs:write',
  'jobs:admin',
  'workspace:read',
  'workspace:admin',
  'api-keys:write',
  'provider-keys:admin',
  'audit:read',
];
const usual: Permission[] = ['templates:read', 'jobs:read', 'jobs:write'];
const day = 24 * 60 * 60 * 1_000;

function NewKey({ onClose }: { onClose: () => void }) {
  const text = useText();
  const create = useCreateApiKey();
  const [name, setName] = useState('');
  const [chosen, setChosen] = useState<Permission[]>(usual);
  const [days, setDays] = useState('90');
  if (create.data) {
    return (
      <div className="stack">
        <p>{text.apiKeys.once}</p>
        <div className="secret">
          <code>{create.data.key}</code>
          <CopyButton compact value={create.data.key} label={text.common.copy} />
        </div>
        <div className="modal-actions">
          <Button size="xs" onClick={onClose}>
            {text.apiKeys.kept}
          </Button>
        </div>
      </div>
    );
  }
  const obstacle =
    name.trim() === '' ? text.apiKeys.nameMissing : chosen.length === 0 ? text.apiKeys.scopeMissing : undefined;
  const submit = () =>
    create.mutate({
      name: name.trim(),
      scopes: chosen,
      ...(days && { expiresAt: new Date(Date.now() + Number(days) * day).toISOString() }),
    });
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
      <TextInput
        data-autofocus
        label={text.apiKeys.name}
        maxLength={100}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Checkbox.Group
        label={text.apiKeys.scopes}
        description={text.apiKeys.scopesHint}
        value={chosen}
        onChange={(value) => setChosen(value as Permission[])}
      >
        <div className="scopes">
          {scopes.map((scope) => (
            <Checkbox key={scope} value={scope} label={<code>{scope}</code>} />
          ))}
        </div>
      </Checkbox.Group>
      <NativeSelect
        label={text.apiKeys.expires}
        value={days}
        data={[
          ...['30', '90', '365'].map((value) => ({ value, label: text.apiKeys.days(Number(value)) })),
          { value: '', label: text.apiKeys.never },
        ]}
        onChange={(event) => setDays(event.currentTarget.value)}
      />
      {create.isError && <Problem problem={create.error} />}
      <div className="modal-actions">
        <Button variant="default" size="xs" onClick={onClose}>
          {text.common.cancel}
        </Button>
        <ReasonButton type="submit" reason={obstacle} loading={create.isPending}>
          {text.apiKeys.create}
        </ReasonButton>
      </div>
    </form>
  );
}
