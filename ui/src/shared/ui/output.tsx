import { type ReactNode, Suspense, lazy, useState } from 'react';
import { useText } from '@/shared/i18n/language';
import { CopyButton } from './basics';

const Markdown = lazy(async () => ({ default: (await import('./markdown')).Markdown }));

type View = 'text' | 'markdown' | 'json';

interface SoFarProps {
  output: string | null;
  said: string;
  /** No more will come. */
  over: boolean;
  children?: ReactNode;
}

/** The answer, or what has arrived of it; without either, the children. */
export function SoFar({ output, said, over, children }: SoFarProps) {
  const text = useText();
  const known = output ?? (said === '' ? null : said);
  if (known === null) {
    return children;
  }
  return (
    <>
      {output === null && over && <p className="note">{text.output.partial}</p>}
      <Output output={known} />
    </>
  );
}

/** What a model answered: never more than text, whatever it says. */
function Output({ output }: { output: string }) {
  const text = useText();
  const json = formatted(output);
  const [chosen, setChosen] = useState<View>();
  const view = chosen ?? (json === null ? 'text' : 'json');
  const views: View[] = json === null ? ['text', 'markdown'] : ['text', 'json'];
  return (
    <div className="output">
      <div className="output-bar">
        <div className="mini-tabs" role="group" aria-label={text.output.view}>
          {views.map((each) => (
            <button key={each} type="button" aria-pressed={each === view} onClick={() => setChosen(each)}>
              {text.output[each]}
            </button>
          ))}
        </div>
        <CopyButton compact value={output} label={text.output.copy} />
      </div>
      {view === 'markdown' ? (
        <Suspense fallback={<div className="output-text">{output}</div>}>
          <Markdown text={output} />
        </Suspense>
      ) : (
        <div className={view === 'json' ? 'output-text mono' : 'output-text'}>{view === 'json' ? json : output}</div>
      )}
    </div>
  );
}

/** null = not a JSON object or array */
function formatted(output: string): string | null {
  if (!/^\s*[{[]/.test(output)) {
    return null;
  }
  try {
    return JSON.stringify(JSON.parse(output), null, 2);
  } catch {
    return null;
  }
}
