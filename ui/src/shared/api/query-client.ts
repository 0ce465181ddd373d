import { QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiError } from './error';

const retries = 2;

export function createQueryClient(): QueryClient {
  const client: QueryClient = new QueryClient({
    // The session ended meanwhile: asking who is here shows the way in.
    queryCache: new QueryCache({
      onError: (problem, { queryKey }) => {
        if (problem instanceof ApiError && problem.status === 401 && queryKey[0] !== 'session') {
          void client.resetQueries({ queryKey: ['session'] });
        }
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: 2_000,
        retry: (failures, problem) => failures < retries && problem instanceof ApiError && problem.passing,
        retryDelay: (failures) => 400 * 2 ** failures,
      },
      mutations: { retry: false },
    },
  });
  return client;
}
