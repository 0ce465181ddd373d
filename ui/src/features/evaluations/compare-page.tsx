import { Button } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { IconArrowsExchange } from '@tabler/icons-react';
import { type RunComparison, useCompareRuns, useRun } from '@/shared/data/evals';
import { useFormat, useText } from '@/shared/i18n/language';
import { Empty, Page, Section } from '@/shared/ui/basics';
import { QueryState, Table } from '@/shared/ui/table';
import { IntervalPlot } from './components/interval-plot';
import { GateBanner } from './components/verdict-banner';
import { differenceOf } from './figures';

/** One run against another, by the cases that they have in common. */
export function CompareRunsPage() {
  const text = useText();
  const { a, b } = useSearch({ from: '/evaluations/compare' });
  const navigate = useNavigate({ from: '/evaluations/compare' });
  const compared = useCompareRuns(a, b);
  const suite = useRun(b, false).data?.suite;
  return (
    <Page
      title={text.evals.compareRuns.title}
      above={
        <>
          <Link to="/evaluations">{text.evals.title}</Link>
          {suite && (
            <>
              {' / '}
              <Link to="/evaluations/$id" params={{ id: suite.id }}>
                {suite.name}
              </Link>
            </>
          )}
        </>
      }
      meta={a && b && <span>{text.evals.compareRuns.about(b.slice(-8), a.slice(-8))}</span>}
      actions={
        a &&
        b && (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconArrowsExchange size={15} aria-hidden />}
            onClick={() => void navigate({ search: { a: b, b: a }, replace: true })}
          >
            {text.evals.compareRuns.swap}
          </Button>
        )
      }
    >
      {a && b ? (
        <QueryState query={compared} rows={5} />
      ) : (
        <Empty title={text.evals.compareRuns.missing} action={<Link to="/evaluations">{text.evals.backToList}</Link>}>
          {text.evals.compareRuns.missingText}
        </Empty>
      )}
      {compared.data && <Compared comparison={compared.data} />}
    </Page>
  );
}

function Compared({ comparison }: { comparison: RunComparison }) {
  const text = useText();
  const format = useFormat();
  const { gate, cases, a, b } = comparison;
  const drawn = gate.comparisons.filter((each) => differenceOf(each) !== null);
  const inRun = (id: string, share: number, key: string) => (
    <Link to="/evaluations/runs/$id" params={{ id }} search={{ q: key } as never}>
      {format.percent(share)}
    </Link>
  );
  return (
    <>
      <GateBanner gate={gate} verdict={gate.verdict} />
      {drawn.length > 0 && <IntervalPlot comparisons={drawn} />}
      <Section title={text.evals.compareRuns.cases}>
        {cases.length === 0 ? (
          <Empty title={text.evals.compareRuns.same} />
        ) : (
          <Table
            columns={[
              text.evals.compareRuns.change,
              text.evals.compareRuns.case,
              { name: text.evals.compareRuns.before, right: true },
              { name: text.evals.compareRuns.after, right: true },
            ]}
          >
            {cases.map((each) => (
              <tr key={each.key}>
                <td className="nowrap">
                  <span className="status" data-verdict={each.change === 'regressed' ? 'regressed' : 'pass'}>
                    {text.evals.matrix.change[each.change]}
                  </span>
                </td>
                <td className="cell-main">
                  {each.title}
                  <div className="cell-sub mono">{each.key}</div>
                </td>
                <td className="right num">{inRun(a, each.a, each.key)}</td>
                <td className="right num">{inRun(b, each.b, each.key)}</td>
              </tr>
            ))}
          </Table>
        )}
      </Section>
    </>
  );
}
