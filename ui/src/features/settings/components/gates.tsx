import { useState } from 'react';
import { Autocomplete, Button, Modal, NativeSelect, TextInput } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { type Gate, useDeleteGate, useGates, useSetGate, useSuites } from '@/shared/data/evals';
import { useText } from '@/shared/i18n/language';
import { Ago, Empty, LabelChip, ReasonButton } from '@/shared/ui/basics';
import { ConfirmTarget } from '@/shared/ui/confirm';
import { Problem } from '@/shared/ui/problem';
import { QueryState, Table } from '@/shared/ui/table';

/** Which labels demand a passing run. */
export function Gates() {
  const text = useText();
  const gates = useGates();
  const [making, setMaking] = useState(false);
  return (
    <div className="stack">
      <div className="toolbar">
        <p className="muted grow">{text.evals.gates.about}</p>
        <Button size="xs" onClick={() => setMaking(true)}>
          {text.evals.gates.create}
        </Button>
      </div>
      <QueryState query={gates} rows={3} />
      {gates.data?.length === 0 && <Empty title={text.evals.gates.none}>{text.evals.gates.noneText}</Empty>}
      {gates.data && gates.data.length > 0 && <GateTable gates={gates.data} />}
      <Modal
        opened={making}
        onClose={() => setMaking(false)}
        title={text.evals.gates.create}
        closeButtonProps={{ 'aria-label': text.common.close }}
      >
        <GateForm onClose={() => setMaking(false)} />
      </Modal>
    </div>
  );
}

function GateTable({ gates }: { gates: Gate[] }) {
  const text = useText();
  const remove = useDeleteGate();
  const [target, setTarget] = useState<Gate | null>(null);
  return (
    <>
      <Table
        columns={[
          text.evals.gates.label,
          text.evals.gates.suite,
          text.evals.gates.template,
          text.evals.gates.maxAge,
          { name: text.evals.gates.by, wide: true },
          text.dead.actions,
        ]}
      >
        {gates.map((gate) => (
          <tr key={`${gate.label}/${gate.suite.id}`}>
            <td>
              <LabelChip label={gate.label} />
            </td>
            <td>
              <Link to="/evaluations/$id" params={{ id: gate.suite.id }}>
                {gate.suite.name}
              </Link>
            </td>
            <td>
              {gate.template ? (
                <Link to="/templates/$id" params={{ id: gate.template.id }}>
                  {gate.template.name}
                </Link>
              ) : (
                <span className="badge warn">{text.evals.gates.noTemplate}</span>
              )}
            </td>
            <td className="num">{gate.maxAge ?? text.evals.gates.anyAge}</td>
            <td className="wide-only muted">
              {gate.setBy} <Ago time={gate.setAt} />
            </td>
            <td>
              <Button
                size="compact-xs"
                variant="subtle"
                color="red"
                aria-label={text.evals.gates.removeOne(gate.label, gate.suite.name)}
                onClick={() => setTarget(gate)}
              >
                {text.evals.gates.remove}
              </Button>
            </td>
          </tr>
        ))}
      </Table>
      <ConfirmTarget
        target={target}
        title={(gate) => text.evals.gates.removeOne(gate.label, gate.suite.name)}
        confirm={text.evals.gates.remove}
        action={remove}
        input={({ label, suite }) => ({ label, suiteId: suite.id })}
        onClose={() => setTarget(null)}
      >
        {text.evals.gates.removeText}
      </ConfirmTarget>
    </>
  );
}

const age = /^\d{1,9}(ms|s|m|h|d)$/;

function GateForm({ onClose }: { onClose: () => void }) {
  const text = useText();
  const set = useSetGate();
  const suites = useSuites({}, 200);
  const guarding = suites.data?.items.filter(({ template }) => template !== null) ?? [];
  const [label, setLabel] = useState('production');
  const [suiteId, setSuiteId] = useState('');
  const [maxAge, setMaxAge] = useState('');
  const chosen = suiteId || guarding[0]?.id;
  const obstacle = !chosen
    ? text.evals.gates.suiteMissing
    : label === ''
      ? text.evals.gates.labelMissing
      : maxAge !== '' && !age.test(maxAge)
        ? text.evals.gates.maxAgeForm
        : undefined;
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (chosen && obstacle === undefined) {
          set.mutate({ label, suiteId: chosen, maxAge: maxAge || null }, { onSuccess: onClose });
        }
      }}
    >
      <Autocomplete
        data-autofocus
        label={text.evals.gates.label}
        data={['production', 'staging']}
        value={label}
        onChange={(value) => setLabel(value.trim().toLowerCase())}
      />
      <NativeSelect
        label={text.evals.gates.suite}
        value={chosen ?? ''}
        data={guarding.map(({ id, name, template }) => ({ value: id, label: `${name} · ${template?.name}` }))}
        onChange={(event) => setSuiteId(event.currentTarget.value)}
      />
      <TextInput
        label={text.evals.gates.maxAge}
        description={text.evals.gates.maxAgeHint}
        value={maxAge}
        onChange={(event) => setMaxAge(event.currentTarget.value.trim())}
      />
      {set.isError && <Problem problem={set.error} />}
      <div className="modal-actions">
        <ReasonButton type="submit" reason={obstacle} loading={set.isPending}>
          {text.evals.gates.create}
        </ReasonButton>
      </div>
    </form>
  );
}
