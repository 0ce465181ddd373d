import { TextInput } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useFormat, useText } from '@/shared/i18n/language';
import { Empty, RowsSkeleton } from '@/shared/ui/basics';
import { Pager } from '@/shared/ui/pager';
import { Problem } from '@/shared/ui/problem';
import { useTypedText } from '@/shared/ui/typed-text';
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
        <a href="/audit/export" download="audit.jsonl">
          {text.audit.export}
        </a>
      </div>
      {audit.isPending && <RowsSkeleton />}
      {audit.isError && <Problem problem={audit.error} retry={() => void audit.refetch()} />}
      {audit.data?.items.length === 0 && <Empty title={text.audit.none} />}
      {audit.data && audit.data.items.length > 0 && (
        <div className="table-frame" role="region" aria-label={text.settings.tab.audit} tabIndex={0}>
          <table className="table">
            <thead>
              <tr>
                <th scope="col">{text.labels.when}</th>
                <th scope="col">{text.audit.who}</th>
                <th scope="col">{text.audit.what}</th>
                <th scope="col">{text.audit.subject}</th>
                <th scope="col">{text.audit.details}</th>
              </tr>
            </thead>
            <tbody>
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
            </tbody>
          </table>
        </div>
      )}
      <Pager next={audit.data?.next ?? null} />
    </div>
  );
}
