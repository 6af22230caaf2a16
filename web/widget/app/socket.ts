// The Socket.IO client: one connection to the main namespace, kept alive, with acknowledgements.
import { backoff, type Bounds } from './backoff.ts';
import { decode, encodeConnect, encodeDisconnect, encodeEvent, encodePong, type Packet } from './packet.ts';
import { webSocket, type Connect, type Transport } from './transport.ts';
import type { Problem } from '../wire/message.ts';

/** What is to be done after CONNECT was refused: again now, later, or never. */
export type Verdict = 'now' | 'later' | 'never';

/** Settings of a socket; all but the first four have defaults. */
export interface SocketOptions {
  /** The Engine.IO endpoint, http or https. */
  url: string;
  /** Gives the CONNECT payload, asked for on every attempt; a rejection counts as a failed attempt and may say `retryAfter` in ms. */
  auth(offset: string): unknown;
  /** Called with the event and its arguments, in the order of the wire. */
  event(name: string, args: unknown[]): void;
  /** Called when the connection is there and when it is lost. */
  connected(on: boolean): void;
  /** Decides after CONNECT_ERROR. Two 'now' in a row become 'later', so that it cannot spin. */
  refused?(problem: Problem): Verdict;
  connect?: Connect;
  reconnect?: Bounds;
  connectTimeout?: number;
  ackTimeout?: number;
  /** A connection that lasted this long makes the next wait short again. */
  stableAfter?: number;
}

interface Waiting {
  resolve(args: unknown): void;
  reject(error: Error): void;
}

/** Opens, watches and reopens the connection from `open` until `close`. */
export class Socket {
  /** The offset of the last stored event: the last argument, when it is a string, of the newest such event. */
  offset = '';
  isConnected = false;

  private readonly o: Required<SocketOptions>;
  private transport: Transport | undefined;
  private acks = new Map<number, Waiting>();
  private nextAck = 0;
  private attempts = 0;
  private eager = 0;
  private heartbeat = 0;
  private lastPacket = 0;
  private watchdog: ReturnType<typeof setTimeout> | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private stable: ReturnType<typeof setTimeout> | undefined;
  private running = false;

  constructor(options: SocketOptions) {
    this.o = {
      refused: () => 'later',
      connect: webSocket,
      reconnect: { min: 300, max: 30_000 },
      connectTimeout: 10_000,
      ackTimeout: 10_000,
      stableAfter: 5_000,
      ...options,
    };
  }

  /** Starts connecting; a no-op while it already does. */
  open(): void {
    if (this.running) return;
    this.running = true;
    this.dial();
  }

  /** Ends for good, or until `open`: a page that is put aside must not hold a connection. */
  close(): void {
    if (!this.running) return;
    this.running = false;
    if (this.isConnected) this.transport?.send(encodeDisconnect());
    this.drop(0);
  }

  /**
   * The page woke up or the network came back. A wait is cut short; a connection that has been silent
   * for longer than a heartbeat is not believed any more, as timers stood still while the page slept.
   */
  wake(): void {
    if (!this.running) return;
    if (this.isConnected) {
      if (Date.now() - this.lastPacket > this.heartbeat) this.lost();
      return;
    }
    if (this.timer === undefined) return;
    clearTimeout(this.timer);
    this.dial();
  }

  /** The connection is known to be gone or useless: gives it up and tries again. */
  lost(): void {
    if (this.running) this.drop(0);
  }

  /** Sends an event; false when there is no connection. */
  emit(name: string, ...args: unknown[]): boolean {
    if (!this.isConnected) return false;
    this.transport!.send(encodeEvent([name, ...args]));
    return true;
  }

  /**
   * Sends an event and waits for its acknowledgement. Rejects when there is no connection, when it is
   * lost before the answer, and after `ackTimeout`: then the outcome is unknown.
   */
  request(name: string, ...args: unknown[]): Promise<unknown> {
    if (!this.isConnected) return Promise.reject(new Error('not connected'));
    const id = this.nextAck++;
    return new Promise<unknown>((resolve, reject) => {
      const timeout = setTimeout(() => {
        this.acks.delete(id);
        reject(new Error('no acknowledgement'));
      }, this.o.ackTimeout);
      this.acks.set(id, {
        resolve: (value) => (clearTimeout(timeout), resolve(value)),
        reject: (error) => (clearTimeout(timeout), reject(error)),
      });
      this.transport!.send(encodeEvent([name, ...args], id));
    });
  }

  private dial(): void {
    this.timer = undefined;
    this.watch(this.o.connectTimeout);
    const transport: Transport = this.o.connect(this.o.url, {
      packet: (data) => transport === this.transport && this.received(decode(data)),
      ended: () => transport === this.transport && this.drop(0),
    });
    this.transport = transport;
  }

  private received(packet: Packet | undefined): void {
    this.lastPacket = Date.now();
    if (this.heartbeat && this.isConnected) this.watch(this.heartbeat);
    switch (packet?.type) {
      case 'open':
        this.heartbeat = packet.pingInterval + packet.pingTimeout;
        return void this.authenticate();
      case 'ping':
        return this.transport!.send(encodePong(packet.data));
      case 'connect':
        return this.established();
      case 'event':
        return this.dispatch(packet.name, packet.args);
      case 'ack':
        this.acks.get(packet.id)?.resolve(packet.args[0]);
        this.acks.delete(packet.id);
        return;
      case 'refused':
        return this.refuse(packet.data);
      case 'close':
      case 'disconnect':
        return this.drop(0);
    }
  }

  private async authenticate(): Promise<void> {
    const { transport } = this;
    try {
      const auth = await this.o.auth(this.offset);
      if (transport === this.transport) transport!.send(encodeConnect(auth));
    } catch (error) {
      if (transport === this.transport) this.drop((error as { retryAfter?: number }).retryAfter ?? 0);
    }
  }

  private established(): void {
    if (this.isConnected) return;
    this.isConnected = true;
    this.eager = 0;
    this.watch(this.heartbeat);
    this.stable = setTimeout(() => (this.attempts = 0), this.o.stableAfter);
    this.o.connected(true);
  }

  private dispatch(name: string, args: unknown[]): void {
    if (!this.isConnected) return;
    const last = args.at(-1);
    this.o.event(name, args);
    // Only after it was handled: an event that was not must come again.
    if (typeof last === 'string') this.offset = last;
  }

  private refuse(data: unknown): void {
    const { message = '', data: inner } = (data ?? {}) as { message?: string; data?: Partial<Problem> };
    const problem: Problem = { message, ...inner, code: inner?.code ?? 'unavailable' };
    const verdict = this.o.refused(problem);
    if (verdict === 'never') return this.close();
    this.drop(problem.retry_after_ms ?? 0, verdict === 'now' && this.eager++ < 1);
  }

  private watch(ms: number): void {
    clearTimeout(this.watchdog);
    this.watchdog = setTimeout(() => this.drop(0), ms);
  }

  private drop(asked: number, now = false): void {
    const { transport, isConnected, acks } = this;
    clearTimeout(this.watchdog);
    clearTimeout(this.stable);
    clearTimeout(this.timer);
    this.timer = undefined;
    this.transport = undefined;
    this.isConnected = false;
    this.acks = new Map();
    transport?.close();
    if (this.running) {
      const wait = now ? 0 : backoff(this.attempts++, this.o.reconnect, asked);
      this.timer = setTimeout(() => this.dial(), wait);
    }
    for (const waiting of acks.values()) waiting.reject(new Error('connection lost'));
    if (isConnected) this.o.connected(false);
  }
}
