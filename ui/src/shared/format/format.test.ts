import { expect, it } from 'vitest';
import { createFormat } from './format';

const en = createFormat('en');
const pt = createFormat('pt-BR');

it('writes money as exactly as it takes', () => {
  expect([0, 0.00098775, 0.02, 1.5, 1234.567].map(en.money)).toEqual([
    '$0.00',
    '$0.0009878',
    '$0.02',
    '$1.50',
    '$1,234.57',
  ]);
  expect(pt.money(1234.5)).toBe('$\u00a01.234,50');
});

it('never shows what is unknown as nothing', () => {
  expect([en.money(null), en.tokens(null), en.duration(null)]).toEqual(['–', '–', '–']);
});

it('writes durations and distances in time', () => {
  expect([4, 999, 4_530, 61_000, 3_720_000].map(en.duration)).toEqual([
    '4 ms',
    '999 ms',
    '4.53 s',
    '1 min 1 s',
    '1 h 2 min',
  ]);
  const now = Date.parse('2026-01-31T12:00:00.000Z');
  expect(en.ago('2026-01-31T11:57:00.000Z', now)).toBe('3 min. ago');
  expect(pt.ago('2026-01-31T11:57:00.000Z', now)).toMatch(/^há 3 min\.?$/);
});

it('writes differences in points with their sign, and figures with two digits that say something', () => {
  expect([-0.0624, 0.12, 0].map(en.points)).toEqual(['-6.2', '+12.0', '0.0']);
  expect([0.01149, 1].map(en.figure)).toEqual(['0.011', '1']);
});
