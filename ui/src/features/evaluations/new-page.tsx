import { useState } from 'react';
import { TextInput } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { type SuiteText, useCreateSuite } from '@/shared/data/evals';
import { useText } from '@/shared/i18n/language';
import { Page, ReasonButton } from '@/shared/ui/basics';
import { Problem, tell } from '@/shared/ui/problem';
import { SuiteEditor, useChecked } from './components/suite-editor';

export function NewSuitePage() {
  const text = useText();
  const navigate = useNavigate();
  const create = useCreateSuite();
  const [name, setName] = useState('');
  const [file, setFile] = useState<SuiteText>({ content: '', files: {} });
  const checked = useChecked(file);
  const obstacle = checked.isEmpty ? text.evals.file.empty : checked.isFaulty ? text.evals.file.faulty : undefined;
  const submit = () => {
    if (obstacle !== undefined) {
      return;
    }
    create.mutate(
      { ...file, ...(name.trim() && { name: name.trim() }) },
      {
        onSuccess: (suite) => {
          tell(text.evals.file.created(suite.name));
          void navigate({ to: '/evaluations/$id', params: { id: suite.id } });
        },
      },
    );
  };
  return (
    <Page title={text.evals.create} above={<Link to="/evaluations">{text.evals.title}</Link>}>
      <div className="stack editor-page">
        <TextInput
          label={text.evals.file.name}
          description={text.evals.file.nameHint}
          autoFocus
          maxLength={120}
          className="narrow"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <SuiteEditor file={file} onChange={setFile} onSubmit={submit} checked={checked} />
        {create.isError && <Problem problem={create.error} />}
        <div className="savebar">
          <ReasonButton reason={obstacle} onClick={submit} loading={create.isPending}>
            {text.evals.file.createNow}
          </ReasonButton>
        </div>
      </div>
    </Page>
  );
}
