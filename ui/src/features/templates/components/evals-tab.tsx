import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useRuns, useSuitesOf } from '@/shared/data/evals';
import type { Template } from '@/shared/data/templates';
import { useText } from '@/shared/i18n/language';
import { Command, Empty, Section } from '@/shared/ui/basics';
import { RunTable } from '@/shared/ui/run-table';
import { QueryState, Table } from '@/shared/ui/table';
import { RunState } from '@/shared/ui/verdict';

/** The suites that test this template, and what they have found. */
export function EvalsTab({ template }: { template: Template }) {
  const text = useText();
  const suites = useSuitesOf(template.id);
  const runs = useRuns({ templateId: template.id }, true);
  return (
    <div className="stack">
      <QueryState query={suites} rows={3} />
      {suites.data?.length === 0 && (
        <Empty title={text.evals.ofTemplate.none}>
          {text.evals.ofTemplate.noneText} <Command>{`template: ${template.key}`}</Command>
        </Empty>
      )}
      {suites.data && suites.data.length > 0 && (
        <Section title={text.evals.ofTemplate.suites}>
          <Table columns={[text.evals.suite, text.evals.lastRun, text.dead.actions]}>
            {suites.data.map((suite) => (
              <tr key={suite.id}>
                <td className="cell-main">
                  <Link to="/evaluations/$id" params={{ id: suite.id }} data-row-link className="row-link">
                    {suite.name}
                  </Link>
                </td>
                <td>
                  {suite.lastRun ? <RunState run={suite.lastRun} /> : <span className="muted">{text.evals.never}</span>}
                </td>
                <td>
                  <Button
                    size="compact-xs"
                    variant="default"
                    component={Link}
                    {...({
                      to: '/evaluations/$id',
                      params: { id: suite.id },
                      search: { start: true, candidate: String(template.version) },
                    } as object)}
                  >
                    {text.evals.gates.runIt(suite.name, template.version)}
                  </Button>
                </td>
              </tr>
            ))}
          </Table>
        </Section>
      )}
      {runs.data && runs.data.items.length > 0 && (
        <Section title={text.evals.ofTemplate.runs}>
          <RunTable runs={runs.data.items} />
        </Section>
      )}
    </div>
  );
}
