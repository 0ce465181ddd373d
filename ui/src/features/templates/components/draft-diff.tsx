import { useText } from '@/shared/i18n/language';
import { CompareView } from '@/shared/ui/compare-view';
import { type Draft, partsOf } from '../draft';

interface Props {
  before: Draft;
  after: Draft;
  beforeName: string;
  afterName: string;
}

/** Every part that either version has; equal ones in one line. */
export function DraftDiff({ before, after, beforeName, afterName }: Props) {
  const text = useText();
  const left = partsOf(before);
  const right = partsOf(after);
  const parts = (Object.keys(left) as (keyof typeof left)[]).filter((part) => left[part] !== '' || right[part] !== '');
  return (
    <div className="stack">
      {parts.map((part) => (
        <CompareView
          key={part}
          title={text.compare.parts[part]}
          before={left[part]}
          after={right[part]}
          beforeName={beforeName}
          afterName={afterName}
        />
      ))}
    </div>
  );
}
