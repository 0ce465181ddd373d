import { useState } from 'react';
import {
  Bar,
  BarChart,
  CartesianGrid,
  Line as Stroke,
  LineChart,
  ReferenceArea,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import type { Line, Row } from '../lines';

export interface PlotProps {
  rows: Row[];
  lines: Line[];
  stacked: boolean;
  name: (line: Line) => string;
  write: (value: number) => string;
  writeTime: (at: number, long: boolean) => string;
  /** The first and the last bucket of a stroke; the same one for a click. */
  onStroke: (from: number, to: number) => void;
}

const axis = { fontSize: 11, fill: 'var(--muted)' };

/** The drawing alone; who cannot see it has the table beside it. */
export default function Plot({ rows, lines, stacked, name, write, writeTime, onStroke }: PlotProps) {
  const [stroke, setStroke] = useState<[number, number] | null>(null);
  const begin = (at: number | null) => setStroke(at === null ? null : [at, at]);
  const move = (at: number | null) => setStroke((now) => (now && at !== null ? [now[0], at] : now));
  const end = () => {
    if (stroke) {
      onStroke(...stroke);
      setStroke(null);
    }
  };
  const common = {
    data: rows,
    margin: { top: 4, right: 4, bottom: 0, left: 0 },
    accessibilityLayer: false,
    onMouseDown: (state: Pointed) => begin(pointed(state)),
    onMouseMove: (state: Pointed) => move(pointed(state)),
    onMouseUp: end,
    onMouseLeave: () => setStroke(null),
  };
  const frame = (
    <>
      <CartesianGrid vertical={false} stroke="var(--border)" />
      <XAxis
        dataKey="at"
        tick={axis}
        tickLine={false}
        axisLine={{ stroke: 'var(--border-strong)' }}
        tickFormatter={(at: number) => writeTime(at, false)}
        minTickGap={40}
      />
      <YAxis
        tick={axis}
        tickLine={false}
        axisLine={false}
        width={56}
        tickCount={4}
        tickFormatter={(value: number) => write(value)}
      />
      <Tooltip
        isAnimationActive={false}
        cursor={stacked ? { fill: 'var(--hover)' } : { stroke: 'var(--border-strong)' }}
        wrapperClassName="plot-tip"
        labelFormatter={(at) => writeTime(Number(at), true)}
        formatter={(value) => write(Number(value))}
      />
    </>
  );
  const area = stroke && stroke[0] !== stroke[1] && (
    <ReferenceArea
      x1={Math.min(...stroke)}
      x2={Math.max(...stroke)}
      fill="var(--accent)"
      fillOpacity={0.15}
      ifOverflow="visible"
    />
  );
  return (
    <ResponsiveContainer width="100%" height="100%">
      {stacked ? (
        <BarChart {...common} barCategoryGap="15%">
          {frame}
          {lines.map((line) => (
            <Bar
              key={line.id}
              dataKey={line.id}
              name={name(line)}
              stackId="all"
              fill={line.colour}
              isAnimationActive={false}
            />
          ))}
          {area}
        </BarChart>
      ) : (
        <LineChart {...common}>
          {frame}
          {lines.map((line) => (
            <Stroke
              key={line.id}
              dataKey={line.id}
              name={name(line)}
              stroke={line.colour}
              strokeWidth={1.75}
              dot={rows.filter((row) => row[line.id] != null).length < 3}
              connectNulls
              isAnimationActive={false}
            />
          ))}
          {area}
        </LineChart>
      )}
    </ResponsiveContainer>
  );
}

interface Pointed {
  activeLabel?: string | number | undefined;
}

function pointed({ activeLabel }: Pointed): number | null {
  return activeLabel === undefined ? null : Number(activeLabel);
}
