import { expect, it } from 'vitest';
import type { JobEvent } from '@/shared/api/events';
import { withEvent } from './live';

const delta = (attempt: number, offset: number, text: string) =>
  ({ type: 'job.delta', attempt, offset, text }) as JobEvent;

it('puts the pieces of an attempt together, each once', () => {
  const pieces = [delta(1, 0, 'Good '), delta(1, 5, 'morn'), delta(1, 5, 'morn'), delta(1, 9, 'ing')];
  expect(pieces.reduce(withEvent, { attempt: 0, text: '' })).toEqual({ attempt: 1, text: 'Good morning' });
});

it('begins anew with the next attempt', () => {
  const events = [delta(1, 0, 'Go'), { type: 'job.running', attempt: 2 } as JobEvent, delta(2, 0, 'Hello')];
  expect(events.reduce(withEvent, { attempt: 0, text: '' })).toEqual({ attempt: 2, text: 'Hello' });
});

it('shows no text with a hole', () => {
  expect(withEvent({ attempt: 1, text: 'Go' }, delta(1, 7, 'ing'))).toEqual({ attempt: 1, text: 'Go' });
});
