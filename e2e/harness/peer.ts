// A visitor with the official Socket.IO client, as docs/protocol.md shows it: it keeps its token and
// its offset.
import { randomUUID } from 'node:crypto';
import { io, type Socket } from 'socket.io-client';
import { BOT } from './admin.ts';
import { loopback } from './deployment.ts';

const WAIT_MS = 10_000;

export interface Event {
  id: string;
  type: string;
  author: string;
  author_name?: string;
  text?: string;
  owner?: { kind: string; name?: string };
}

export interface Problem {
  code: string;
  message: string;
  field?: string;
}

export interface Ack {
  ok: boolean;
  id?: string;
  offset?: string;
  duplicate?: boolean;
  error?: Problem;
}

export interface Session {
  token: string;
  conversation: string;
  resumed: boolean;
}

export class Peer {
  readonly socket: Socket;
  /** Stored events in the order in which they came, of the history too. */
  readonly events: Event[] = [];
  /** What was shown and not stored, in the order in which it came. */
  readonly live: { name: string; payload: Record<string, unknown> }[] = [];
  session: Session | undefined;
  offset: string | undefined;
  private readonly waiting = new Set<() => void>();

  /** Begins to connect; `auth` stands for what a visitor says otherwise. */
  constructor(url: string, site: string, auth: { token?: string; auth?: Record<string, unknown>; transports?: string[] } = {}) {
    let token = auth.token;
    this.socket = io(loopback(url), {
      transports: auth.transports ?? ['websocket'],
      forceNew: true,
      reconnection: false,
      extraHeaders: { Origin: site },
      auth: (give) => give(auth.auth ?? { ...(token ? { token } : { bot_id: BOT }), ...(this.offset && { offset: this.offset }), params_from_site: { name: 'Ivan' } }),
    });
    this.socket.on('session', (session: Session) => {
      token = session.token;
      this.session = session;
    });
    this.socket.on('history', ({ messages }: { messages: Event[] }, offset: string) => {
      this.offset = offset;
      this.events.splice(0, Infinity, ...messages);
      this.tell();
    });
    this.socket.on('message', (message: Event, offset: string) => {
      this.offset = offset;
      this.events.push(message);
      this.tell();
    });
    for (const name of ['typing', 'thinking', 'partial']) {
      this.socket.on(name, (payload: Record<string, unknown>) => this.live.push({ name, payload }));
    }
  }

  /** Waits until the gateway has said who this is. */
  async connected(): Promise<Session> {
    return this.session ?? within(new Promise((resolve) => this.socket.once('session', resolve)), 'session');
  }

  /** Waits for the refusal of the connection. */
  async refused(): Promise<Problem> {
    return within(
      new Promise((resolve) => this.socket.once('connect_error', (error) => resolve((error as Error & { data: Problem }).data))),
      'refusal',
    );
  }

  send(message: Record<string, unknown>): Promise<Ack> {
    return this.emit('message', { id: randomUUID(), ...message });
  }

  emit(event: string, ...args: unknown[]): Promise<Ack> {
    return this.socket.timeout(WAIT_MS).emitWithAck(event, ...args) as Promise<Ack>;
  }

  /** Starts the conversation, as a client does that finds it empty. */
  start(): Promise<Ack> {
    return this.send({ id: this.session!.conversation, type: 'start' });
  }

  /** Waits for an event, had already or not. */
  async sees(matches: (event: Event) => boolean, what: string): Promise<Event> {
    let look: () => void;
    const seen = new Promise<Event>((resolve) => {
      look = () => {
        const found = this.events.find(matches);
        if (found) resolve(found);
      };
      this.waiting.add(look);
      look();
    });
    return within(seen, what, () => JSON.stringify(this.events)).finally(() => this.waiting.delete(look));
  }

  hears(text: string): Promise<Event> {
    return this.sees((event) => event.author !== 'visitor' && !!event.text?.includes(text), text);
  }

  /** Cuts the connection without a word, as a train in a tunnel does. */
  async cut(): Promise<void> {
    const gone = new Promise((resolve) => this.socket.once('disconnect', resolve));
    this.socket.io.engine.close();
    await within(gone, 'end of the connection');
    this.session = undefined;
  }

  close(): void {
    this.socket.close();
  }

  private tell(): void {
    this.waiting.forEach((look) => look());
  }
}

async function within<T>(wanted: Promise<T>, what: string, had = () => ''): Promise<T> {
  let timer: NodeJS.Timeout;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no ${what} within ${WAIT_MS} ms ${had()}`)), WAIT_MS);
  });
  return Promise.race([wanted, late]).finally(() => clearTimeout(timer));
}
