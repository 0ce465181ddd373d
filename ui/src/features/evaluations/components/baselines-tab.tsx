import { useState } from 'react';
import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { type SuiteDetail, useBaselines, useDeleteBaseline } from '@/shared/data/evals';
import { useText } from '@/shared/i18n/language';
import { Ago, Empty, ShortId } from '@/shared/ui/basics';
import { ConfirmTarget } from '@/shared/ui/confirm';
import { QueryState, Table } from '@/shared/ui/table';

export function BaselinesTab({ suite }: { suite: SuiteDetail }) {
  const text = useText();
  const baselines = useBaselines(suite.id);
  const remove = useDeleteBaseline(suite.id);
  const [target, setTarget] = useState<string | null>(null);
  return (
    <>
      <QueryState query={baselines} rows={3} />
      {baselines.data?.length === 0 && <Empty title={text.evals.baselines.none}>{text.evals.baselines.noneText}</Empty>}
      {baselines.data && baselines.data.length > 0 && (
        <Table
          columns={[
            text.evals.baselines.name,
            text.evals.baselines.run,
            { name: text.evals.baselines.by, wide: true },
            { name: text.evals.baselines.at, right: true },
            text.dead.actions,
          ]}
        >
          {baselines.data.map(({ name, runId, setBy, setAt }) => (
            <tr key={name}>
              <td>
                <span className="chip">{name}</span>
              </td>
              <td>
                <Link to="/evaluations/runs/$id" params={{ id: runId }} data-row-link>
                  <ShortId id={runId} />
                </Link>
              </td>
              <td className="wide-only muted">{setBy}</td>
              <td className="right muted nowrap">
                <Ago time={setAt} />
              </td>
              <td>
                <Button
                  size="compact-xs"
                  variant="subtle"
                  color="red"
                  aria-label={text.evals.baselines.removeOne(name)}
                  onClick={() => setTarget(name)}
                >
                  {text.evals.baselines.remove}
                </Button>
              </td>
            </tr>
          ))}
        </Table>
      )}
      <ConfirmTarget
        target={target}
        title={text.evals.baselines.removeOne}
        confirm={text.evals.baselines.remove}
        action={remove}
        input={(name) => name}
        onClose={() => setTarget(null)}
      >
        {text.evals.baselines.removeText}
      </ConfirmTarget>
    </>
  );
}
