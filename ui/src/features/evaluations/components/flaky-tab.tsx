import { Link } from '@tanstack/react-router';
import { type SuiteDetail, useFlaky } from '@/shared/data/evals';
import { useText } from '@/shared/i18n/language';
import { Ago, Empty, ShortId } from '@/shared/ui/basics';
import { QueryState, Table } from '@/shared/ui/table';

export function FlakyTab({ suite }: { suite: SuiteDetail }) {
  const text = useText();
  const flaky = useFlaky(suite.id);
  return (
    <>
      <p className="muted section-about">{text.evals.flaky.about}</p>
      <QueryState query={flaky} rows={3} />
      {flaky.data?.length === 0 && <Empty title={text.evals.flaky.none}>{text.evals.flaky.noneText}</Empty>}
      {flaky.data && flaky.data.length > 0 && (
        <Table
          columns={[
            text.evals.flaky.case,
            { name: text.evals.flaky.share, right: true },
            text.evals.runs.run,
            { name: text.evals.flaky.last, right: true },
          ]}
        >
          {flaky.data.map((each) => (
            <tr key={each.caseId}>
              <td className="cell-main">
                <Link
                  to="."
                  search={{ tab: 'history', case: each.caseId } as never}
                  data-row-link
                  className="row-link mono"
                >
                  {each.caseId}
                </Link>
              </td>
              <td className="right num">{text.evals.flaky.of(each.flaky, each.runs)}</td>
              <td>
                <Link to="/evaluations/runs/$id" params={{ id: each.lastRunId }}>
                  <ShortId id={each.lastRunId} />
                </Link>
              </td>
              <td className="right muted nowrap">
                <Ago time={each.lastSeenAt} />
              </td>
            </tr>
          ))}
        </Table>
      )}
    </>
  );
}
