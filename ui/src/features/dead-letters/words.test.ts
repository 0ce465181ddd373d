import { expect, it } from 'vitest';
import { en } from '@/shared/i18n/en';
import { filterInWords } from './words';

it('says in words which jobs are meant', () => {
  expect(filterInWords(en, {})).toBe('All failed jobs of the workspace.');
  expect(filterInWords(en, { model: 'echo', errorCode: 'timeout' })).toBe(
    'Only those with cause = timeout, model = echo.',
  );
});
