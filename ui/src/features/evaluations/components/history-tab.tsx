import { TextInput } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { IconSearch } from '@tabler/icons-react';
import { type CaseEntry, type SuiteDetail, useCaseHistory } from '@/shared/data/evals';
import { useFormat, useText } from '@/shared/i18n/language';
import { Ago, Empty, ShortId } from '@/shared/ui/basics';
import { QueryState, Table } from '@/shared/ui/table';
import { useTypedText } from '@/shared/ui/typed-text';

/** How one case did, run after run. */
export function HistoryTab({ suite }: { suite: SuiteDetail }) {
  const text = useText();
  const search = useSearch({ from: '/evaluations/$id' });
  const navigate = useNavigate({ from: '/evaluations/$id' });
  const [typed, setTyped] = useTypedText(
    search.case,
    (value) => void navigate({ search: (now) => ({ ...now, case: value }), replace: true }),
  );
  const history = useCaseHistory(suite.id, search.case);
  return (
    <>
      <div className="toolbar" role="search">
        <TextInput
          data-search
          className="toolbar-search"
          aria-label={text.evals.history.case}
          placeholder={text.evals.history.caseHint}
          leftSection={<IconSearch size={14} aria-hidden />}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
      </div>
      {search.case === undefined ? (
        <Empty title={text.evals.history.choose}>{text.evals.history.chooseText}</Empty>
      ) : (
        <QueryState query={history} rows={4} />
      )}
      {history.data?.length === 0 && <Empty title={text.evals.history.none} />}
      {history.data && history.data.length > 0 && <HistoryTable entries={history.data} />}
    </>
  );
}

function HistoryTable({ entries }: { entries: CaseEntry[] }) {
  const text = useText();
  const format = useFormat();
  return (
    <Table
      columns={[
        text.evals.history.run,
        { name: text.evals.runs.version, right: true, wide: true },
        text.evals.row.arm,
        { name: text.evals.history.side, wide: true },
        text.evals.history.passed,
        { name: text.evals.history.score, right: true },
        { name: text.evals.history.kind, wide: true },
        { name: text.evals.history.when, right: true },
      ]}
    >
      {entries.map((entry) => {
        const all = entry.passed + entry.failed + entry.errors;
        const verdict = entry.errors > 0 ? 'errors' : entry.passed === all ? 'pass' : 'regressed';
        return (
          <tr key={`${entry.runId}/${entry.side}/${entry.arm}`}>
            <td>
              <Link to="/evaluations/runs/$id" params={{ id: entry.runId }} data-row-link>
                <ShortId id={entry.runId} />
              </Link>
            </td>
            <td className="right num wide-only">{text.common.version(entry.suiteVersion)}</td>
            <td>{entry.arm}</td>
            <td className="wide-only muted">{text.evals.history.sides[entry.side]}</td>
            <td>
              <span className="status num" data-verdict={verdict}>
                {text.evals.matrix.passed(entry.passed, all)}
              </span>
            </td>
            <td className="right num">{entry.score === null ? '–' : format.figure(entry.score)}</td>
            <td className="wide-only">
              {entry.kind && <span className="badge">{text.evals.matrix.kind[entry.kind]}</span>}
            </td>
            <td className="right muted nowrap">
              <Ago time={entry.at} />
            </td>
          </tr>
        );
      })}
    </Table>
  );
}
