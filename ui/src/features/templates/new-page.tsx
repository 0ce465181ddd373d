import { useState } from 'react';
import { TextInput, Textarea } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { asApiError } from '@/shared/api/error';
import { useCreateTemplate } from '@/shared/data/templates';
import { useText } from '@/shared/i18n/language';
import { Page, ReasonButton } from '@/shared/ui/basics';
import { Problem, tell } from '@/shared/ui/problem';
import { DraftEditor } from './components/draft-editor';
import { Preview, useRenderedDraft } from './components/preview';
import { type Draft, contentOf, emptyDraft, faultsOf } from './draft';

export function NewTemplatePage() {
  const text = useText();
  const navigate = useNavigate();
  const create = useCreateTemplate();
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const [draft, setDraft] = useState<Draft>(emptyDraft);
  const [typed, setTyped] = useState<Record<string, string>>({});
  const rendered = useRenderedDraft(draft, typed);
  const fault = faultsOf(draft)[0];
  const obstacle =
    name.trim() === ''
      ? text.editor.obstacles.name
      : fault
        ? text.editor.obstacles[fault]
        : rendered.error?.code === 'validation_error'
          ? text.editor.obstacles.refused
          : undefined;
  const submit = () => {
    if (obstacle !== undefined) {
      return;
    }
    create.mutate(
      {
        ...contentOf(draft),
        name: name.trim(),
        ...(description.trim() && { description: description.trim() }),
      },
      {
        onSuccess: (template) => {
          tell(text.templates.created(template.name));
          void navigate({ to: '/templates/$id', params: { id: template.id } });
        },
      },
    );
  };
  const errors = { ...rendered.error?.fieldErrors, ...(create.isError && asApiError(create.error).fieldErrors) };
  return (
    <Page title={text.templates.create} above={<Link to="/templates">{text.templates.title}</Link>}>
      <div className="workbench">
        <div className="workbench-main">
          <div className="form-row">
            <TextInput
              label={text.templates.name}
              required
              autoFocus
              maxLength={200}
              value={name}
              error={errors['name']?.join('; ')}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <Textarea
              label={text.templates.description}
              autosize
              minRows={1}
              maxLength={2000}
              value={description}
              onChange={(event) => setDescription(event.currentTarget.value)}
            />
          </div>
          <DraftEditor
            draft={draft}
            onChange={setDraft}
            onSubmit={submit}
            errors={errors}
            variables={rendered.fields.map(({ name }) => name)}
          />
          {create.isError && <Problem problem={create.error} />}
          <div className="savebar">
            <ReasonButton reason={obstacle} onClick={submit} loading={create.isPending}>
              {text.templates.createNow}
            </ReasonButton>
          </div>
        </div>
        <aside className="workbench-side" aria-label={text.preview.title} tabIndex={0}>
          <Preview draft={draft} rendered={rendered} typed={typed} onTyped={setTyped} />
        </aside>
      </div>
    </Page>
  );
}
