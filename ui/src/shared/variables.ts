/** What kind of value a variable takes, as far as a schema says it. */
type VariableKind = 'text' | 'number' | 'boolean' | 'json';

export interface VariableField {
  name: string;
  kind: VariableKind;
  required: boolean;
}

type Schema = Record<string, unknown>;

/** The variables that the prompt uses and those that only the schema names, in this order. */
export function fieldsOf(variables: string[], schema: Schema | null | undefined): VariableField[] {
  const types = schema ? typesOf(schema) : {};
  const names = [...new Set([...variables.map(rootName), ...Object.keys(types)])];
  return names.map((name) => {
    const type = types[name];
    return { name, kind: kindOf(type?.type ?? 'string'), required: type?.required ?? true };
  });
}

function rootName(path: string): string {
  return path.split(/[.[]/, 1)[0] ?? path;
}

function typesOf(schema: Schema): Record<string, { type: string; required: boolean }> {
  if (schema['type'] === 'object' || typeof schema['properties'] === 'object') {
    const required = Array.isArray(schema['required']) ? (schema['required'] as string[]) : [];
    return Object.fromEntries(
      Object.entries((schema['properties'] ?? {}) as Record<string, Schema>).map(([name, property]) => [
        name,
        { type: typeof property['type'] === 'string' ? property['type'] : 'json', required: required.includes(name) },
      ]),
    );
  }
  return Object.fromEntries(
    Object.entries(schema)
      .filter((entry): entry is [string, string] => typeof entry[1] === 'string')
      .map(([name, type]) => [name, { type: type.replace(/\?$/, ''), required: !type.endsWith('?') }]),
  );
}

function kindOf(type: string): VariableKind {
  switch (type) {
    case 'string':
      return 'text';
    case 'number':
    case 'integer':
      return 'number';
    case 'boolean':
      return 'boolean';
    default:
      return 'json';
  }
}

/** What was typed, as values; what is empty is left out, and what cannot be read is named. */
export function valuesOf(
  fields: VariableField[],
  typed: Record<string, string>,
): { values: Record<string, unknown>; unreadable: string[] } {
  const values: Record<string, unknown> = {};
  const unreadable: string[] = [];
  for (const { name, kind } of fields) {
    const text = typed[name] ?? '';
    if (text === '') {
      continue;
    }
    const value = kind === 'text' ? text : parse(text, kind);
    if (value === undefined) {
      unreadable.push(name);
    } else {
      values[name] = value;
    }
  }
  return { values, unreadable };
}

function parse(text: string, kind: VariableKind): unknown {
  if (kind === 'number') {
    const number = Number(text);
    return Number.isFinite(number) ? number : undefined;
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** The other way round, for a form. */
export function typedOf(values: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
}
