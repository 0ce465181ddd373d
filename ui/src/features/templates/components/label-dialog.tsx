import { Suspense, lazy, useState } from 'react';
import { Autocomplete, Button, Modal, NativeSelect, TextInput } from '@mantine/core';
import { asApiError } from '@/shared/api/error';
import { type Template, type Version, useMoveLabel } from '@/shared/data/templates';
import { useText } from '@/shared/i18n/language';
import { ReasonButton } from '@/shared/ui/basics';
import { Problem, tell } from '@/shared/ui/problem';

const GatesOf = lazy(async () => ({ default: (await import('./gates-of')).GatesOf }));

export interface LabelTarget {
  label?: string | undefined;
  version: number;
}

interface Props {
  template: Template;
  versions: Version[];
  target: LabelTarget | null;
  onClose: () => void;
}

/** The one place where labels are moved. */
export function LabelDialog({ template, versions, target, onClose }: Props) {
  const text = useText();
  return (
    <Modal
      opened={target !== null}
      onClose={onClose}
      title={text.labels.moveTitle}
      closeButtonProps={{ 'aria-label': text.common.close }}
    >
      {target && <LabelForm template={template} versions={versions} target={target} onClose={onClose} />}
    </Modal>
  );
}

const labelForm = /^[a-z0-9]+([._-][a-z0-9]+)*$/;

function LabelForm({ template, versions, target, onClose }: Props & { target: LabelTarget }) {
  const text = useText();
  const move = useMoveLabel(template.id);
  const [label, setLabel] = useState(target.label ?? '');
  const [version, setVersion] = useState(target.version);
  const [reason, setReason] = useState('');
  const labels = [...new Set(['production', 'staging', ...Object.keys(template.labels)])].sort();
  const now = template.labels[label];
  const obstacle =
    label === ''
      ? text.labels.nameMissing
      : !labelForm.test(label) || label === 'latest'
        ? text.labels.nameForm
        : now === version
          ? text.labels.isThere(label, version)
          : undefined;
  const submit = () =>
    move.mutate(
      { label, version, reason: reason.trim() || undefined },
      {
        onSuccess: () => {
          tell(text.labels.moved(label, version));
          onClose();
        },
      },
    );
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
      <Autocomplete
        data-autofocus
        label={text.labels.name}
        description={now === undefined ? undefined : text.labels.pointsTo(now)}
        data={labels}
        value={label}
        onChange={(value) => setLabel(value.trim().toLowerCase())}
      />
      <NativeSelect
        label={text.labels.to}
        value={String(version)}
        onChange={(event) => setVersion(Number(event.currentTarget.value))}
        data={versions.map(({ version: number, message }) => ({
          value: String(number),
          label: message ? `${text.common.version(number)} · ${message}` : text.common.version(number),
        }))}
      />
      <TextInput
        label={text.labels.reason}
        placeholder={text.labels.reasonHint}
        maxLength={500}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      {move.isError && <Problem problem={move.error} />}
      {move.isError && asApiError(move.error).code === 'conflict' && (
        <Suspense>
          <GatesOf template={template} label={label} version={version} />
        </Suspense>
      )}
      <div className="modal-actions">
        <Button variant="default" size="xs" onClick={onClose}>
          {text.common.cancel}
        </Button>
        <ReasonButton type="submit" reason={obstacle} loading={move.isPending}>
          {text.labels.move}
        </ReasonButton>
      </div>
    </form>
  );
}
