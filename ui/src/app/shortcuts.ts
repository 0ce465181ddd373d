import { useEffect } from 'react';
import { useStored } from '@/shared/stored';

export interface Shortcut {
  /** `?`, `g t`, `mod+k`; letters in lower case. */
  keys: string;
  run: () => void;
}

const patience = 1_200;

/** Single letters can be switched off: speech input types them. */
export function useSingleKeys(): [boolean, (on: boolean) => void] {
  const [value, set] = useStored('singleKeys');
  return [value !== 'off', (on) => set(on ? null : 'off')];
}

export function useShortcuts(shortcuts: Shortcut[]) {
  const [singleKeys] = useSingleKeys();
  useEffect(() => {
    let first = '';
    let firstAt = 0;
    const onKey = (event: KeyboardEvent) => {
      const chord = chordOf(event);
      if (chord === null || (!chord.startsWith('mod+') && (!singleKeys || isTyping(event.target)))) {
        return;
      }
      const sequence = Date.now() - firstAt < patience ? `${first} ${chord}` : chord;
      const found = shortcuts.find(({ keys }) => keys === sequence) ?? shortcuts.find(({ keys }) => keys === chord);
      first = chord;
      firstAt = Date.now();
      if (found) {
        event.preventDefault();
        first = '';
        found.run();
      }
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [shortcuts, singleKeys]);
}

export function chordOf(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>): string | null {
  if (event.altKey || event.key.length > 1) {
    return null;
  }
  const key = event.key.toLowerCase();
  return event.ctrlKey || event.metaKey ? `mod+${key}` : key;
}

export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) {
    return false;
  }
  return (
    target.isContentEditable ||
    target.closest('[role="dialog"]') !== null ||
    (target instanceof HTMLInputElement && target.type !== 'checkbox') ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement
  );
}

/** J and K step through the links of a list, which Enter then opens; X ticks the row's box, Space peeks. */
export function stepRow(by: 1 | -1) {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-row-link]')];
  const at = rows.findIndex((row) => row === document.activeElement);
  const next = at === -1 ? (by === 1 ? 0 : rows.length - 1) : Math.min(Math.max(at + by, 0), rows.length - 1);
  rows[next]?.focus();
}

export function tickRow() {
  rowOfFocus()?.querySelector<HTMLInputElement>('input[type="checkbox"]')?.click();
}

export function peekRow() {
  rowOfFocus()?.querySelector<HTMLElement>('[data-row-peek]')?.click();
}

function rowOfFocus(): Element | null {
  return document.activeElement?.hasAttribute('data-row-link') ? document.activeElement.closest('tr, li') : null;
}
