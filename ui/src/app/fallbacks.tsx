import { Button } from '@mantine/core';
import { type ErrorComponentProps, Link } from '@tanstack/react-router';
import { useText } from '@/shared/i18n/language';
import { Empty, Page, RowsSkeleton } from '@/shared/ui/basics';
import { Problem } from '@/shared/ui/problem';

export function MissingPage() {
  const text = useText();
  return (
    <Page title={text.missing.title}>
      <Empty title={text.missing.title} action={<Link to="/templates">{text.missing.back}</Link>}>
        {text.missing.text}
      </Empty>
    </Page>
  );
}

export function PendingPage() {
  return (
    <div className="page">
      <RowsSkeleton />
    </div>
  );
}

export function BrokenPage({ error, reset }: ErrorComponentProps) {
  const text = useText();
  if (isOldVersion(error)) {
    return (
      <Page title={text.broken.newVersion}>
        <Empty
          title={text.broken.newVersion}
          action={
            <Button size="xs" onClick={() => window.location.reload()}>
              {text.broken.reload}
            </Button>
          }
        >
          {text.broken.newVersionText}
        </Empty>
      </Page>
    );
  }
  return (
    <Page title={text.broken.title}>
      <Problem problem={error} retry={reset} />
    </Page>
  );
}

/** The server has a newer build, and the files of this one are gone. */
function isOldVersion(error: unknown): boolean {
  return error instanceof Error && /dynamically imported module|module script|preload CSS/i.test(error.message);
}
