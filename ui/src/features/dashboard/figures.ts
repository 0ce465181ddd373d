import type { JobListItem, JobStatus } from '@/shared/data/jobs';
import { elapsed } from '@/shared/format/format';

/** The value below which this share of the values lies; nearest rank. */
export function percentile(values: number[], share: number): number | null {
  if (values.length === 0) {
    return null;
  }
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
}

/** Money that is unknown stays unknown: it is counted, not added as 0. */
export function spend(jobs: Pick<JobListItem, 'estimatedCostUSD' | 'status'>[]): { usd: number; unknown: number } {
  const ended = jobs.filter(({ status }) => status === 'completed' || status === 'failed');
  return {
    usd: ended.reduce((sum, { estimatedCostUSD }) => sum + (estimatedCostUSD ?? 0), 0),
    unknown: ended.filter(({ estimatedCostUSD }) => estimatedCostUSD === null).length,
  };
}

export function successRate({ completed, failed }: { completed: number; failed: number }): number | null {
  return completed + failed === 0 ? null : completed / (completed + failed);
}

export interface ModelFigures {
  provider: string;
  model: string;
  jobs: number;
  success: number | null;
  p50: number | null;
  p95: number | null;
  usd: number;
  unknown: number;
}

export function byModel(jobs: JobListItem[]): ModelFigures[] {
  const groups = new Map<string, JobListItem[]>();
  for (const job of jobs) {
    const key = `${job.provider}\n${job.model}`;
    groups.set(key, [...(groups.get(key) ?? []), job]);
  }
  return [...groups.values()]
    .map((group) => {
      const count = (status: JobStatus) => group.filter((job) => job.status === status).length;
      const times = latencies(group);
      return {
        provider: group[0]?.provider ?? '',
        model: group[0]?.model ?? '',
        jobs: group.length,
        success: successRate({ completed: count('completed'), failed: count('failed') }),
        p50: percentile(times, 0.5),
        p95: percentile(times, 0.95),
        ...spend(group),
      };
    })
    .sort((a, b) => b.jobs - a.jobs);
}

export function latencies(jobs: JobListItem[]): number[] {
  return jobs
    .filter(({ status }) => status === 'completed')
    .map(({ startedAt, finishedAt }) => elapsed(startedAt, finishedAt))
    .filter((time) => time !== null);
}

export interface Bucket {
  from: number;
  to: number;
  counts: Record<JobStatus, number>;
}

/** Jobs by the time they were made, in equal spans from the oldest to now. */
export function buckets(jobs: Pick<JobListItem, 'createdAt' | 'status'>[], now: number, count = 30): Bucket[] {
  if (jobs.length === 0) {
    return [];
  }
  const oldest = Math.min(...jobs.map(({ createdAt }) => Date.parse(createdAt)));
  const span = Math.max((now - oldest) / count, 1_000);
  const all: Bucket[] = Array.from({ length: count }, (_, index) => ({
    from: now - (count - index) * span,
    to: now - (count - index - 1) * span,
    counts: { queued: 0, running: 0, completed: 0, failed: 0, cancelled: 0 },
  }));
  for (const { createdAt, status } of jobs) {
    const index = Math.floor((Date.parse(createdAt) - (now - count * span)) / span);
    const bucket = all[Math.min(Math.max(index, 0), count - 1)];
    if (bucket) {
      bucket.counts[status] += 1;
    }
  }
  return all;
}
