import { useState } from 'react';
import { Button, Modal, NativeSelect, TextInput } from '@mantine/core';
import { asApiError } from '@/shared/api/error';
import { type Template, useMoveLabel, useSaveVersion } from '@/shared/data/templates';
import { useText } from '@/shared/i18n/language';
import { Problem, tell } from '@/shared/ui/problem';
import { type Draft, contentOf, draftOf } from '../draft';
import { DraftDiff } from './draft-diff';

interface Props {
  template: Template;
  draft: Draft;
  opened: boolean;
  onClose: () => void;
  onSaved: () => void;
}

/** No version is made before somebody has seen what changes. */
export function SaveDialog({ template, draft, opened, onClose, onSaved }: Props) {
  const text = useText();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      size={920}
      title={text.save.title(template.version + 1)}
      closeButtonProps={{ 'aria-label': text.common.close }}
    >
      <SaveForm template={template} draft={draft} onClose={onClose} onSaved={onSaved} />
    </Modal>
  );
}

function SaveForm({ template, draft, onClose, onSaved }: Omit<Props, 'opened'>) {
  const text = useText();
  const save = useSaveVersion(template.id);
  const move = useMoveLabel(template.id);
  const [message, setMessage] = useState('');
  const [label, setLabel] = useState('');
  const labels = [...new Set(['staging', ...Object.keys(template.labels)])].sort();
  const submit = async () => {
    try {
      const saved = await save.mutateAsync({
        ...contentOf(draft),
        ifVersion: template.version,
        ...(message.trim() && { message: message.trim() }),
      });
      if (label) {
        await move.mutateAsync({ label, version: saved.version, reason: message.trim() || undefined });
      }
      tell(text.save.saved(saved.version));
      onSaved();
    } catch {
      // shown below
    }
  };
  const problem = save.error ?? move.error;
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <DraftDiff
        before={draftOf(template)}
        after={draft}
        beforeName={text.common.version(template.version)}
        afterName={text.common.version(template.version + 1)}
      />
      <div className="form-row">
        <TextInput
          data-autofocus
          label={text.save.message}
          placeholder={text.save.messageHint}
          maxLength={500}
          value={message}
          onChange={(event) => setMessage(event.currentTarget.value)}
        />
        <NativeSelect
          label={text.save.label}
          value={label}
          onChange={(event) => setLabel(event.currentTarget.value)}
          data={[{ value: '', label: text.save.noLabel }, ...labels]}
        />
      </div>
      {problem && <Problem problem={problem} />}
      {problem && asApiError(problem).code === 'conflict' && <p className="muted">{text.save.conflict}</p>}
      <div className="modal-actions">
        <Button variant="default" size="xs" onClick={onClose}>
          {text.common.cancel}
        </Button>
        <Button size="xs" type="submit" loading={save.isPending || move.isPending}>
          {text.save.save(template.version + 1)}
        </Button>
      </div>
    </form>
  );
}
