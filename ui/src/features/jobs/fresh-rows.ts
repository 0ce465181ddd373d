interface Row {
  id: string;
}

/**
 * What a live list shows: rows that are newer than `newest` wait, so that nothing moves under the pointer. Ids sort by
 * creation.
 *
 * @param newest the id of the newest row that may show; undefined = all
 */
export function settle<T extends Row>(fresh: T[], newest: string | undefined): { shown: T[]; waiting: number } {
  if (newest === undefined) {
    return { shown: fresh, waiting: 0 };
  }
  const shown = fresh.filter(({ id }) => id <= newest);
  return { shown, waiting: fresh.length - shown.length };
}
