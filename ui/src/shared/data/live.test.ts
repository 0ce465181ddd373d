import { expect, it } from 'vitest';
import type { JobEvent } from '@/shared/api/events';
import { nothingSaid, withEvent } from './live';

const event = (type: JobEvent['type'], second: number, more: Partial<JobEvent>) =>
  ({ type, at: new Date(second * 1_000).toISOString(), ...more }) as JobEvent;
const delta = (attempt: number, offset: number, text: string, second = 0) =>
  event('job.delta', second, { attempt, offset, text });

it('puts the pieces of an attempt together, each once', () => {
  const pieces = [delta(1, 0, 'Good '), delta(1, 5, 'morn'), delta(1, 5, 'morn'), delta(1, 9, 'ing')];
  expect(pieces.reduce(withEvent, nothingSaid)).toMatchObject({ attempt: 1, text: 'Good morning' });
});

it('begins anew with the next attempt', () => {
  const events = [delta(1, 0, 'Go'), event('job.running', 2, { attempt: 2 }), delta(2, 0, 'Hello', 3)];
  expect(events.reduce(withEvent, nothingSaid)).toMatchObject({ attempt: 2, text: 'Hello', firstAt: 3_000 });
});

it('shows no text with a hole', () => {
  const said = { ...nothingSaid, attempt: 1, text: 'Go' };
  expect(withEvent(said, delta(1, 7, 'ing'))).toEqual(said);
});

it('knows when the call began, and when its first and its latest piece came', () => {
  const events = [event('job.running', 1, { attempt: 1 }), delta(1, 0, 'a', 3), delta(1, 1, 'b', 5)];
  expect(events.reduce(withEvent, nothingSaid)).toMatchObject({ beganAt: 1_000, firstAt: 3_000, latestAt: 5_000 });
});
