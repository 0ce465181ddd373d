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
}

/** What a job has said so far, with one more event. A new attempt begins anew; a piece that is known already changes nothing. */
export function withEvent(said: Said, event: JobEvent): Said {
  const attempt = event.attempt ?? said.attempt;
  const before = attempt === said.attempt ? said.text : '';
  if (event.type !== 'job.delta') {
    return attempt === said.attempt ? said : { attempt, text: before };
  }
  const offset = event.offset ?? before.length;
  return offset > before.length ? said : { attempt, text: before.slice(0, offset) + (event.text ?? '') };
}

const nothing: Said = { attempt: 0, text: '' };

/** The text of a job as it arrives. */
export function useJobText(id: string | undefined, live: boolean): string {
  const [said, setSaid] = useState({ id, ...nothing });
  const take = useCallback(
    (piece: JobEvent[]) => setSaid((now) => ({ id, ...piece.reduce<Said>(withEvent, now.id === id ? now : nothing) })),
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
  return said.id === id ? said.text : '';
}
