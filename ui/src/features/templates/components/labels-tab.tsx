import { useState } from 'react';
import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconArrowBackUp, IconTag } from '@tabler/icons-react';
import {
  type LabelHistoryEntry,
  type Template,
  useLabelHistory,
  useMoveLabel,
  useRemoveLabel,
} from '@/shared/data/templates';
import { useText } from '@/shared/i18n/language';
import { Ago, Empty, LabelChip, ReasonButton, RowsSkeleton } from '@/shared/ui/basics';
import { Confirm } from '@/shared/ui/confirm';
import { Problem, tellProblem } from '@/shared/ui/problem';
import { Table } from '@/shared/ui/table';
import type { LabelTarget } from './label-dialog';

interface Props {
  template: Template;
  onMove: (target: LabelTarget) => void;
}

export function LabelsTab({ template, onMove }: Props) {
  const text = useText();
  const labels = Object.entries(template.labels).sort(([a], [b]) => a.localeCompare(b));
  return (
    <div className="stack">
      <div className="toolbar">
        <p className="muted grow">{text.labels.about}</p>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconTag size={14} aria-hidden />}
          onClick={() => onMove({ version: template.version })}
        >
          {text.labels.add}
        </Button>
      </div>
      {labels.length === 0 && <Empty title={text.labels.none}>{text.labels.noneText}</Empty>}
      {labels.map(([label, version]) => (
        <LabelPanel key={label} template={template} label={label} version={version} onMove={onMove} />
      ))}
    </div>
  );
}

function LabelPanel({ template, label, version, onMove }: Props & { label: string; version: number }) {
  const text = useText();
  const history = useLabelHistory(template.id, label);
  const remove = useRemoveLabel(template.id);
  const [removing, setRemoving] = useState(false);
  const before = previousVersion(history.data ?? []);
  const rollBack = useRollBack(template.id, label, version, before);
  return (
    <section className="panel" aria-label={label}>
      <div className="panel-head">
        <h2>
          <LabelChip label={label} version={version} />
        </h2>
        <div className="panel-actions">
          <ReasonButton
            variant="default"
            reason={before === null ? text.labels.noneBefore : undefined}
            leftSection={<IconArrowBackUp size={14} aria-hidden />}
            onClick={rollBack}
          >
            {before === null ? text.labels.rollBack : text.labels.rollBackTo(before)}
          </ReasonButton>
          <Button size="xs" variant="default" onClick={() => onMove({ label, version })}>
            {text.labels.moveDots}
          </Button>
          <Button size="xs" variant="subtle" color="red" onClick={() => setRemoving(true)}>
            {text.labels.remove}
          </Button>
        </div>
      </div>
      {history.isPending && <RowsSkeleton rows={2} />}
      {history.isError && <Problem problem={history.error} />}
      {history.data && <History entries={history.data} />}
      <Confirm
        opened={removing}
        danger
        title={text.labels.removeTitle(label)}
        confirm={text.labels.remove}
        busy={remove.isPending}
        problem={remove.error}
        onClose={() => setRemoving(false)}
        onConfirm={() => remove.mutate(label, { onSuccess: () => setRemoving(false) })}
      >
        {text.labels.removeText(label)}
      </Confirm>
    </section>
  );
}

/** Where the label pointed before its latest move; null when that is nowhere. */
function previousVersion(entries: LabelHistoryEntry[]): number | null {
  return entries[0]?.fromVersion ?? null;
}

function useRollBack(id: string, label: string, version: number, before: number | null) {
  const text = useText();
  const move = useMoveLabel(id);
  const undo = (note: string) => {
    notifications.hide(note);
    move.mutate(
      { label, version, reason: text.labels.undoReason },
      { onError: (problem) => tellProblem(text, problem) },
    );
  };
  return () => {
    if (before === null) {
      return;
    }
    move.mutate(
      { label, version: before, reason: text.labels.rollBackReason(version) },
      {
        onError: (problem) => tellProblem(text, problem),
        onSuccess: () => {
          const note = `rollback-${label}`;
          notifications.show({
            id: note,
            autoClose: 15_000,
            message: (
              <span className="undo">
                {text.labels.rolledBack(label, before)}
                <Button size="compact-xs" variant="default" onClick={() => undo(note)}>
                  {text.common.undo}
                </Button>
              </span>
            ),
          });
        },
      },
    );
  };
}

function History({ entries }: { entries: LabelHistoryEntry[] }) {
  const text = useText();
  const name = (version: number | null) => (version === null ? text.labels.nowhere : text.common.version(version));
  return (
    <Table
      columns={[text.labels.when, text.labels.change, text.labels.who, text.labels.reason]}
      label={text.labels.history}
      frame="table-scroll"
    >
      {entries.map((entry) => (
        <tr key={`${entry.movedAt}${entry.toVersion}`}>
          <td className="muted nowrap">
            <Ago time={entry.movedAt} />
          </td>
          <td className="num nowrap">{`${name(entry.fromVersion)} → ${name(entry.toVersion)}`}</td>
          <td>{entry.movedBy}</td>
          <td className="wrap">{entry.reason ?? '–'}</td>
        </tr>
      ))}
    </Table>
  );
}
