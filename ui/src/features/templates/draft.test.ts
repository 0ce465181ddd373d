import { expect, it } from 'vitest';
import { contentOf, draftOf, emptyDraft, faultsOf, parseObject, sameContent } from './draft';

const version = {
  systemPrompt: null,
  userPrompt: 'Greet {{ name }}',
  messages: null,
  variablesSchema: { name: 'string' },
  defaults: { provider: 'mock', model: null, params: { temperature: 0.2 } },
};

it('sends back exactly what a version holds', () => {
  expect(contentOf(draftOf(version))).toEqual({
    userPrompt: 'Greet {{ name }}',
    variablesSchema: { name: 'string' },
    defaults: { provider: 'mock', params: { temperature: 0.2 } },
  });
});

it('keeps messages with history slots', () => {
  const messages = [
    { role: 'system' as const, content: 'Be kind' },
    { role: 'history' as const, name: 'conversation' },
    { role: 'user' as const, content: '{{ input }}' },
  ];
  expect(contentOf(draftOf({ ...version, userPrompt: null, messages })).messages).toEqual(messages);
});

it('names what keeps a draft from being saved', () => {
  expect(faultsOf(emptyDraft)).toEqual(['userPrompt']);
  expect(faultsOf({ ...emptyDraft, userPrompt: 'x', schema: '[1]', params: '{' })).toEqual(['schema', 'params']);
  expect(faultsOf({ ...emptyDraft, form: 'messages', messages: [{ key: 1, role: 'system', content: 'x' }] })).toEqual([
    'messages',
  ]);
});

it('does not take spaces in JSON for a change', () => {
  const draft = draftOf(version);
  expect(sameContent(draft, { ...draft, schema: '{"name":"string"}' })).toBe(true);
  expect(sameContent(draft, { ...draft, userPrompt: 'Greet' })).toBe(false);
});

it('tells nothing from nonsense', () => {
  expect([parseObject(' '), parseObject('{}'), parseObject('null'), parseObject('{')]).toEqual([
    undefined,
    {},
    null,
    null,
  ]);
});
