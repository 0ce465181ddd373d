export type Change = 'same' | 'removed' | 'added';

export interface Piece {
  change: Change;
  text: string;
}

export interface Row {
  change: Change | 'changed';
  /** null = this side has no such line */
  left: Piece[] | null;
  right: Piece[] | null;
  leftLine: number | null;
  rightLine: number | null;
}

/** Beyond this many edits the middle counts as replaced: nobody reads such a diff word by word. */
const maxEdits = 1_500;

/** Myers' greedy algorithm: the shortest list of removals and additions. */
export function diff<T>(before: readonly T[], after: readonly T[]): { change: Change; item: T }[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) {
    start += 1;
  }
  let end = 0;
  while (
    end < before.length - start &&
    end < after.length - start &&
    before[before.length - 1 - end] === after[after.length - 1 - end]
  ) {
    end += 1;
  }
  const same = (item: T) => ({ change: 'same' as const, item });
  return [
    ...before.slice(0, start).map(same),
    ...middle(before.slice(start, before.length - end), after.slice(start, after.length - end)),
    ...before.slice(before.length - end).map(same),
  ];
}

function middle<T>(before: T[], after: T[]): { change: Change; item: T }[] {
  const trace = edits(before, after);
  if (!trace) {
    return [
      ...before.map((item) => ({ change: 'removed' as const, item })),
      ...after.map((item) => ({ change: 'added' as const, item })),
    ];
  }
  const steps: { change: Change; item: T }[] = [];
  let x = before.length;
  let y = after.length;
  for (let d = trace.length - 1; d >= 0; d -= 1) {
    const reached = trace[d] as Map<number, number>;
    const k = x - y;
    const down = k === -d || (k !== d && (reached.get(k - 1) ?? -1) < (reached.get(k + 1) ?? -1));
    const fromK = down ? k + 1 : k - 1;
    const fromX = d === 0 ? 0 : (reached.get(fromK) ?? 0);
    const fromY = d === 0 ? 0 : fromX - fromK;
    while (x > fromX && y > fromY && x > 0 && y > 0 && before[x - 1] === after[y - 1]) {
      steps.push({ change: 'same', item: before[x - 1] as T });
      x -= 1;
      y -= 1;
    }
    if (d > 0) {
      if (down) {
        steps.push({ change: 'added', item: after[y - 1] as T });
        y -= 1;
      } else {
        steps.push({ change: 'removed', item: before[x - 1] as T });
        x -= 1;
      }
    }
  }
  return steps.reverse();
}

/** For each number of edits, how far each diagonal had come before them; null when there are too many. */
function edits<T>(before: T[], after: T[]): Map<number, number>[] | null {
  const reached = new Map<number, number>([[1, 0]]);
  const trace: Map<number, number>[] = [];
  for (let d = 0; d <= Math.min(before.length + after.length, maxEdits); d += 1) {
    trace.push(new Map(reached));
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && (reached.get(k - 1) ?? -1) < (reached.get(k + 1) ?? -1));
      let x = down ? (reached.get(k + 1) ?? 0) : (reached.get(k - 1) ?? 0) + 1;
      while (x < before.length && x - k < after.length && before[x] === after[x - k]) {
        x += 1;
      }
      reached.set(k, x);
      if (x >= before.length && x - k >= after.length) {
        return trace;
      }
    }
  }
  return null;
}

/** Two texts beside each other, line by line; within a changed line word by word. */
export function compare(before: string, after: string): Row[] {
  const rows: Row[] = [];
  let leftLine = 0;
  let rightLine = 0;
  const removed: string[] = [];
  const added: string[] = [];
  const flush = () => {
    for (let i = 0; i < Math.max(removed.length, added.length); i += 1) {
      const left = removed[i];
      const right = added[i];
      if (left !== undefined && right !== undefined) {
        rows.push({ change: 'changed', ...words(left, right), leftLine: ++leftLine, rightLine: ++rightLine });
      } else if (left !== undefined) {
        rows.push({
          change: 'removed',
          left: [{ change: 'removed', text: left }],
          right: null,
          leftLine: ++leftLine,
          rightLine: null,
        });
      } else if (right !== undefined) {
        rows.push({
          change: 'added',
          left: null,
          right: [{ change: 'added', text: right }],
          leftLine: null,
          rightLine: ++rightLine,
        });
      }
    }
    removed.length = 0;
    added.length = 0;
  };
  for (const { change, item } of diff(lines(before), lines(after))) {
    if (change === 'removed') {
      removed.push(item);
    } else if (change === 'added') {
      added.push(item);
    } else {
      flush();
      const same: Piece[] = [{ change: 'same', text: item }];
      rows.push({ change: 'same', left: same, right: same, leftLine: ++leftLine, rightLine: ++rightLine });
    }
  }
  flush();
  return rows;
}

function lines(text: string): string[] {
  return text === '' ? [] : text.split('\n');
}

function words(left: string, right: string): { left: Piece[]; right: Piece[] } {
  const pieces = diff(left.match(/\w+|\s+|[^\w\s]/g) ?? [], right.match(/\w+|\s+|[^\w\s]/g) ?? []);
  const side = (other: Change) =>
    pieces.filter(({ change }) => change !== other).map(({ change, item }) => ({ change, text: item }));
  return { left: side('added'), right: side('removed') };
}
