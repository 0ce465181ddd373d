import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '@/shared/api/client';

const sessionsKey = ['sign-ins'] as const;

export function useRename() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (name: string) => unwrap(api.PUT('/auth/me', { body: { name } })),
    onSuccess: ({ user }) => client.setQueryData(['session'], (now: object | undefined) => now && { ...now, user }),
  });
}

export function useChangePassword() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { currentPassword: string; newPassword: string }) =>
      unwrap(api.POST('/auth/password', { body })),
    onSuccess: () => client.invalidateQueries({ queryKey: sessionsKey }),
  });
}

/** Where one is signed in. */
export function useSignIns() {
  return useQuery({
    queryKey: sessionsKey,
    queryFn: ({ signal }) => unwrap(api.GET('/auth/sessions', { signal })),
  });
}

export function useEndSignIn() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => unwrap(api.DELETE('/auth/sessions/{id}', { params: { path: { id } } })),
    onSettled: () => client.invalidateQueries({ queryKey: sessionsKey }),
  });
}

export function useSignOutEverywhere() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => unwrap(api.POST('/auth/logout-all', {})),
    onSuccess: () => client.resetQueries(),
  });
}

/** Becomes a member with the account one has. */
export function useAcceptInvitation() {
  return useMutation({
    mutationFn: (token: string) => unwrap(api.POST('/invitations/accept', { body: { token } })),
  });
}
