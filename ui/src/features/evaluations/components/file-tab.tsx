import { useState } from 'react';
import { Button, Modal, TextInput } from '@mantine/core';
import { useBlocker } from '@tanstack/react-router';
import { type SuiteDetail, type SuiteText, useSaveSuite } from '@/shared/data/evals';
import { useText } from '@/shared/i18n/language';
import { ReasonButton } from '@/shared/ui/basics';
import { CompareView } from '@/shared/ui/compare-view';
import { Confirm } from '@/shared/ui/confirm';
import { Problem, tell } from '@/shared/ui/problem';
import { SuiteEditor, useChecked } from './suite-editor';

/** The file itself; every save goes through a diff. */
export function FileTab({ suite }: { suite: SuiteDetail }) {
  const text = useText();
  const kept: SuiteText = { content: suite.content, files: suite.files };
  const [file, setFile] = useState<SuiteText>(kept);
  const [saving, setSaving] = useState(false);
  const checked = useChecked(file);
  const changed = JSON.stringify(file) !== JSON.stringify(kept);
  const leave = useBlocker({
    shouldBlockFn: ({ current, next }) => changed && !saving && current.pathname !== next.pathname,
    enableBeforeUnload: () => changed,
    withResolver: true,
  });
  const obstacle = suite.archivedAt
    ? text.evals.file.isArchived
    : checked.isEmpty
      ? text.evals.file.empty
      : checked.isFaulty
        ? text.evals.file.faulty
        : changed
          ? undefined
          : text.evals.file.unchanged;
  const submit = () => obstacle === undefined && setSaving(true);
  return (
    <div className="stack editor-page">
      <SuiteEditor file={file} onChange={setFile} onSubmit={submit} checked={checked} />
      <div className="savebar">
        <ReasonButton reason={obstacle} onClick={submit}>
          {text.evals.file.review}
        </ReasonButton>
        {changed && (
          <Button variant="default" size="xs" onClick={() => setFile(kept)}>
            {text.evals.file.discard}
          </Button>
        )}
        <span className="muted">{changed ? text.editor.unsaved : text.editor.clean}</span>
      </div>
      <Modal
        opened={saving}
        onClose={() => setSaving(false)}
        size={920}
        title={text.evals.file.save(suite.version + 1)}
        closeButtonProps={{ 'aria-label': text.common.close }}
      >
        <SaveForm suite={suite} file={file} onClose={() => setSaving(false)} />
      </Modal>
      <Confirm
        opened={leave.status === 'blocked'}
        danger
        title={text.editor.leaveTitle}
        confirm={text.editor.leave}
        onClose={() => leave.reset?.()}
        onConfirm={() => leave.proceed?.()}
      >
        {text.editor.leaveText}
      </Confirm>
    </div>
  );
}

interface SaveProps {
  suite: SuiteDetail;
  file: SuiteText;
  onClose: () => void;
}

function SaveForm({ suite, file, onClose }: SaveProps) {
  const text = useText();
  const save = useSaveSuite(suite.id);
  const [message, setMessage] = useState('');
  const submit = () =>
    save.mutate(
      { ...file, name: suite.name, ifVersion: suite.version, ...(message.trim() && { message: message.trim() }) },
      {
        onSuccess: ({ version }) => {
          tell(text.evals.file.saved(version));
          onClose();
        },
      },
    );
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <FilesDiff
        before={{ content: suite.content, files: suite.files }}
        after={file}
        beforeName={text.common.version(suite.version)}
        afterName={text.common.version(suite.version + 1)}
      />
      <TextInput
        data-autofocus
        label={text.evals.file.message}
        placeholder={text.evals.file.messageHint}
        maxLength={500}
        value={message}
        onChange={(event) => setMessage(event.currentTarget.value)}
      />
      {save.isError && <Problem problem={save.error} />}
      <div className="modal-actions">
        <Button variant="default" size="xs" onClick={onClose}>
          {text.common.cancel}
        </Button>
        <Button size="xs" type="submit" loading={save.isPending}>
          {text.evals.file.save(suite.version + 1)}
        </Button>
      </div>
    </form>
  );
}

interface DiffProps {
  before: SuiteText;
  after: SuiteText;
  beforeName: string;
  afterName: string;
}

/** The suite file and every other file that is not the same on both sides. */
export function FilesDiff({ before, after, beforeName, afterName }: DiffProps) {
  const text = useText();
  const paths = [...new Set([...Object.keys(before.files), ...Object.keys(after.files)])].filter(
    (path) => before.files[path] !== after.files[path],
  );
  return (
    <>
      <CompareView
        title={text.evals.file.content}
        before={before.content}
        after={after.content}
        beforeName={beforeName}
        afterName={afterName}
      />
      {paths.map((path) => (
        <CompareView
          key={path}
          title={path}
          before={before.files[path] ?? ''}
          after={after.files[path] ?? ''}
          beforeName={beforeName}
          afterName={afterName}
        />
      ))}
    </>
  );
}
