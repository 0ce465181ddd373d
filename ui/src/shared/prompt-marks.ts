export interface Mark {
  from: number;
  to: number;
  kind: 'variable' | 'tag' | 'comment' | 'open';
}

const closings: Record<string, { end: string; kind: Mark['kind'] }> = {
  '{{': { end: '}}', kind: 'variable' },
  '{%': { end: '%}', kind: 'tag' },
  '{#': { end: '#}', kind: 'comment' },
};

/** Where a prompt has variables, tags and comments, and braces that nothing closes. */
export function marksOf(text: string): Mark[] {
  const marks: Mark[] = [];
  const opening = /\{[{%#]/g;
  for (let match = opening.exec(text); match; match = opening.exec(text)) {
    const { end, kind } = closings[match[0]] as { end: string; kind: Mark['kind'] };
    const closed = text.indexOf(end, match.index + 2);
    const next = text.slice(match.index + 2).search(/\{[{%#]/);
    const interrupted = next !== -1 && closed > match.index + 2 + next;
    if (closed === -1 || (interrupted && kind !== 'comment')) {
      marks.push({ from: match.index, to: match.index + 2, kind: 'open' });
    } else {
      marks.push({ from: match.index, to: closed + 2, kind });
      opening.lastIndex = closed + 2;
    }
  }
  return marks;
}
