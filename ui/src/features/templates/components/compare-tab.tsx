import { NativeSelect } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { type Version, useVersion } from '@/shared/data/templates';
import { useText } from '@/shared/i18n/language';
import { Empty, RowsSkeleton } from '@/shared/ui/basics';
import { Problem } from '@/shared/ui/problem';
import { draftOf } from '../draft';
import { DraftDiff } from './draft-diff';

export function CompareTab({ id, versions }: { id: string; versions: Version[] }) {
  const text = useText();
  const search = useSearch({ from: '/templates/$id' });
  const navigate = useNavigate({ from: '/templates/$id' });
  const latest = versions[0]?.version ?? 1;
  const to = search.to ?? latest;
  const from = search.from ?? Math.max(1, to - 1);
  const before = useVersion(id, from);
  const after = useVersion(id, to);
  const choices = versions.map(({ version, message, labels }) => ({
    value: String(version),
    label: [text.common.version(version), ...labels, message].filter(Boolean).join(' · '),
  }));
  if (versions.length < 2) {
    return <Empty title={text.compare.onlyOne}>{text.compare.onlyOneText}</Empty>;
  }
  return (
    <div className="stack">
      <div className="toolbar">
        <NativeSelect
          label={text.compare.from}
          value={String(from)}
          data={choices}
          onChange={(event) => {
            const chosen = Number(event.currentTarget.value);
            void navigate({ search: (now) => ({ ...now, from: chosen, to }) });
          }}
        />
        <NativeSelect
          label={text.compare.to}
          value={String(to)}
          data={choices}
          onChange={(event) => {
            const chosen = Number(event.currentTarget.value);
            void navigate({ search: (now) => ({ ...now, from, to: chosen }) });
          }}
        />
      </div>
      {(before.isPending || after.isPending) && <RowsSkeleton rows={5} />}
      {before.isError && <Problem problem={before.error} />}
      {after.isError && <Problem problem={after.error} />}
      {before.data && after.data && (
        <DraftDiff
          before={draftOf(before.data)}
          after={draftOf(after.data)}
          beforeName={text.common.version(from)}
          afterName={text.common.version(to)}
        />
      )}
    </div>
  );
}
