import { Button } from '@mantine/core';
import { useNavigate, useRouter, useSearch } from '@tanstack/react-router';
import { useText } from '@/shared/i18n/language';

/** Keyset pages: the address has where the page starts, the browser's history the way back. */
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
      <Button variant="default" size="xs" disabled={!cursor} onClick={() => to(undefined)}>
        {text.pager.first}
      </Button>
      {cursor && (
        <Button variant="default" size="xs" onClick={() => router.history.back()}>
          {text.pager.previous}
        </Button>
      )}
      <Button variant="default" size="xs" disabled={!next} onClick={() => to(next ?? undefined)}>
        {text.pager.next}
      </Button>
    </nav>
  );
}
