import { expect, it } from 'vitest';
import { fieldsOf, typedOf, valuesOf } from './variables';

it('takes types from the shorthand and from JSON Schema', () => {
  expect(fieldsOf(['topic', 'user.name'], { topic: 'string', count: 'number?' })).toEqual([
    { name: 'topic', kind: 'text', required: true },
    { name: 'user', kind: 'text', required: true },
    { name: 'count', kind: 'number', required: false },
  ]);
  const schema = {
    type: 'object',
    required: ['tags'],
    properties: { tags: { type: 'array' }, loud: { type: 'boolean' } },
  };
  expect(fieldsOf([], schema)).toEqual([
    { name: 'tags', kind: 'json', required: true },
    { name: 'loud', kind: 'boolean', required: false },
  ]);
});

it('reads what was typed and names what it cannot read', () => {
  const fields = fieldsOf([], { text: 'string', count: 'number', list: 'array', empty: 'string' });
  expect(valuesOf(fields, { text: '12', count: '12', list: '[1', empty: '' })).toEqual({
    values: { text: '12', count: 12 },
    unreadable: ['list'],
  });
});

it('turns values back into what is typed', () => {
  expect(typedOf({ name: 'Ada', count: 3, list: [1] })).toEqual({ name: 'Ada', count: '3', list: '[1]' });
});
