import { useState } from 'react';
import { Button } from '@mantine/core';
import { type CacheDay, hitRateOn, reusedOn, useCacheFigures, usePurgeCache } from '@/shared/data/stats';
import { useFormat, useText } from '@/shared/i18n/language';
import { Empty, Facts } from '@/shared/ui/basics';
import { Confirm } from '@/shared/ui/confirm';
import { tell } from '@/shared/ui/problem';
import { QueryState, Table } from '@/shared/ui/table';

const days = 30;

/** What stored results have saved, and the way to let go of them. */
export function Cache() {
  const text = useText();
  const format = useFormat();
  const cache = useCacheFigures(days);
  const purge = usePurgeCache();
  const [asking, setAsking] = useState(false);
  return (
    <div className="stack">
      <div className="toolbar">
        <p className="muted grow">{text.cache.about}</p>
        <Button size="xs" variant="default" color="red" onClick={() => setAsking(true)}>
          {text.cache.purge}
        </Button>
      </div>
      <QueryState query={cache} rows={3} />
      {cache.data && (
        <>
          <Facts
            facts={[
              [text.cache.stored, format.number(cache.data.entries.stored)],
              [text.cache.memory, format.number(cache.data.entries.memory)],
              [text.charts.saved, format.money(cache.data.total.savedCostUSD)],
              [text.cache.hits, format.number(cache.data.days.reduce((sum, day) => sum + reusedOn(day), 0))],
            ]}
          />
          {cache.data.days.length === 0 ? <Empty title={text.charts.none} /> : <Days days={cache.data.days} />}
        </>
      )}
      <Confirm
        opened={asking}
        danger
        title={text.cache.purge}
        confirm={text.cache.purge}
        busy={purge.isPending}
        problem={purge.error}
        onClose={() => setAsking(false)}
        onConfirm={() =>
          purge.mutate(undefined, {
            onSuccess: ({ purged }) => {
              setAsking(false);
              tell(text.cache.purged(purged));
            },
          })
        }
      >
        {text.cache.purgeText}
      </Confirm>
    </div>
  );
}

function Days({ days: known }: { days: CacheDay[] }) {
  const text = useText();
  const format = useFormat();
  return (
    <Table
      label={text.settings.tab.cache}
      columns={[
        text.cache.day,
        { name: text.cache.hits, right: true },
        { name: text.cache.misses, right: true },
        { name: text.charts.title.hitRate, right: true, wide: true },
        { name: text.charts.saved, right: true },
      ]}
    >
      {known.map((day) => {
        const rate = hitRateOn(day);
        return (
          <tr key={day.day}>
            <td className="num">{format.day(`${day.day}T12:00:00`)}</td>
            <td className="right num">{format.number(reusedOn(day))}</td>
            <td className="right num">{format.number(day.misses)}</td>
            <td className="right num wide-only">{rate === null ? '–' : format.percent(rate)}</td>
            <td className="right num">{format.money(day.savedCostUSD)}</td>
          </tr>
        );
      })}
    </Table>
  );
}
