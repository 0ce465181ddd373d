import { Suspense, lazy } from 'react';

const PromptEditor = lazy(() => import('./prompt-editor'));

export interface Place {
  line: number;
  column: number;
}

interface Props {
  label: string;
  value: string;
  onChange: (value: string) => void;
  onSubmit?: (() => void) | undefined;
  hint?: string | undefined;
  variables?: string[] | undefined;
  /** Puts the cursor there whenever it is another object. */
  goTo?: Place | undefined;
  error?: string | undefined;
  action?: React.ReactNode;
}

export function PromptField({ label, error, action, ...editor }: Props) {
  return (
    <div className="prompt-field" data-error={error ? '' : undefined}>
      <div className="prompt-label">
        <span>{label}</span>
        {action}
      </div>
      <Suspense fallback={<div className="editor editor-waiting">{editor.value}</div>}>
        <PromptEditor label={label} {...editor} />
      </Suspense>
      {error && (
        <p className="field-error" role="alert">
          {error}
        </p>
      )}
    </div>
  );
}
