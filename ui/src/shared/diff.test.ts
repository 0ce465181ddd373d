import { describe, expect, it } from 'vitest';
import { compare, diff } from './diff';

function apply(before: string[], steps: ReturnType<typeof diff<string>>) {
  return {
    before: steps.filter(({ change }) => change !== 'added').map(({ item }) => item),
    after: steps.filter(({ change }) => change !== 'removed').map(({ item }) => item),
    kept: before,
  };
}

describe('diff', () => {
  it.each([
    [[], []],
    [['a'], []],
    [[], ['a']],
    [
      ['a', 'b', 'c'],
      ['a', 'x', 'c'],
    ],
    [
      ['a', 'b', 'c', 'a', 'b', 'b', 'a'],
      ['c', 'b', 'a', 'b', 'a', 'c'],
    ],
  ])('leads from %j to %j', (before, after) => {
    const { before: left, after: right } = apply(before, diff<string>(before, after));
    expect(left).toEqual(before);
    expect(right).toEqual(after);
  });

  it('finds the shortest way', () => {
    const steps = diff([...'abcabba'], [...'cbabac']);
    expect(steps.filter(({ change }) => change !== 'same')).toHaveLength(5);
  });

  it('leads from any text to any other', () => {
    let seed = 7;
    const random = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
    for (let round = 0; round < 200; round += 1) {
      const before = Array.from({ length: random(12) }, () => 'abc'[random(3)] ?? '');
      const after = Array.from({ length: random(12) }, () => 'abc'[random(3)] ?? '');
      const result = apply(before, diff(before, after));
      expect([result.before, result.after]).toEqual([before, after]);
    }
  });

  it('gives up on texts that share next to nothing', () => {
    const before = Array.from({ length: 1_600 }, (_, index) => `a${index}`);
    const after = Array.from({ length: 1_600 }, (_, index) => `b${index}`);
    expect(diff(before, after)).toHaveLength(3_200);
  });
});

describe('compare', () => {
  it('marks the word that changed and numbers both sides', () => {
    const rows = compare('Be kind.\nGreet Ada.', 'Be kind.\nGreet Bob.\nBye.');
    expect(rows.map(({ change, leftLine, rightLine }) => [change, leftLine, rightLine])).toEqual([
      ['same', 1, 1],
      ['changed', 2, 2],
      ['added', null, 3],
    ]);
    expect(rows[1]?.left).toContainEqual({ change: 'removed', text: 'Ada' });
    expect(rows[1]?.right).toContainEqual({ change: 'added', text: 'Bob' });
  });
});
