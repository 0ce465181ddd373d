import { ActionIcon, Autocomplete, Button, NativeSelect, SegmentedControl, TextInput, Textarea } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import type { FieldErrors } from '@/shared/api/error';
import { useProviders } from '@/shared/data/jobs';
import { useText } from '@/shared/i18n/language';
import { PromptField } from '@/shared/ui/prompt-field';
import { type Draft, type DraftMessage, parseObject } from '../draft';

interface Props {
  draft: Draft;
  onChange: (draft: Draft) => void;
  onSubmit: () => void;
  /** By path, as the server names them. */
  errors: FieldErrors;
  /** Names that may be used, as far as they are known. */
  variables: string[];
}

export function DraftEditor({ draft, onChange, onSubmit, errors, variables }: Props) {
  const text = useText();
  const change = (part: Partial<Draft>) => onChange({ ...draft, ...part });
  return (
    <div className="stack">
      <SegmentedControl
        aria-label={text.editor.form}
        value={draft.form}
        onChange={(form) => change({ form: form as Draft['form'] })}
        data={[
          { value: 'prompts', label: text.editor.prompts },
          { value: 'messages', label: text.editor.messages },
        ]}
        className="fit"
      />
      {draft.form === 'prompts' ? (
        <>
          <PromptField
            label={text.editor.systemPrompt}
            value={draft.systemPrompt}
            hint={text.editor.systemHint}
            error={errors['systemPrompt']?.join('; ')}
            variables={variables}
            onChange={(systemPrompt) => change({ systemPrompt })}
            onSubmit={onSubmit}
          />
          <PromptField
            label={text.editor.userPrompt}
            value={draft.userPrompt}
            hint={text.editor.userHint}
            error={errors['userPrompt']?.join('; ')}
            variables={variables}
            onChange={(userPrompt) => change({ userPrompt })}
            onSubmit={onSubmit}
          />
        </>
      ) : (
        <MessagesEditor
          messages={draft.messages}
          errors={errors}
          variables={variables}
          onChange={(messages) => change({ messages })}
          onSubmit={onSubmit}
        />
      )}
      <Defaults draft={draft} change={change} errors={errors} />
    </div>
  );
}

interface MessagesProps {
  messages: DraftMessage[];
  errors: FieldErrors;
  variables: string[];
  onChange: (messages: DraftMessage[]) => void;
  onSubmit: () => void;
}

const roles = ['system', 'user', 'assistant', 'history'] as const;

function MessagesEditor({ messages, errors, variables, onChange, onSubmit }: MessagesProps) {
  const text = useText();
  const change = (key: number, part: Partial<DraftMessage>) =>
    onChange(messages.map((message) => (message.key === key ? { ...message, ...part } : message)));
  const next = Math.max(0, ...messages.map(({ key }) => key)) + 1;
  return (
    <div className="stack">
      {messages.map((message, index) => (
        <div key={message.key} className="message-editor">
          <div className="message-editor-head">
            <NativeSelect
              aria-label={text.editor.role(index + 1)}
              value={message.role}
              data={roles.map((role) => ({ value: role, label: text.roles[role] }))}
              onChange={(event) => change(message.key, { role: event.currentTarget.value as DraftMessage['role'] })}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={text.editor.removeMessage(index + 1)}
              disabled={messages.length === 1}
              onClick={() => onChange(messages.filter(({ key }) => key !== message.key))}
            >
              <IconTrash size={15} aria-hidden />
            </ActionIcon>
          </div>
          {message.role === 'history' ? (
            <TextInput
              aria-label={text.editor.historyName}
              placeholder={text.editor.historyName}
              value={message.content}
              error={errors[`messages[${index}].name`]?.join('; ')}
              onChange={(event) => change(message.key, { content: event.currentTarget.value })}
            />
          ) : (
            <PromptField
              label={text.editor.message(index + 1)}
              value={message.content}
              error={errors[`messages[${index}].content`]?.join('; ')}
              variables={variables}
              onChange={(content) => change(message.key, { content })}
              onSubmit={onSubmit}
            />
          )}
        </div>
      ))}
      <Button
        className="fit"
        variant="default"
        size="xs"
        leftSection={<IconPlus size={14} aria-hidden />}
        onClick={() => onChange([...messages, { key: next, role: 'user', content: '' }])}
      >
        {text.editor.addMessage}
      </Button>
    </div>
  );
}

interface DefaultsProps {
  draft: Draft;
  change: (part: Partial<Draft>) => void;
  errors: FieldErrors;
}

function Defaults({ draft, change, errors }: DefaultsProps) {
  const text = useText();
  const providers = useProviders();
  const models = providers.data?.find(({ name }) => name === draft.provider)?.models.map(({ name }) => name) ?? [];
  const fault = (name: string) =>
    Object.entries(errors)
      .filter(([path]) => path === name || path.startsWith(`${name}.`))
      .flatMap(([, messages]) => messages)
      .join('; ') || undefined;
  return (
    <details className="fold" open={draft.schema !== '' || draft.provider !== '' || draft.params !== ''}>
      <summary>{text.editor.settings}</summary>
      <div className="fold-body">
        <Autocomplete
          label={text.editor.provider}
          value={draft.provider}
          data={providers.data?.map(({ name }) => name) ?? []}
          error={fault('defaults.provider')}
          onChange={(provider) => change({ provider })}
        />
        <Autocomplete
          label={text.editor.model}
          value={draft.model}
          data={models}
          limit={50}
          error={fault('defaults.model')}
          onChange={(model) => change({ model })}
        />
        <Textarea
          label={text.editor.params}
          description={text.editor.paramsHint}
          className="fold-wide"
          autosize
          minRows={2}
          classNames={{ input: 'mono' }}
          value={draft.params}
          error={parseObject(draft.params) === null ? text.editor.notAnObject : fault('defaults.params')}
          onChange={(event) => change({ params: event.currentTarget.value })}
        />
        <Textarea
          label={text.editor.schema}
          description={text.editor.schemaHint}
          className="fold-wide"
          autosize
          minRows={2}
          classNames={{ input: 'mono' }}
          value={draft.schema}
          error={parseObject(draft.schema) === null ? text.editor.notAnObject : fault('variablesSchema')}
          onChange={(event) => change({ schema: event.currentTarget.value })}
        />
      </div>
    </details>
  );
}
