import { useState } from 'react';
import { Button, TextInput, Textarea } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { type Lint, type LintProblem, type SuiteText, useLint } from '@/shared/data/evals';
import { useFormat, useText } from '@/shared/i18n/language';
import { Problem } from '@/shared/ui/problem';
import { type Place, PromptField } from '@/shared/ui/prompt-field';

const pause = 350;

/** What the server says about the file while it is written. */
export function useChecked(file: SuiteText) {
  const [settled] = useDebouncedValue(file, pause);
  const lint = useLint(settled);
  const empty = file.content.trim() === '';
  return { lint, isFaulty: !empty && lint.data?.ok === false, isEmpty: empty };
}

interface Props {
  file: SuiteText;
  onChange: (file: SuiteText) => void;
  onSubmit: () => void;
  checked: ReturnType<typeof useChecked>;
}

export function SuiteEditor({ file, onChange, onSubmit, checked }: Props) {
  const text = useText();
  const [goTo, setGoTo] = useState<Place>();
  return (
    <div className="stack">
      <p className="muted">{text.evals.file.about}</p>
      <PromptField
        label={text.evals.file.content}
        value={file.content}
        hint={example}
        goTo={goTo}
        onChange={(content) => onChange({ ...file, content })}
        onSubmit={onSubmit}
      />
      <Problems checked={checked} onGo={setGoTo} />
      <OtherFiles files={file.files} onChange={(files) => onChange({ ...file, files })} />
    </div>
  );
}

const example = `prompts: ['Greet {{name}}']
providers: ['mock:echo']
tests: [{vars: {name: Ada}, assert: [{type: contains, value: Ada}]}]`;

interface ProblemsProps {
  checked: Props['checked'];
  onGo: (place: Place) => void;
}

function Problems({ checked, onGo }: ProblemsProps) {
  const text = useText();
  const { lint, isEmpty } = checked;
  if (isEmpty) {
    return null;
  }
  return (
    <div className="lint" aria-live="polite">
      {lint.isError && <Problem problem={lint.error} retry={() => void lint.refetch()} />}
      {lint.isPending && !lint.isError && <p className="muted">{text.evals.file.checking}</p>}
      {lint.data && <LintSummary lint={lint.data} />}
      {lint.data && lint.data.problems.length > 0 && (
        <ul>
          {lint.data.problems.map((problem, index) => (
            <LintLine key={index} problem={problem} onGo={onGo} />
          ))}
        </ul>
      )}
    </div>
  );
}

function LintSummary({ lint }: { lint: Lint }) {
  const text = useText();
  const format = useFormat();
  return (
    <p className="status" data-verdict={lint.ok ? 'pass' : 'regressed'}>
      {lint.ok
        ? text.evals.file.clean(format.number(lint.cases ?? 0), format.number(lint.cells ?? 0))
        : text.evals.file.problems(lint.problems.length)}
    </p>
  );
}

interface LineProps {
  problem: LintProblem;
  onGo: ProblemsProps['onGo'];
}

function LintLine({ problem, onGo }: LineProps) {
  const text = useText();
  const { severity, file, line, column, message, suggestion } = problem;
  return (
    <li>
      <span className={severity === 'error' ? 'badge danger' : 'badge warn'}>{text.evals.file[severity]}</span>
      <button type="button" className="link-button mono" onClick={() => onGo({ line, column })}>
        {text.evals.file.at(file, line, column)}
      </button>
      <span>{message}</span>
      {suggestion && <span className="muted">{text.evals.file.suggestion(suggestion)}</span>}
    </li>
  );
}

interface FilesProps {
  files: Record<string, string>;
  onChange: (files: Record<string, string>) => void;
}

function OtherFiles({ files, onChange }: FilesProps) {
  const text = useText();
  const [path, setPath] = useState('');
  const paths = Object.keys(files);
  const add = () => {
    const given = path.trim();
    if (given && !(given in files)) {
      onChange({ ...files, [given]: '' });
      setPath('');
    }
  };
  return (
    <details className="fold" open={paths.length > 0}>
      <summary>{text.evals.file.files}</summary>
      <div className="fold-body">
        <p className="muted fold-wide">{text.evals.file.filesHint}</p>
        {paths.map((each) => (
          <div key={each} className="fold-wide other-file">
            <Textarea
              label={text.evals.file.otherFile(each)}
              classNames={{ input: 'mono' }}
              autosize
              minRows={3}
              maxRows={14}
              value={files[each] ?? ''}
              onChange={(event) => onChange({ ...files, [each]: event.currentTarget.value })}
            />
            <button
              type="button"
              className="icon-button small"
              aria-label={text.evals.file.remove(each)}
              title={text.evals.file.remove(each)}
              onClick={() => onChange(Object.fromEntries(Object.entries(files).filter(([key]) => key !== each)))}
            >
              <IconTrash size={15} aria-hidden />
            </button>
          </div>
        ))}
        <div className="fold-wide toolbar">
          <TextInput
            aria-label={text.evals.file.path}
            placeholder={text.evals.file.path}
            value={path}
            onChange={(event) => setPath(event.currentTarget.value)}
          />
          <Button size="xs" variant="default" leftSection={<IconPlus size={14} aria-hidden />} onClick={add}>
            {text.evals.file.add}
          </Button>
        </div>
      </div>
    </details>
  );
}
