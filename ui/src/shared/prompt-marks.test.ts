import { expect, it } from 'vitest';
import { marksOf } from './prompt-marks';

const kinds = (text: string) => marksOf(text).map(({ from, to, kind }) => `${kind} ${text.slice(from, to)}`);

it('finds variables, tags and comments', () => {
  expect(kinds('Hi {{ name | upper }}{% if a %}x{% endif %}{# note #}')).toEqual([
    'variable {{ name | upper }}',
    'tag {% if a %}',
    'tag {% endif %}',
    'comment {# note #}',
  ]);
});

it('marks braces that nothing closes', () => {
  expect(kinds('Hi {{ name, and {{ other }}')).toEqual(['open {{', 'variable {{ other }}']);
  expect(kinds('Hi {% if')).toEqual(['open {%']);
  expect(kinds('plain { text }')).toEqual([]);
});
