import { TextInput } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { download } from '@/shared/api/download';
import { useFormat, useText } from '@/shared/i18n/language';
import { Empty } from '@/shared/ui/basics';
import { Pager } from '@/shared/ui/pager';
import { tellProblem } from '@/shared/ui/problem';
import { useTypedText } from '@/shared/ui/typed-text';
import { QueryState, Table } from '@/shared/ui/table';
import { useAudit } from '../access';

export function AuditLog() {
  const text = useText();
  const format = useFormat();
  const { actor, action, cursor } = useSearch({ from: '/settings' });
  const navigate = useNavigate({ from: '/settings' });
  const change = (part: { actor?: string | undefined; action?: string | undefined }) =>
    void navigate({ search: (now) => ({ ...now, ...part, cursor: undefined }), replace: true });
  const [typedActor, setActor] = useTypedText(actor, (value) => change({ actor: value }));
  const [typedAction, setAction] = useTypedText(action, (value) => change({ action: value }));
  const audit = useAudit({ actor, action, cursor });
  return (
    <div className="stack">
      <div className="toolbar" role="search">
        <TextInput
          data-search
          aria-label={text.audit.actor}
          placeholder={text.audit.actor}
          value={typedActor}
          onChange={(event) => setActor(event.currentTarget.value)}
        />
        <TextInput
          aria-label={text.audit.action}
          placeholder={text.audit.action}
          value={typedAction}
          onChange={(event) => setAction(event.currentTarget.value)}
        />
        <button
          type="button"
          className="link-button"
          onClick={() =>
            void download('/audit/export', 'audit.jsonl').catch((problem: unknown) => tellProblem(text, problem))
          }
        >
          {text.audit.export}
        </button>
      </div>
      <QueryState query={audit} />
      {audit.data?.items.length === 0 && <Empty title={text.audit.none} />}
      {audit.data && audit.data.items.length > 0 && (
        <Table
          columns={[text.labels.when, text.audit.who, text.audit.what, text.audit.subject, text.audit.details]}
          label={text.settings.tab.audit}
        >
          {audit.data.items.map((event) => (
            <tr key={event.id}>
              <td className="muted nowrap">{format.time(event.at)}</td>
              <td>{event.actor}</td>
              <td className="nowrap">
                <code>{event.action}</code>
              </td>
              <td className="mono">{event.subject}</td>
              <td className="mono wrap">{JSON.stringify(event.details)}</td>
            </tr>
          ))}
        </Table>
      )}
      <Pager next={audit.data?.next ?? null} />
    </div>
  );
}
