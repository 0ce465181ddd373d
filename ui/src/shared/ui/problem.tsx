import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconAlertTriangle } from '@tabler/icons-react';
import { asApiError } from '@/shared/api/error';
import type { Catalogue } from '@/shared/i18n/en';
import { useText } from '@/shared/i18n/language';
import { CopyButton } from './basics';

/** The one way an error of a request looks. */
export function Problem({ problem, retry }: { problem: unknown; retry?: (() => void) | undefined }) {
  const text = useText();
  const error = asApiError(problem);
  const fields = Object.entries(error.fieldErrors);
  return (
    <div className="problem" role="alert">
      <IconAlertTriangle size={18} aria-hidden />
      <div className="problem-text">
        <p className="problem-title">{problemTitle(text, error.code)}</p>
        <p>{error.message}</p>
        {fields.length > 1 && (
          <ul>
            {fields.map(([field, messages]) => (
              <li key={field}>
                <code>{field}</code> {messages.join('; ')}
              </li>
            ))}
          </ul>
        )}
        {error.requestId && (
          <p className="problem-id">
            {text.errors.requestId} <code>{error.requestId}</code>
            <CopyButton compact value={error.requestId} label={text.errors.copyRequestId} />
          </p>
        )}
      </div>
      {retry && (
        <Button variant="default" size="xs" onClick={retry}>
          {text.common.retry}
        </Button>
      )}
    </div>
  );
}

function problemTitle(text: Catalogue, code: string): string {
  const titles: Record<string, string> = text.errors.titles;
  return titles[code] ?? text.errors.other;
}

export function tellProblem(text: Catalogue, problem: unknown) {
  const error = asApiError(problem);
  notifications.show({
    color: 'red',
    title: problemTitle(text, error.code),
    message: error.requestId ? `${error.message} (${text.errors.requestId} ${error.requestId})` : error.message,
    autoClose: 10_000,
    role: 'alert',
  });
}

export function tell(message: string) {
  notifications.show({ message, autoClose: 4_000 });
}
