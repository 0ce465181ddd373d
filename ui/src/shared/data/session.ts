import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type Schemas, api, unwrap } from '@/shared/api/client';
import { ApiError } from '@/shared/api/error';
import { events } from '@/shared/api/events';
import { identity } from '@/shared/api/identity';

export type Role = 'owner' | 'admin' | 'member' | 'viewer';

export interface Session {
  /** null = a server without login */
  user: Schemas['User'] | null;
  workspaces: { id: string; name: string; role: Role }[];
  workspace: { id: string; name: string; role: Role };
}

const sessionKey = ['session'] as const;
const chosenKey = 'promptlab.workspace';

export function useSession() {
  return useQuery({
    queryKey: sessionKey,
    staleTime: 60_000,
    queryFn: async ({ signal }): Promise<Session> => {
      identity.workspaceId = null; // the one kept may be gone
      const me = await whoIsThere(signal);
      if (me === null) {
        return withoutLogin;
      }
      const workspace = me.workspaces.find(({ id }) => id === chosen()) ?? me.workspaces[0];
      identity.csrfToken = me.csrfToken;
      identity.workspaceId = me.csrfToken ? (workspace?.id ?? null) : null;
      return {
        user: me.csrfToken ? me.user : null,
        workspaces: me.workspaces,
        workspace: workspace ?? { id: '', name: '', role: 'viewer' },
      };
    },
  });
}

const withoutLogin: Session = { user: null, workspaces: [], workspace: { id: '', name: '', role: 'owner' } };

/** null = a server that knows no accounts */
async function whoIsThere(signal: AbortSignal): Promise<Schemas['Me'] | null> {
  try {
    return await unwrap(api.GET('/auth/me', { signal }));
  } catch (problem) {
    if (problem instanceof ApiError && problem.status === 404) {
      return null;
    }
    throw problem;
  }
}

function chosen(): string | null {
  try {
    return localStorage.getItem(chosenKey);
  } catch {
    return null;
  }
}

/** Everything that was read belongs to the other workspace. */
export function useSwitchWorkspace() {
  const client = useQueryClient();
  return (id: string) => {
    try {
      localStorage.setItem(chosenKey, id);
    } catch {
      // for this page only
    }
    identity.workspaceId = id;
    events.restart();
    client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== sessionKey[0] });
    void client.invalidateQueries({ queryKey: sessionKey });
  };
}

interface Credentials {
  email: string;
  password: string;
}

export function useSignIn() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Credentials) => unwrap(api.POST('/auth/login', { body: { ...body, cookie: true } })),
    onSuccess: () => client.resetQueries(),
  });
}

export interface NewAccount extends Credentials {
  name: string;
  /** An invitation or a set-up token; their beginnings tell which. */
  token: string;
}

export function useRegister() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ email, password, name, token }: NewAccount) =>
      unwrap(
        api.POST('/auth/register', {
          body: {
            email,
            password,
            cookie: true,
            ...(name && { name }),
            ...(token && (token.startsWith('pli_') ? { invitation: token } : { setupToken: token })),
          },
        }),
      ),
    onSuccess: () => client.resetQueries(),
  });
}

export function useSignOut() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => unwrap(api.POST('/auth/logout', {})),
    onSuccess: () => client.resetQueries(),
  });
}
