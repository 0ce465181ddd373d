import { type PointerEvent, useState } from 'react';
import { type JobStatus, statuses } from '@/shared/data/jobs';
import type { JobHistogram } from '@/shared/data/stats';
import { useFormat, useText } from '@/shared/i18n/language';
import { stroke } from '@/shared/stroke';

interface Props {
  histogram: JobHistogram | undefined;
  /** Others are drawn pale. */
  status: JobStatus | undefined;
  onSpan: (from: string, to: string) => void;
}

const height = 44;

/** How many jobs there are over time. A stroke over it narrows the list to that time. */
export function Strip({ histogram, status, onSpan }: Props) {
  const text = useText();
  const format = useFormat();
  const [drawn, setDrawn] = useState<[number, number] | null>(null);
  const buckets = histogram?.buckets ?? [];
  const { from, to } = histogram ?? {};
  if (!histogram || !from || !to) {
    return <div className="strip" />;
  }
  const total = (bucket: JobHistogram['buckets'][number]) => statuses.reduce((sum, each) => sum + bucket[each], 0);
  const most = Math.max(1, ...buckets.map(total));
  const at = (event: PointerEvent<SVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const place = Math.floor(((event.clientX - box.left) / box.width) * buckets.length);
    return Math.min(Math.max(place, 0), buckets.length - 1);
  };
  const finish = () => {
    if (drawn) {
      const span = stroke(buckets, to, ...drawn);
      setDrawn(null);
      onSpan(span.from, span.to);
    }
  };
  const [first, last] = drawn ? [Math.min(...drawn), Math.max(...drawn)] : [0, -1];
  return (
    <div className="strip">
      <svg
        className="bars strip-bars"
        viewBox={`0 0 ${buckets.length} ${height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={text.jobs.strip}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          setDrawn([at(event), at(event)]);
        }}
        onPointerMove={(event) => drawn && setDrawn([drawn[0], at(event)])}
        onPointerUp={finish}
        onPointerCancel={() => setDrawn(null)}
      >
        {buckets.map((bucket, index) => {
          let y = height;
          return (
            <g key={bucket.from} data-drawn={index >= first && index <= last ? '' : undefined}>
              <title>{text.jobs.stripTime(format.time(bucket.from), total(bucket))}</title>
              <rect className="strip-back" x={index} y={0} width={1} height={height} />
              {statuses.map((each) => {
                const size = (bucket[each] / most) * (height - 2);
                y -= size;
                return size > 0 ? (
                  <rect
                    key={each}
                    data-status={each}
                    data-pale={status !== undefined && status !== each ? '' : undefined}
                    x={index + 0.1}
                    y={y}
                    width={0.8}
                    height={size}
                  />
                ) : null;
              })}
            </g>
          );
        })}
      </svg>
      <div className="chart-axis num">
        <span>{format.time(from)}</span>
        {!histogram.complete && histogram.oldestCounted && (
          <span className="wide-only">{text.jobs.stripPart(format.time(histogram.oldestCounted))}</span>
        )}
        <span>{format.time(to)}</span>
      </div>
    </div>
  );
}
