import { useEffect, useRef, useState } from 'react';

const pause = 200;

/** What is typed shows at once and reaches the address after a pause; a change of the address wins. */
export function useTypedText(
  settled: string | undefined,
  settle: (value: string | undefined) => void,
): [string, (value: string) => void] {
  const [typed, setTyped] = useState(settled ?? '');
  const [known, setKnown] = useState(settled);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  if (known !== settled) {
    setKnown(settled);
    if ((settled ?? '') !== typed.trim()) {
      setTyped(settled ?? '');
    }
  }
  useEffect(() => () => clearTimeout(timer.current), []);
  const type = (value: string) => {
    setTyped(value);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => settle(value.trim() || undefined), pause);
  };
  return [typed, type];
}
