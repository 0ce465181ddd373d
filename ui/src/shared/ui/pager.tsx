import { Button } from '@mantine/core';
import { useNavigate, useRouter, useSearch } from '@tanstack/react-router';
import { useText } from '@/shared/i18n/language';

/** Keyset pages: the address has where the page starts, the browser's history the way back. Only ways that exist are shown. */
export function Pager({ next }: { next: string | null }) {
  const text = useText();
  const router = useRouter();
  const navigate = useNavigate();
  const { cursor } = useSearch({ strict: false }) as { cursor?: string };
  if (!cursor && !next) {
    return null;
  }
  const to = (start: string | undefined) =>
    void navigate({ to: '.', search: ((now: object) => ({ ...now, cursor: start })) as never });
  return (
    <nav className="pager" aria-label={text.pager.label}>
      {cursor && (
        <>
          <Button variant="default" size="xs" onClick={() => to(undefined)}>
            {text.pager.first}
          </Button>
          {router.history.canGoBack() && (
            <Button variant="default" size="xs" onClick={() => router.history.back()}>
              {text.pager.previous}
            </Button>
          )}
        </>
      )}
      {next && (
        <Button variant="default" size="xs" onClick={() => to(next)}>
          {text.pager.next}
        </Button>
      )}
    </nav>
  );
}
