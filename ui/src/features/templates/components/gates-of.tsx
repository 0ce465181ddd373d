import { Link } from '@tanstack/react-router';
import { useGates } from '@/shared/data/evals';
import type { Template } from '@/shared/data/templates';
import { useText } from '@/shared/i18n/language';

/** What holds a label back, and the way to satisfy it. */
export function GatesOf({ template, label, version }: { template: Template; label: string; version: number }) {
  const text = useText();
  const gates = useGates();
  const own = gates.data?.filter((gate) => gate.label === label && gate.template?.id === template.id) ?? [];
  if (own.length === 0) {
    return null;
  }
  return (
    <div className="note">
      <p>{text.evals.gates.refused}</p>
      <ul className="links">
        {own.map(({ suite }) => (
          <li key={suite.id}>
            <Link
              to="/evaluations/$id"
              params={{ id: suite.id }}
              search={{ start: true, candidate: String(version) } as never}
            >
              {text.evals.gates.runIt(suite.name, version)}
            </Link>
          </li>
        ))}
      </ul>
    </div>
  );
}
