import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type Schemas, api, unwrap } from '@/shared/api/client';

export type Budget = Schemas['Budget'];
export type Limits = Schemas['Limits'];
export type Period = Budget['period'];

export const periods: Period[] = ['day', 'week', 'month', 'total'];

const budgetsKey = ['budgets'] as const;
const limitsKey = ['limits'] as const;

export function useBudgets() {
  return useQuery({
    queryKey: budgetsKey,
    refetchInterval: 10_000,
    queryFn: ({ signal }) => unwrap(api.GET('/budgets', { signal })),
  });
}

function useBudgetChange<Input>(mutationFn: (input: Input) => Promise<unknown>) {
  const client = useQueryClient();
  return useMutation({ mutationFn, onSuccess: () => client.invalidateQueries({ queryKey: budgetsKey }) });
}

export interface Amounts {
  limitUSD: number | null;
  limitTokens: number | null;
}

export function useCreateBudget() {
  return useBudgetChange((body: Amounts & { period: Period; apiKeyId: string | null }) =>
    unwrap(api.POST('/budgets', { body })),
  );
}

export function useChangeBudget() {
  return useBudgetChange(({ id, ...body }: Amounts & { id: string }) =>
    unwrap(api.PUT('/budgets/{id}', { params: { path: { id } }, body })),
  );
}

export function useRemoveBudget() {
  return useBudgetChange((id: string) => unwrap(api.DELETE('/budgets/{id}', { params: { path: { id } } })));
}

export function useLimits() {
  return useQuery({
    queryKey: limitsKey,
    queryFn: ({ signal }) => unwrap(api.GET('/limits', { signal })),
  });
}

export function useSetLimits() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { writes: number | null; reads: number | null }) => unwrap(api.PUT('/limits', { body })),
    onSuccess: (limits) => client.setQueryData(limitsKey, limits),
  });
}

/** What people type for an amount: empty = no limit, undefined = unreadable. */
export function amountOf(typed: string, whole: boolean): number | null | undefined {
  const text = typed.trim();
  if (text === '') {
    return null;
  }
  const pattern = whole ? /^\d{1,15}$/ : /^\d{1,8}(\.\d{1,12})?$/;
  return pattern.test(text) ? Number(text) : undefined;
}

export interface BudgetUse {
  unit: 'usd' | 'tokens';
  spent: number;
  /** For jobs under way, and for calls of which nobody knows what they cost. */
  held: number;
  limit: number;
  share: number;
}

/** What a budget limits, and how much of it is gone. */
export function usesOf(budget: Budget): BudgetUse[] {
  const { limitUSD, limitTokens } = budget;
  return [
    ...(limitUSD === null
      ? []
      : [
          {
            unit: 'usd' as const,
            spent: budget.spentUSD,
            held: budget.heldUSD + budget.unknownUSD,
            limit: limitUSD,
            share: usedShare(limitUSD, budget.remainingUSD),
          },
        ]),
    ...(limitTokens === null
      ? []
      : [
          {
            unit: 'tokens' as const,
            spent: budget.spentTokens,
            held: budget.heldTokens + budget.unknownTokens,
            limit: limitTokens,
            share: usedShare(limitTokens, budget.remainingTokens),
          },
        ]),
  ];
}

/** How much of a limit is used up, from 0 to 1. */
export function usedShare(limit: number, remaining: number | null): number {
  return limit === 0 ? 1 : Math.min(1, Math.max(0, 1 - (remaining ?? 0) / limit));
}
