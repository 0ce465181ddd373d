import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { EventClient, type JobEvent, type SocketLike } from './events';

class FakeSocket implements SocketLike {
  readonly sent: unknown[] = [];
  onopen: WebSocket['onopen'] = null;
  onmessage: WebSocket['onmessage'] = null;
  onclose: WebSocket['onclose'] = null;

  send(text: string) {
    this.sent.push(JSON.parse(text));
  }

  close() {
    this.breakWith(1000);
  }

  opened() {
    this.onopen?.call(this as unknown as WebSocket, new Event('open'));
  }

  says(frame: object) {
    this.onmessage?.call(this as unknown as WebSocket, new MessageEvent('message', { data: JSON.stringify(frame) }));
  }

  breakWith(code: number) {
    this.onclose?.call(this as unknown as WebSocket, { code } as CloseEvent);
  }
}

let sockets: FakeSocket[];
let client: EventClient;
let seen: string[];

const event = (id: string, jobId: string, type = 'job.running') => ({
  type: 'event',
  event: { id, type, jobId, at: '2026-01-31T12:00:00.000Z', status: 'running' } as JobEvent,
});
const listener = (name: string) => ({
  onEvent: ({ id }: JobEvent) => seen.push(`${name} ${id}`),
  onGap: () => seen.push(`${name} gap`),
});
const socket = (at: number) => sockets[at] ?? expect.unreachable('no such socket');

beforeEach(() => {
  vi.useFakeTimers();
  sockets = [];
  seen = [];
  client = new EventClient(() => {
    const fake = new FakeSocket();
    sockets.push(fake);
    return fake;
  });
});

afterEach(() => {
  vi.useRealTimers();
});

it('hands each event to those who asked for it, text only to those of the job', () => {
  client.follow('jobs', listener('all'));
  client.follow('job:a', listener('a'));
  socket(0).opened();
  expect(socket(0).sent).toEqual([{ type: 'subscribe', topics: ['jobs', 'job:a'] }]);
  socket(0).says(event('1', 'a'));
  socket(0).says(event('2', 'b'));
  socket(0).says(event('3', 'a', 'job.delta'));
  expect(seen).toEqual(['all 1', 'a 1', 'all 2', 'a 3']);
});

it('goes on from the last event on a new socket', () => {
  client.follow('jobs', listener('all'));
  socket(0).opened();
  socket(0).says({ type: 'subscribed', after: '5' });
  socket(0).says(event('7', 'a'));
  expect(client.connected()).toBe(true);
  socket(0).breakWith(1006);
  expect(client.connected()).toBe(false);
  vi.advanceTimersByTime(1_000);
  socket(1).opened();
  expect(socket(1).sent).toEqual([{ type: 'subscribe', topics: ['jobs'], after: '7' }]);
});

it('begins anew, and says so, when what it missed is not kept any more', () => {
  client.follow('jobs', listener('all'));
  socket(0).opened();
  socket(0).says(event('7', 'a'));
  socket(0).breakWith(1006);
  vi.advanceTimersByTime(1_000);
  socket(1).opened();
  socket(1).says({ type: 'error', error: { code: 'conflict' } });
  expect(seen).toEqual(['all 7', 'all gap']);
  expect(socket(1).sent.at(-1)).toEqual({ type: 'subscribe', topics: ['jobs'] });
});

it('closes with the last listener, and does not come back when it is not allowed', () => {
  const end = client.follow('job:a', listener('a'));
  socket(0).opened();
  end();
  expect(client.connected()).toBe(false);
  client.follow('jobs', listener('all'));
  socket(1).opened();
  socket(1).breakWith(1008);
  vi.advanceTimersByTime(60_000);
  expect(sockets).toHaveLength(2);
});
