import { expect, it } from 'vitest';
import { en } from './en';
import { ptBR } from './pt-br';

type Tree = { [name: string]: string | ((...values: never[]) => string) | Tree };

function leaves(tree: Tree, path = ''): [string, string | ((...values: never[]) => string)][] {
  return Object.entries(tree).flatMap(([name, value]) =>
    typeof value === 'object'
      ? leaves(value, `${path}${name}.`)
      : [[`${path}${name}`, value] as [string, typeof value]],
  );
}

it('has no empty text in either language', () => {
  const empty = [...leaves(en), ...leaves(ptBR)].filter(([, text]) => typeof text === 'string' && text.trim() === '');
  expect(empty).toEqual([]);
});

it('fills every number in both languages', () => {
  for (const catalogue of [en, ptBR]) {
    for (const [name, text] of leaves(catalogue)) {
      if (typeof text === 'function') {
        const filled = (text as (...values: unknown[]) => string)(3, 4, 5);
        expect(filled, name).not.toContain('#');
        expect(filled, name).toMatch(/3|4/);
      }
    }
  }
});
