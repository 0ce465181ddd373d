import { NativeSelect } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { type SuiteDetail, useSuiteVersion, useSuiteVersions } from '@/shared/data/evals';
import { useFormat, useText } from '@/shared/i18n/language';
import { Ago, Empty, RowsSkeleton } from '@/shared/ui/basics';
import { QueryState, Table } from '@/shared/ui/table';
import { FilesDiff } from './file-tab';

/** Who changed what and why, and any two beside each other. */
export function VersionsTab({ suite }: { suite: SuiteDetail }) {
  const text = useText();
  const format = useFormat();
  const versions = useSuiteVersions(suite.id);
  return (
    <div className="stack">
      <QueryState query={versions} rows={3} />
      {versions.data && (
        <Table
          columns={[
            text.evals.runs.version,
            text.evals.versions.message,
            { name: text.evals.cases, right: true },
            { name: text.evals.versions.by, wide: true },
            { name: text.evals.updated, right: true },
          ]}
        >
          {versions.data.map((version) => (
            <tr key={version.version}>
              <td className="num nowrap">
                {version.version > 1 ? (
                  <Link
                    to="."
                    search={((now: object) => ({ ...now, from: version.version - 1, to: version.version })) as never}
                    title={text.evals.versions.compare}
                    data-row-link
                  >
                    {text.common.version(version.version)}
                  </Link>
                ) : (
                  text.common.version(version.version)
                )}
              </td>
              <td className="cell-main">{version.message ?? text.evals.versions.noMessage}</td>
              <td className="right num">{format.number(version.cases)}</td>
              <td className="wide-only muted">{version.createdBy}</td>
              <td className="right muted nowrap">
                <Ago time={version.createdAt} />
              </td>
            </tr>
          ))}
        </Table>
      )}
      {suite.version === 1 ? (
        <Empty title={text.evals.versions.onlyOne}>{text.evals.versions.onlyOneText}</Empty>
      ) : (
        <Compared suite={suite} numbers={versions.data?.map(({ version }) => version) ?? [suite.version]} />
      )}
    </div>
  );
}

function Compared({ suite, numbers }: { suite: SuiteDetail; numbers: number[] }) {
  const text = useText();
  const search = useSearch({ from: '/evaluations/$id' });
  const navigate = useNavigate({ from: '/evaluations/$id' });
  const to = search.to ?? suite.version;
  const from = search.from ?? Math.max(1, to - 1);
  const left = useSuiteVersion(suite.id, from);
  const right = useSuiteVersion(suite.id, to);
  const data = numbers.map((number) => ({ value: String(number), label: text.common.version(number) }));
  return (
    <>
      <div className="toolbar">
        <NativeSelect
          label={text.evals.versions.from}
          value={String(from)}
          data={data}
          onChange={(event) => {
            const number = Number(event.currentTarget.value);
            void navigate({ search: (now) => ({ ...now, from: number }), replace: true });
          }}
        />
        <NativeSelect
          label={text.evals.versions.to}
          value={String(to)}
          data={data}
          onChange={(event) => {
            const number = Number(event.currentTarget.value);
            void navigate({ search: (now) => ({ ...now, to: number }), replace: true });
          }}
        />
      </div>
      {left.data && right.data ? (
        <FilesDiff
          before={left.data}
          after={right.data}
          beforeName={text.common.version(from)}
          afterName={text.common.version(to)}
        />
      ) : (
        <RowsSkeleton rows={4} />
      )}
    </>
  );
}
