export interface Suggestion {
  name: string;
  kind: 'variable' | 'filter' | 'tag';
}

export interface Suggestions {
  /** Where the word that is being written begins. */
  from: number;
  options: Suggestion[];
}

/** Of the template language, docs/templates.md. */
const filters = [
  'capitalize',
  'default',
  'dump',
  'first',
  'indent',
  'join',
  'last',
  'length',
  'lower',
  'replace',
  'round',
  'tojson',
  'trim',
  'upper',
];
const tags = ['if', 'elif', 'else', 'endif', 'for', 'endfor', 'raw', 'endraw'];

/** What may follow in a prompt whose text up to the cursor this is; null outside of braces and where nothing is known. */
export function suggestionsFor(before: string, variables: string[]): Suggestions | null {
  const inside = before.match(/\{([{%])-?((?:(?![}%]\}|\{[{%#]).)*)$/s);
  if (!inside) {
    return null;
  }
  const [, brace, written = ''] = inside;
  const word = written.match(/[A-Za-z_]\w*$/)?.[0] ?? '';
  const lead = written.slice(0, written.length - word.length);
  const from = before.length - word.length;
  const offer = (kind: Suggestion['kind'], names: string[]) => ({
    from,
    options: names.map((name) => ({ name, kind })),
  });
  const follows = /\b(in|and|or|not|if|elif)\s+$/.test(lead);
  if (isInText(lead) || (!follows && /[\w.\])]\s*$/.test(lead))) {
    return null;
  }
  if (/\|\s*$/.test(lead)) {
    return offer('filter', filters);
  }
  if (brace === '%' && lead.trim() === '') {
    return offer('tag', tags);
  }
  if (/^\s*for\s*$/.test(lead)) {
    return null;
  }
  return offer('variable', [...new Set([...variables, ...loopNames(before)])]);
}

function isInText(lead: string): boolean {
  return (lead.match(/"/g)?.length ?? 0) % 2 === 1 || (lead.match(/'/g)?.length ?? 0) % 2 === 1;
}

/** Names of loops that are open at the end. */
function loopNames(before: string): string[] {
  const open: string[][] = [];
  for (const [tag, names] of before.matchAll(/\{%-?\s*(?:for\s+([\w\s,]+?)\s+in\b|endfor)/g)) {
    if (tag.includes('endfor')) {
      open.pop();
    } else {
      open.push(names?.split(/\s*,\s*/) ?? []);
    }
  }
  return open.length > 0 ? [...open.flat(), 'loop'] : [];
}
