import type { Comparison } from '@/shared/data/evals';
import { useFormat, useText } from '@/shared/i18n/language';
import { Section } from '@/shared/ui/basics';
import { Table } from '@/shared/ui/table';
import { type Difference, differenceOf, numberOf, reachOf } from '../figures';

const width = 220;
const height = 20;

/** Every difference that gates, with its interval: drawn and in figures. */
export function IntervalPlot({ comparisons }: { comparisons: Comparison[] }) {
  const text = useText();
  const format = useFormat();
  const differences = comparisons.map(differenceOf);
  const reach = reachOf(differences.filter((each) => each !== null));
  const rate = ({ mean }: Comparison['baseline']) => {
    const share = numberOf(mean);
    return share === null ? '–' : format.percent(share);
  };
  return (
    <Section title={text.evals.plot.title}>
      <p className="muted section-about">{text.evals.plot.about}</p>
      <Table
        label={text.evals.plot.title}
        columns={[
          text.evals.plot.metric,
          { name: text.evals.plot.baseline, right: true, wide: true },
          { name: text.evals.plot.candidate, right: true, wide: true },
          { name: text.evals.plot.difference, right: true },
          text.evals.plot.interval,
          { name: text.evals.plot.worse, right: true, wide: true },
          { name: text.evals.plot.better, right: true, wide: true },
          { name: text.evals.plot.p, right: true, wide: true },
        ]}
      >
        {comparisons.map((each, index) => {
          const difference = differences[index] ?? null;
          const name = each.tag ? text.evals.plot.tag(each.metric, each.tag) : each.metric;
          const p = numberOf(each.adjustedP);
          return (
            <tr key={name}>
              <td className="nowrap">
                <span className="status" data-verdict={each.verdict}>
                  {name}
                </span>
              </td>
              <td className="right num wide-only">{rate(each.baseline)}</td>
              <td className="right num wide-only">{rate(each.candidate)}</td>
              <td className="right num">{difference ? format.points(difference.at) : '–'}</td>
              <td>{difference && <Interval name={name} difference={difference} reach={reach} />}</td>
              <td className="right num wide-only">{format.number(each.regressed)}</td>
              <td className="right num wide-only">{format.number(each.improved)}</td>
              <td className="right num wide-only">
                {p === null ? '–' : p < 0.001 ? `< ${format.number(0.001)}` : format.figure(p)}
              </td>
            </tr>
          );
        })}
      </Table>
    </Section>
  );
}

interface IntervalProps {
  name: string;
  difference: Difference;
  reach: number;
}

function Interval({ name, difference, reach }: IntervalProps) {
  const text = useText();
  const format = useFormat();
  const x = (share: number) => ((share + reach) / (2 * reach)) * (width - 12) + 6;
  const { at, low, high } = difference;
  const tone = high < 0 ? 'worse' : low > 0 ? 'better' : 'none';
  return (
    <svg
      className="interval"
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      data-tone={tone}
      aria-label={text.evals.plot.drawing(name, format.points(at), format.points(low), format.points(high))}
    >
      <line className="interval-zero" x1={x(0)} x2={x(0)} y1={0} y2={height} />
      <line className="interval-line" x1={x(low)} x2={x(high)} y1={height / 2} y2={height / 2} />
      {[low, high].map((end, index) => (
        <line key={index} className="interval-line" x1={x(end)} x2={x(end)} y1={height / 2 - 4} y2={height / 2 + 4} />
      ))}
      <circle className="interval-point" cx={x(at)} cy={height / 2} r={4} />
    </svg>
  );
}
