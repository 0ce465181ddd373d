import { Suspense, lazy } from 'react';
import { asApiError } from '@/shared/api/error';
import { useSession } from '@/shared/data/session';
import { Problem } from '@/shared/ui/problem';
import { Shell } from './shell';

const SignInPage = lazy(async () => ({ default: (await import('@/features/sign-in/page')).SignInPage }));

/** Lets in whoever is known, and everybody on a server without login. */
export function Gate() {
  const session = useSession();
  if (session.data) {
    return <Shell session={session.data} />;
  }
  if (session.isError && asApiError(session.error).status === 401) {
    return (
      <Suspense>
        <SignInPage />
      </Suspense>
    );
  }
  if (session.isError) {
    return (
      <main className="sign-in">
        <Problem problem={session.error} retry={() => void session.refetch()} />
      </main>
    );
  }
  return null;
}
