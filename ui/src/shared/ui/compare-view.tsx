import { useMemo } from 'react';
import { useText } from '@/shared/i18n/language';
import { type Piece, type Row, compare } from '@/shared/diff';

interface Props {
  title: string;
  before: string;
  after: string;
  beforeName: string;
  afterName: string;
}

/** Two texts side by side; on a narrow screen below each other. */
export function CompareView({ title, before, after, beforeName, afterName }: Props) {
  const text = useText();
  const rows = useMemo(() => compare(before, after), [before, after]);
  if (rows.every(({ change }) => change === 'same')) {
    return (
      <div className="compare">
        <div className="compare-title">
          <span>{title}</span>
          <span className="muted">{text.compare.same}</span>
        </div>
      </div>
    );
  }
  return (
    <div className="compare">
      <div className="compare-title">{title}</div>
      <div className="compare-scroll" role="region" aria-label={title} tabIndex={0}>
        <table className="compare-table">
          <thead>
            <tr>
              <th aria-label={text.compare.line} />
              <th scope="col">{beforeName}</th>
              <th aria-label={text.compare.line} />
              <th scope="col">{afterName}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row, index) => (
              <CompareRow key={index} row={row} />
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

function CompareRow({ row }: { row: Row }) {
  return (
    <tr data-change={row.change}>
      <td className="line-number">{row.leftLine}</td>
      <td className="compare-left">{row.left ? <Pieces pieces={row.left} /> : null}</td>
      <td className="line-number">{row.rightLine}</td>
      <td className="compare-right">{row.right ? <Pieces pieces={row.right} /> : null}</td>
    </tr>
  );
}

function Pieces({ pieces }: { pieces: Piece[] }) {
  return pieces.map(({ change, text }, index) => {
    if (change === 'removed') {
      return <del key={index}>{text}</del>;
    }
    return change === 'added' ? <ins key={index}>{text}</ins> : <span key={index}>{text}</span>;
  });
}
