import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { type JobEvent, events } from '@/shared/api/events';

/** Events of one frame, or of this long under load, are one look at the server. */
const gather = 250;

/** Whether events arrive; without them, lists ask again by themselves. */
export function useConnected(): boolean {
  return useSyncExternalStore(events.watch, events.connected);
}

/** While it is shown, whatever happens to jobs makes what is shown of them fresh. */
export function useLiveJobs(live: boolean) {
  const client = useQueryClient();
  useEffect(() => {
    if (!live) {
      return;
    }
    const changed = new Set<string>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = () => {
      timer = undefined;
      for (const id of changed) {
        void client.invalidateQueries({ queryKey: ['jobs', 'one', id] });
      }
      changed.clear();
      void client.invalidateQueries({ queryKey: ['jobs'], predicate: ({ queryKey }) => queryKey[1] !== 'one' });
    };
    const soon = () => {
      timer ??= setTimeout(look, gather);
    };
    const end = events.follow('jobs', {
      onEvent: ({ jobId }) => {
        changed.add(jobId);
        soon();
      },
      onGap: () => void client.invalidateQueries({ queryKey: ['jobs'] }),
    });
    return () => {
      end();
      clearTimeout(timer);
    };
  }, [client, live]);
}

export interface Said {
  attempt: number;
  text: string;
  /** When the call began, its first and its latest piece arrived: the server's times, in milliseconds. */
  beganAt: number | null;
  firstAt: number | null;
  latestAt: number | null;
  /** All that was told but the pieces of text. */
  events: JobEvent[];
}

export const nothingSaid: Said = { attempt: 0, text: '', beganAt: null, firstAt: null, latestAt: null, events: [] };

/** What a job has said so far, with one more event. A new attempt begins anew; a piece that is known already changes nothing. */
export function withEvent(said: Said, event: JobEvent): Said {
  const attempt = event.attempt ?? said.attempt;
  const same = attempt === said.attempt ? said : { ...nothingSaid, attempt, events: said.events };
  const before = event.type === 'job.delta' ? same : { ...same, events: withEach(said.events, event) };
  const at = Date.parse(event.at);
  if (event.type === 'job.running') {
    return { ...before, beganAt: at };
  }
  if (event.type !== 'job.delta') {
    return before;
  }
  const offset = event.offset ?? before.text.length;
  return offset > before.text.length
    ? said
    : {
        ...before,
        text: before.text.slice(0, offset) + (event.text ?? ''),
        firstAt: before.firstAt ?? at,
        latestAt: Math.max(at, before.latestAt ?? at),
      };
}

function withEach(known: JobEvent[], event: JobEvent): JobEvent[] {
  return known.some(({ id }) => id === event.id) ? known : [...known, event];
}

/** The text of a job as it arrives, and what is still kept of it afterwards. */
export function useJobText(id: string | undefined, live: boolean): Said {
  const [said, setSaid] = useState({ id, ...nothingSaid });
  const take = useCallback(
    (piece: JobEvent[]) =>
      setSaid((now) => ({ id, ...piece.reduce<Said>(withEvent, now.id === id ? now : nothingSaid) })),
    [id],
  );
  useEffect(() => {
    if (!live || id === undefined) {
      return;
    }
    let frame = 0;
    let piece: JobEvent[] = [];
    const show = () => {
      frame = 0;
      take(piece);
      piece = [];
    };
    const end = events.follow(`job:${id}`, {
      onEvent: (event) => {
        piece.push(event);
        frame ||= requestAnimationFrame(show);
      },
      onGap: () => undefined,
    });
    return () => {
      end();
      cancelAnimationFrame(frame);
    };
  }, [id, live, take]);
  return said.id === id ? said : nothingSaid;
}
