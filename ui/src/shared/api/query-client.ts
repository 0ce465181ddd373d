import { QueryClient } from '@tanstack/react-query';
import { ApiError } from './error';

const retries = 2;

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 2_000,
        retry: (failures, problem) => failures < retries && problem instanceof ApiError && problem.passing,
        retryDelay: (failures) => 400 * 2 ** failures,
      },
      mutations: { retry: false },
    },
  });
}
