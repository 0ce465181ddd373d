import { expect, it } from 'vitest';
import type { RunRow } from '@/shared/data/evals';
import { casesOf, outcomeOf, titleOf } from './cases';

let cell = 0;
const row = (caseId: string, arm: string, status: RunRow['status'], more: object = {}) =>
  ({ cell: cell++, caseId, arm, status, description: '', vars: {}, change: null, kind: null, ...more }) as RunRow;

it('collects the repeats of a cell, and what the case is', () => {
  const rows = [
    row('one', 'a', 'pass'),
    row('one', 'a', 'fail'),
    row('one', 'b', 'pass', { change: 'regressed', kind: 'flaky' }),
    row('two', 'a', 'pass', { change: 'same' }),
  ];
  const [one, two] = casesOf(rows, true);
  expect(one?.cells.get('a')?.map(({ status }) => status)).toEqual(['pass', 'fail']);
  expect([one?.change, one?.kind, two?.change]).toEqual(['regressed', 'flaky', null]);
});

it('holds the last case back while it may not be whole', () => {
  const rows = [row('one', 'a', 'pass'), row('two', 'a', 'pass')];
  expect(casesOf(rows, false).map(({ caseId }) => caseId)).toEqual(['one']);
});

it('counts repeats, and lets an error stand out', () => {
  expect(outcomeOf([row('one', 'a', 'pass'), row('one', 'a', 'fail')])).toEqual({ status: 'fail', passed: 1, all: 2 });
  expect(outcomeOf([row('one', 'a', 'pass'), row('one', 'a', 'error')]).status).toBe('error');
});

it('names a case by its description, its variables or its id', () => {
  expect(titleOf({ description: 'polite', vars: { name: 'Ada' }, caseId: 'x' })).toBe('polite');
  expect(titleOf({ description: '', vars: { name: 'Ada', tags: ['a'] }, caseId: 'x' })).toBe('Ada, ["a"]');
  expect(titleOf({ description: '', vars: {}, caseId: 'x' })).toBe('x');
});
