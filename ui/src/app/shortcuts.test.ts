import { expect, it } from 'vitest';
import { chordOf, isTyping } from './shortcuts';

const press = (key: string, more = {}) => chordOf({ key, ctrlKey: false, metaKey: false, altKey: false, ...more });

it('names chords the same on every system', () => {
  expect([
    press('K', { ctrlKey: true }),
    press('k', { metaKey: true }),
    press('?'),
    press('Tab'),
    press('x', { altKey: true }),
  ]).toEqual(['mod+k', 'mod+k', '?', null, null]);
});

it('leaves letters to whoever types', () => {
  document.body.innerHTML =
    '<input id="a"><input id="b" type="checkbox"><div role="dialog"><button id="c"></button></div><a id="d"></a>';
  const typing = ['a', 'b', 'c', 'd'].map((id) => isTyping(document.getElementById(id)));
  expect(typing).toEqual([true, false, true, false]);
});
