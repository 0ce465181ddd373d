import { NativeSelect, TextInput, Textarea } from '@mantine/core';
import { useText } from '@/shared/i18n/language';
import type { VariableField } from '@/shared/variables';

interface Props {
  fields: VariableField[];
  typed: Record<string, string>;
  unreadable: string[];
  /** By variable, what the server says about it. */
  faults?: Record<string, string[]> | undefined;
  onChange: (typed: Record<string, string>) => void;
}

export function VariablesForm({ fields, typed, unreadable, faults = {}, onChange }: Props) {
  const text = useText();
  if (fields.length === 0) {
    return <p className="muted">{text.variables.none}</p>;
  }
  return (
    <div className="stack">
      {fields.map((field) => (
        <VariableInput
          key={field.name}
          field={field}
          value={typed[field.name] ?? ''}
          error={
            unreadable.includes(field.name)
              ? text.variables.unreadable
              : typed[field.name]
                ? faults[field.name]?.join('; ')
                : undefined
          }
          onChange={(value) => onChange({ ...typed, [field.name]: value })}
        />
      ))}
    </div>
  );
}

interface InputProps {
  field: VariableField;
  value: string;
  error: string | undefined;
  onChange: (value: string) => void;
}

function VariableInput({ field, value, error, onChange }: InputProps) {
  const text = useText();
  const common = {
    label: (
      <>
        <span className="mono">{field.name}</span>
        {!field.required && <span className="optional">{text.variables.optional}</span>}
      </>
    ),
    error,
    value,
  };
  switch (field.kind) {
    case 'boolean':
      return (
        <NativeSelect
          {...common}
          data={['', 'true', 'false']}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
    case 'number':
      return <TextInput {...common} inputMode="decimal" onChange={(event) => onChange(event.currentTarget.value)} />;
    case 'json':
      return (
        <Textarea
          {...common}
          autosize
          minRows={2}
          maxRows={12}
          placeholder={text.variables.json}
          classNames={{ input: 'mono' }}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
    default:
      return (
        <Textarea
          {...common}
          autosize
          minRows={1}
          maxRows={12}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
  }
}
