/** Which part of a time a stroke over a strip covers, in whole buckets. */
export function stroke(
  buckets: { from: string }[],
  to: string,
  one: number,
  other: number,
): { from: string; to: string } {
  const [first, last] = one < other ? [one, other] : [other, one];
  return { from: buckets[first]?.from ?? to, to: buckets[last + 1]?.from ?? to };
}
