import { Link } from '@tanstack/react-router';

interface Props {
  name: string;
  value: string;
  note?: string | undefined;
  to?: '/jobs' | '/dead-letters';
  search?: object;
  tone?: 'danger' | undefined;
}

export function Tile({ name, value, note, to, search, tone }: Props) {
  const body = (
    <>
      <span className="tile-name">{name}</span>
      <span className="tile-value num" data-tone={tone}>
        {value}
      </span>
      <span className="tile-note">{note}</span>
    </>
  );
  return to ? (
    <Link className="tile" to={to} search={(search ?? {}) as never}>
      {body}
    </Link>
  ) : (
    <div className="tile">{body}</div>
  );
}
