import type { Comparison, Figure } from '@/shared/data/evals';

/** null = unknown, or not a number */
export function numberOf(figure: Figure | null | undefined): number | null {
  const number = typeof figure === 'string' ? Number(figure) : figure;
  return number == null || !Number.isFinite(number) ? null : number;
}

/** A difference with its interval as shares; null without a baseline to compare with. */
export interface Difference {
  at: number;
  low: number;
  high: number;
}

export function differenceOf(comparison: Comparison): Difference | null {
  const at = numberOf(comparison.difference);
  return at === null ? null : { at, low: numberOf(comparison.low) ?? at, high: numberOf(comparison.high) ?? at };
}

/** How far to each side a plot of these reaches: at least 5 points, else to the next 5. */
export function reachOf(differences: Difference[]): number {
  const widest = Math.max(0, ...differences.flatMap(({ at, low, high }) => [at, low, high].map(Math.abs)));
  return Math.min(1, Math.max(0.05, Math.ceil(widest * 20 - 1e-9) / 20));
}
