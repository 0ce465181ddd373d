import type { Schemas } from './client';
import { identity } from './identity';

export type JobEvent = Schemas['JobEvent'];

/** All jobs without their text, or one with it. */
export type Topic = 'jobs' | `job:${string}`;

export interface Listener {
  onEvent: (event: JobEvent) => void;
  /** Events may have been missed: look at the jobs themselves. */
  onGap: () => void;
}

type Frame =
  | { type: 'event'; event: JobEvent }
  | { type: 'subscribed'; after: string }
  | { type: 'error'; error: { code: string } }
  | { type: 'ping' };

const firstPause = 500;
const longestPause = 10_000;
const notAllowed = 1008;

/** What `EventClient` needs of a WebSocket; tests have their own. */
export type SocketLike = Pick<WebSocket, 'send' | 'close' | 'onopen' | 'onmessage' | 'onclose'>;

/** The one socket of this page: opened with the first listener, opened again where it was when it breaks, closed with the last. */
export class EventClient {
  private readonly topics = new Map<Topic, Set<Listener>>();
  private readonly watchers = new Set<() => void>();
  private socket: SocketLike | null = null;
  private open = false;
  private last: string | null = null;
  private pause = firstPause;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly connect: () => SocketLike;

  constructor(connect: () => SocketLike) {
    this.connect = connect;
  }

  /** @returns ends it */
  follow(topic: Topic, listener: Listener): () => void {
    const known = this.topics.get(topic);
    if (known) {
      known.add(listener);
    } else {
      this.topics.set(topic, new Set([listener]));
      this.ask([topic], null);
    }
    this.ensure();
    return () => this.leave(topic, listener);
  }

  private leave(topic: Topic, listener: Listener) {
    const listeners = this.topics.get(topic);
    listeners?.delete(listener);
    if (listeners?.size === 0) {
      this.topics.delete(topic);
      this.send({ type: 'unsubscribe', topics: [topic] });
    }
    if (this.topics.size === 0) {
      this.end();
    }
  }

  /** Whether events arrive at the moment. */
  readonly connected = (): boolean => this.open;

  /** @returns ends it */
  readonly watch = (onChange: () => void): (() => void) => {
    this.watchers.add(onChange);
    return () => this.watchers.delete(onChange);
  };

  /** The page speaks for another workspace from now on. */
  restart() {
    this.end();
    this.ensure();
  }

  private ensure() {
    if (this.socket !== null || this.topics.size === 0) {
      return;
    }
    clearTimeout(this.timer);
    const socket = this.connect();
    this.socket = socket;
    socket.onopen = () => {
      this.setOpen(true);
      this.ask([...this.topics.keys()], this.last);
    };
    socket.onmessage = ({ data }) => this.take(JSON.parse(String(data)) as Frame);
    socket.onclose = ({ code }) => this.closed(socket, code);
  }

  private closed(socket: SocketLike, code: number) {
    if (this.socket !== socket) {
      return;
    }
    this.socket = null;
    this.setOpen(false);
    if (code !== notAllowed) {
      this.timer = setTimeout(() => this.ensure(), this.pause * (0.5 + Math.random()));
      this.pause = Math.min(longestPause, this.pause * 2);
    }
  }

  private end() {
    clearTimeout(this.timer);
    const socket = this.socket;
    this.socket = null;
    this.last = null;
    this.setOpen(false);
    socket?.close();
  }

  private ask(topics: Topic[], after: string | null) {
    this.send({ type: 'subscribe', topics, ...(after !== null && { after }) });
  }

  private send(frame: object) {
    if (this.open) {
      this.socket?.send(JSON.stringify(frame));
    }
  }

  private take(frame: Frame) {
    switch (frame.type) {
      case 'event':
        this.last = frame.event.id;
        this.handOn(frame.event);
        break;
      case 'subscribed':
        this.pause = firstPause;
        this.last = frame.after;
        break;
      case 'error':
        this.beginAnew(frame.error.code);
        break;
      case 'ping':
        break;
    }
  }

  private handOn(event: JobEvent) {
    if (event.type !== 'job.delta') {
      this.topics.get('jobs')?.forEach(({ onEvent }) => onEvent(event));
    }
    this.topics.get(`job:${event.jobId}`)?.forEach(({ onEvent }) => onEvent(event));
  }

  /** What came after the last event is not kept any more. */
  private beginAnew(code: string) {
    if (code === 'conflict' && this.last !== null) {
      this.last = null;
      this.topics.forEach((listeners) => listeners.forEach(({ onGap }) => onGap()));
      this.ask([...this.topics.keys()], null);
    }
  }

  private setOpen(open: boolean) {
    if (this.open !== open) {
      this.open = open;
      this.watchers.forEach((onChange) => onChange());
    }
  }
}

export const events = new EventClient(() => {
  const address = new URL('/ws', window.location.href);
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
  if (identity.workspaceId) {
    address.searchParams.set('workspace', identity.workspaceId);
  }
  return new WebSocket(address);
});
