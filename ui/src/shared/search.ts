/** Reads what stands in the address: whatever does not fit is as if it were not there. */
export type RawSearch = Record<string, unknown>;

export function text(value: unknown, longest = 200): string | undefined {
  const given = typeof value === 'number' ? String(value) : value;
  return typeof given === 'string' && given !== '' ? given.slice(0, longest) : undefined;
}

export function oneOf<T extends string>(value: unknown, allowed: readonly T[]): T | undefined {
  return allowed.find((each) => each === value);
}

export function flag(value: unknown): true | undefined {
  return value === true || value === 'true' || value === '1' ? true : undefined;
}

export function whole(value: unknown): number | undefined {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isInteger(number) && number > 0 ? number : undefined;
}

export function positive(value: unknown): number | undefined {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) && number > 0 ? number : undefined;
}

const uuidForm = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function uuid(value: unknown): string | undefined {
  return typeof value === 'string' && uuidForm.test(value) ? value : undefined;
}

/** Plain `?status=failed&q=Ada`, no JSON. */
export function parseSearch(search: string): RawSearch {
  return Object.fromEntries(new URLSearchParams(search));
}

export function stringifySearch(search: RawSearch): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    if (value !== undefined && value !== null && value !== '' && value !== false) {
      params.set(name, String(value));
    }
  }
  const query = params.toString();
  return query === '' ? '' : `?${query}`;
}

/** A point in time, as the API writes it. */
export function time(value: unknown): string | undefined {
  const parsed = typeof value === 'string' ? Date.parse(value) : NaN;
  return Number.isNaN(parsed) ? undefined : new Date(parsed).toISOString();
}
