import { useSyncExternalStore } from 'react';

const listeners = new Set<() => void>();

function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // private windows may forbid it
  }
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener('storage', listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener('storage', listener);
  };
}

/** A preference of this browser, the same in all its tabs. */
export function useStored(key: string): [string | null, (value: string | null) => void] {
  const name = `promptlab.${key}`;
  const value = useSyncExternalStore(subscribe, () => read(name));
  return [value, (next) => store(name, next)];
}

function store(name: string, value: string | null) {
  try {
    if (value === null) {
      localStorage.removeItem(name);
    } else {
      localStorage.setItem(name, value);
    }
  } catch {
    // kept for this page only
  }
  listeners.forEach((listener) => listener());
}
