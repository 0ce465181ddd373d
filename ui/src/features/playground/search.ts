import { type RawSearch, flag, text, uuid, whole } from '@/shared/search';

export interface PlaygroundSearch {
  template?: string | undefined;
  version?: number | undefined;
  /** A job whose prompt and model are the start. */
  job?: string | undefined;
  /** `mock:echo,anthropic:claude-haiku-4-5` */
  models?: string | undefined;
  /** The jobs in the columns, by position. */
  runs?: string | undefined;
  fresh?: true | undefined;
}

export function parsePlaygroundSearch(search: RawSearch): PlaygroundSearch {
  return {
    template: uuid(search['template']),
    version: whole(search['version']),
    job: uuid(search['job']),
    models: text(search['models'], 1_000),
    runs: text(search['runs'], 400),
    fresh: flag(search['fresh']),
  };
}

export interface Column {
  provider: string;
  model: string;
}

export const maxColumns = 4;

export function columnsOf(models: string | undefined): Column[] {
  return (models?.split(',') ?? []).slice(0, maxColumns).map((each) => {
    const [provider = '', ...model] = each.split(':');
    return { provider, model: model.join(':') };
  });
}

export function modelsOf(columns: Column[]): string {
  return columns.map(({ provider, model }) => `${provider}:${model}`).join(',');
}

export function runsOf(runs: string | undefined, count: number): (string | undefined)[] {
  const ids = runs?.split(',') ?? [];
  return Array.from({ length: count }, (_, index) => uuid(ids[index]));
}
