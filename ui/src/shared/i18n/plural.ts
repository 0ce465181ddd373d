type Forms = { one: string; other: string };

/** `#` stands for the number. */
export function pluralOf(language: string) {
  const rules = new Intl.PluralRules(language);
  const number = new Intl.NumberFormat(language);
  return (count: number, { one, other }: Forms): string =>
    (rules.select(count) === 'one' ? one : other).replace('#', number.format(count));
}
