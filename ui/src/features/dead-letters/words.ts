import type { FailureFilter } from '@/shared/data/jobs';
import type { Catalogue } from '@/shared/i18n/en';

export function filterInWords(text: Catalogue, filter: FailureFilter): string {
  const names = text.dead.filterNames;
  const parts = (Object.keys(names) as (keyof typeof names)[])
    .filter((name) => filter[name])
    .map((name) => `${names[name]} = ${filter[name]}`);
  return parts.length > 0 ? text.dead.only(parts.join(', ')) : text.dead.everything;
}
