import { expect, it } from 'vitest';
import { curlOf, paramsOf, requestOf } from './request';
import { columnsOf, modelsOf, runsOf } from './search';

const adHoc = { templateId: null, version: undefined, systemPrompt: '', userPrompt: "It's {{ raw }}", variables: {} };

it('sends a prompt without a template as it is', () => {
  expect(requestOf(adHoc, { provider: 'mock', model: '' }, {}, false)).toEqual({
    messages: [{ role: 'user', content: "It's {{ raw }}" }],
    provider: 'mock',
  });
});

it('sends a template with its version and variables', () => {
  const prompt = { ...adHoc, templateId: 't', version: 3, variables: { name: 'Ada' } };
  expect(requestOf(prompt, { provider: 'openai', model: 'm' }, { temperature: 0 }, true)).toEqual({
    templateId: 't',
    version: 3,
    variables: { name: 'Ada' },
    provider: 'openai',
    model: 'm',
    params: { temperature: 0 },
    fresh: true,
  });
});

it('writes a command that no quote can break out of', () => {
  const command = curlOf('http://localhost:4000', requestOf(adHoc, { provider: 'mock', model: '' }, {}, false));
  expect(command).toContain(String.raw`It'\''s {{ raw }}`);
});

it('puts numbers and other parameters together', () => {
  expect(paramsOf({ temperature: '0.5', maxTokens: '', more: '{"topP": 1}' })).toEqual({ topP: 1, temperature: 0.5 });
  expect(() => paramsOf({ temperature: '', maxTokens: '', more: '{' })).toThrow();
});

it('keeps columns and runs in the address', () => {
  const columns = columnsOf('mock:echo,local:llama3:8b');
  expect(columns).toEqual([
    { provider: 'mock', model: 'echo' },
    { provider: 'local', model: 'llama3:8b' },
  ]);
  expect(modelsOf(columns)).toBe('mock:echo,local:llama3:8b');
  const id = '019ab7a5-0d2e-7f44-8a61-7d1b0c9e2f35';
  expect(runsOf(`,${id}`, 2)).toEqual([undefined, id]);
});
