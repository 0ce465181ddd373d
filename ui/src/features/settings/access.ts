import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type Schemas, api, unwrap, unwrapPage } from '@/shared/api/client';
import type { Role } from '@/shared/data/session';

export type Permission = Schemas['Permission'];
export type ApiKey = Schemas['ApiKey'];
export type ProviderKey = Schemas['ProviderKey'];
export type Member = Schemas['Member'];

function useChange<Input, Output>(key: string, mutationFn: (input: Input) => Promise<Output>) {
  const client = useQueryClient();
  return useMutation({ mutationFn, onSuccess: () => client.invalidateQueries({ queryKey: [key] }) });
}

export function useApiKeys() {
  return useQuery({
    queryKey: ['api-keys'],
    queryFn: ({ signal }) => unwrap(api.GET('/api-keys', { signal, params: { query: { limit: 200 } } })),
  });
}

export function useCreateApiKey() {
  return useChange('api-keys', (body: { name: string; scopes?: Permission[]; expiresAt?: string }) =>
    unwrap(api.POST('/api-keys', { body })),
  );
}

export function useRevokeApiKey() {
  return useChange('api-keys', (id: string) => unwrap(api.DELETE('/api-keys/{id}', { params: { path: { id } } })));
}

export function useProviderKeys() {
  return useQuery({
    queryKey: ['provider-keys'],
    queryFn: ({ signal }) => unwrap(api.GET('/provider-keys', { signal })),
  });
}

export interface ProviderKeyForm {
  name: string;
  apiKey: string;
  format: string;
  baseUrl: string;
  defaultModel: string;
}

export function useSaveProviderKey() {
  return useChange('provider-keys', ({ name, apiKey, format, baseUrl, defaultModel }: ProviderKeyForm) =>
    unwrap(
      api.PUT('/provider-keys/{name}', {
        params: { path: { name } },
        body: {
          ...(apiKey && { apiKey }),
          ...(format && { format: format as 'anthropic' | 'openai' }),
          ...(baseUrl && { baseUrl }),
          ...(defaultModel && { defaultModel }),
        },
      }),
    ),
  );
}

export function useDeleteProviderKey() {
  return useChange('provider-keys', (name: string) =>
    unwrap(api.DELETE('/provider-keys/{name}', { params: { path: { name } } })),
  );
}

export function useTestProviderKey() {
  return useMutation({
    mutationFn: (name: string) =>
      unwrap(api.POST('/provider-keys/{name}/test', { params: { path: { name } }, body: {} })),
  });
}

export function useMembers(workspaceId: string) {
  return useQuery({
    queryKey: ['members', workspaceId],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET('/workspaces/{id}/members', { signal, params: { path: { id: workspaceId }, query: { limit: 200 } } }),
      ),
  });
}

export function useChangeRole(workspaceId: string) {
  return useChange('members', ({ userId, role }: { userId: string; role: Role }) =>
    unwrap(
      api.PUT('/workspaces/{id}/members/{userId}', { params: { path: { id: workspaceId, userId } }, body: { role } }),
    ),
  );
}

export function useRemoveMember(workspaceId: string) {
  return useChange('members', (userId: string) =>
    unwrap(api.DELETE('/workspaces/{id}/members/{userId}', { params: { path: { id: workspaceId, userId } } })),
  );
}

export function useInvitations(workspaceId: string, enabled: boolean) {
  return useQuery({
    queryKey: ['invitations', workspaceId],
    enabled,
    queryFn: ({ signal }) =>
      unwrap(
        api.GET('/workspaces/{id}/invitations', {
          signal,
          params: { path: { id: workspaceId }, query: { limit: 200 } },
        }),
      ),
  });
}

export function useInvite(workspaceId: string) {
  return useChange('invitations', (body: { email: string; role: Role }) =>
    unwrap(api.POST('/workspaces/{id}/invitations', { params: { path: { id: workspaceId } }, body })),
  );
}

export function useTakeBackInvitation(workspaceId: string) {
  return useChange('invitations', (invitationId: string) =>
    unwrap(
      api.DELETE('/workspaces/{id}/invitations/{invitationId}', {
        params: { path: { id: workspaceId, invitationId } },
      }),
    ),
  );
}

export function useAudit(filter: {
  actor?: string | undefined;
  action?: string | undefined;
  cursor?: number | undefined;
}) {
  return useQuery({
    queryKey: ['audit', filter],
    queryFn: ({ signal }) => {
      const query = Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
      return unwrapPage(api.GET('/audit', { signal, params: { query } }));
    },
  });
}
