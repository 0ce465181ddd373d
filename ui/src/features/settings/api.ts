import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type Schemas, api, unwrap } from '@/shared/api/client';

const secretKey = ['callback-secret'] as const;

/** Read only when somebody asks to see it, and forgotten soon. */
export function useCallbackSecret(shown: boolean) {
  return useQuery({
    queryKey: secretKey,
    enabled: shown,
    gcTime: 0,
    queryFn: ({ signal }) => unwrap(api.GET('/callbacks/secret', { signal })),
  });
}

export function useRotateSecret() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => unwrap(api.POST('/callbacks/secret/rotate', {})),
    onSuccess: (secret) => client.setQueryData(secretKey, secret),
  });
}

/** An unready server answers 503 with the same body, which is what people came for. */
export function useReadiness() {
  return useQuery({
    queryKey: ['readiness'],
    refetchInterval: 5_000,
    queryFn: async ({ signal }): Promise<Schemas['Readiness']> => {
      const { data, error } = await api.GET('/health/ready', { signal });
      return data ?? (error as unknown as Schemas['Readiness']);
    },
  });
}

export function useServerVersion() {
  return useQuery({
    queryKey: ['version'],
    staleTime: Infinity,
    queryFn: async ({ signal }) => {
      const document = await unwrap(api.GET('/openapi.json', { signal }));
      return (document as { info?: { version?: string } }).info?.version ?? '';
    },
  });
}
