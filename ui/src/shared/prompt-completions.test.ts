import { expect, it } from 'vitest';
import { suggestionsFor } from './prompt-completions';

const names = (before: string) => suggestionsFor(before, ['name', 'items'])?.options.map(({ name }) => name);

it('offers variables where a value goes', () => {
  expect(names('Hi {{ ')).toEqual(['name', 'items']);
  expect(names('Hi {{na')).toEqual(['name', 'items']);
  expect(names('{% if name and not ')).toEqual(['name', 'items']);
  expect(suggestionsFor('Hi {{ na', ['name'])?.from).toBe(6);
});

it('offers filters after a bar and tags at the beginning of one', () => {
  expect(names('{{ name | up')).toContain('upper');
  expect(names('{% e')).toEqual(expect.arrayContaining(['else', 'endif']));
});

it('knows the names of the loops around', () => {
  expect(names('{% for key, item in items %}{{ ')).toEqual(['name', 'items', 'key', 'item', 'loop']);
  expect(names('{% for item in items %}x{% endfor %}{{ ')).toEqual(['name', 'items']);
});

it('is silent in plain text, in texts of a tag, after a name, and where a name is new', () => {
  for (const before of ['Hi na', 'Hi {{ name }} and na', '{{ "na', '{{ name ', '{{ user.na', '{% for it', '{# na']) {
    expect(names(before), before).toBeUndefined();
  }
});
