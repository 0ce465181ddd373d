import { useState } from 'react';
import { Button, Modal, NativeSelect, Switch, TextInput } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useAddCase, useSuites } from '@/shared/data/evals';
import type { Job } from '@/shared/data/jobs';
import { useText } from '@/shared/i18n/language';
import { Empty, ReasonButton } from '@/shared/ui/basics';
import { Problem, tell } from '@/shared/ui/problem';
import { QueryState } from '@/shared/ui/table';

interface Props {
  job: Job;
  opened: boolean;
  onClose: () => void;
}

/** What went wrong once becomes a case of a suite. */
export function AddCase({ job, opened, onClose }: Props) {
  const text = useText();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={text.evals.addCase.title}
      closeButtonProps={{ 'aria-label': text.common.close }}
    >
      <AddCaseForm job={job} onClose={onClose} />
    </Modal>
  );
}

function AddCaseForm({ job, onClose }: Omit<Props, 'opened'>) {
  const text = useText();
  const suites = useSuites({}, 200);
  const add = useAddCase();
  const [chosen, setChosen] = useState('');
  const [description, setDescription] = useState('');
  const [expectOutput, setExpectOutput] = useState(false);
  const known = suites.data?.items ?? [];
  const suiteId = chosen || (known.find(({ template }) => template?.id === job.templateId) ?? known[0])?.id;
  if (suites.data?.items.length === 0) {
    return <Empty title={text.evals.addCase.none} action={<Link to="/evaluations/new">{text.evals.create}</Link>} />;
  }
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (suiteId) {
          add.mutate(
            { suiteId, jobId: job.id, expectOutput, ...(description.trim() && { description: description.trim() }) },
            {
              onSuccess: ({ name, version }) => {
                tell(text.evals.addCase.added(name, version));
                onClose();
              },
            },
          );
        }
      }}
    >
      <p className="muted">{text.evals.addCase.about}</p>
      <QueryState query={suites} rows={2} />
      <NativeSelect
        data-autofocus
        label={text.evals.addCase.suite}
        value={suiteId ?? ''}
        data={known.map(({ id, name }) => ({ value: id, label: name }))}
        onChange={(event) => setChosen(event.currentTarget.value)}
      />
      <TextInput
        label={text.evals.addCase.description}
        description={text.evals.addCase.descriptionHint}
        maxLength={500}
        value={description}
        onChange={(event) => setDescription(event.currentTarget.value)}
      />
      {job.output !== null && (
        <Switch
          label={text.evals.addCase.expect}
          description={text.evals.addCase.expectWhy}
          checked={expectOutput}
          onChange={(event) => setExpectOutput(event.currentTarget.checked)}
        />
      )}
      {add.isError && <Problem problem={add.error} />}
      <div className="modal-actions">
        <Button variant="default" size="xs" onClick={onClose}>
          {text.common.cancel}
        </Button>
        <ReasonButton type="submit" loading={add.isPending} reason={suiteId ? undefined : text.evals.addCase.none}>
          {text.evals.addCase.add}
        </ReasonButton>
      </div>
    </form>
  );
}
