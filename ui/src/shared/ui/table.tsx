import type { ReactNode } from 'react';
import type { UseQueryResult } from '@tanstack/react-query';
import { RowsSkeleton } from './basics';
import { Problem } from './problem';

interface Column {
  name: string;
  /** Figures and times stand on the right. */
  right?: boolean;
  /** Left out where there is little room. */
  wide?: boolean;
}

interface TableProps {
  columns: (string | Column)[];
  /** In front of the columns: a cell of its own kind. */
  before?: ReactNode;
  after?: ReactNode;
  /** Makes it a region that can be reached and scrolled by keyboard. */
  label?: string;
  /** What scrolls: the page, or the frame alone. */
  frame?: string;
  children: ReactNode;
}

/** The frame and the head of every list; the rows are its children. */
export function Table({ columns, before, after, label, frame = 'table-frame', children }: TableProps) {
  return (
    <div className={frame} {...(label && { role: 'region', 'aria-label': label, tabIndex: 0 })}>
      <table className="table">
        <thead>
          <tr>
            {before}
            {columns.map((column) => {
              const { name, right, wide } = typeof column === 'string' ? { name: column } : column;
              const looks = [right && 'right', wide && 'wide-only'].filter(Boolean).join(' ');
              return (
                <th key={name} scope="col" className={looks || undefined}>
                  {name}
                </th>
              );
            })}
            {after}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

interface QueryStateProps {
  query: Pick<UseQueryResult, 'isError' | 'isPending' | 'error' | 'refetch'>;
  /** Rows of grey until there is something. */
  rows?: number;
}

/** How it stands with what was asked for: being loaded, or failed with a way to try again. */
export function QueryState({ query, rows = 8 }: QueryStateProps) {
  return (
    <>
      {query.isError && <Problem problem={query.error} retry={() => void query.refetch()} />}
      {query.isPending && <RowsSkeleton rows={rows} />}
    </>
  );
}
