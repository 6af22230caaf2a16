// The Socket.IO client: one connection to the main namespace, kept alive, with acknowledgements.
import { backoff, type Bounds } from './backoff.ts';
import { decode, encodeEvent, type Packet } from './packet.ts';
import { webSocket, type Connect, type Transport } from './transport.ts';
import type { Problem } from '../wire/message.ts';

/** What is to be done after CONNECT was refused: again now, later, or never. */
export type Verdict = 'now' | 'later' | 'never';

/** What a socket needs and tells; those below `refused` have defaults. */
export interface SocketOptions {
  /** The Engine.IO endpoint, http or https. */
  url: string;
  /**
   * Gives the CONNECT payload on every attempt, but for the offset; it may call `forget`. A rejection
   * counts as a failed attempt; its `problem` may say when to try again.
   */
  auth(): object | Promise<object>;
  /** Called with the event and its arguments, in the order of the wire. */
  event(name: string, args: unknown[]): void;
  /** Called when the connection is there and when it is lost. */
  connected(on: boolean): void;
  /** Decides after CONNECT_ERROR. Two 'now' in a row become 'later', so that it cannot spin. */
  refused(problem: Problem): Verdict;
  connect?: Connect | undefined;
  reconnect?: Bounds;
  connectTimeout?: number;
  ackTimeout?: number;
  /** A connection that lasted this long makes the next wait short again. */
  stableAfter?: number;
}

/** A connection that is opened again until `close`. */
export interface Socket {
  /** Starts connecting; a no-op while it already does. */
  open(): void;
  /** Ends for good, or until `open`: a page that is put aside must not hold a connection. */
  close(): void;
  /** The connection is known to be gone or useless: gives it up and tries again. */
  lost(): void;
  /**
   * The page woke up or the network came back. A wait is cut short; a connection that has been silent
   * for longer than a heartbeat is not believed any more, as timers stood still while the page slept.
   */
  wake(): void;
  /** Sends an event, if there is a connection. */
  emit(name: string, ...args: unknown[]): void;
  /**
   * Sends an event and waits for the first argument of its acknowledgement. Rejects when there is no
   * connection, when it is lost before the answer, and after `ackTimeout`: the outcome is unknown.
   */
  request(name: string, ...args: unknown[]): Promise<unknown>;
  /** Forgets the last offset: the next connection starts with the newest page of history. */
  forget(): void;
}

/** Makes a socket; nothing is opened yet. */
export function createSocket({
  url,
  auth,
  event,
  connected,
  refused,
  connect = webSocket,
  reconnect = { min: 300, max: 30_000 },
  connectTimeout = 10_000,
  ackTimeout = 10_000,
  stableAfter = 5_000,
}: SocketOptions): Socket {
  let offset = '';
  let isRunning = false;
  let isConnected = false;
  let transport: Transport | undefined;
  let acks = new Map<number, (args?: unknown[]) => void>();
  let nextAck = 0;
  let attempts = 0;
  let eager = 0;
  let heartbeat = 0;
  let lastPacket = 0;
  let watchdog: number | undefined;
  let stable: number | undefined;
  let timer: number | undefined;

  const after = (ms: number, run: () => void) => setTimeout(run, ms) as unknown as number;

  /** Ends the connection if nothing comes for so long. */
  const watch = (ms: number) => {
    clearTimeout(watchdog);
    watchdog = after(ms, drop);
  };

  const dial = () => {
    timer = undefined;
    watch(connectTimeout);
    const mine: Transport = connect(url, {
      packet: (data) => mine === transport && received(decode(data)),
      ended: () => mine === transport && drop(),
    });
    transport = mine;
  };

  const authenticate = async (mine: Transport) => {
    try {
      const payload = await auth();
      if (mine === transport) mine.send('40' + JSON.stringify({ ...payload, offset: offset || undefined }));
    } catch (error) {
      if (mine === transport) drop((error as { problem?: Problem }).problem?.retry_after_ms);
    }
  };

  const received = (packet?: Packet) => {
    lastPacket = Date.now();
    if (isConnected) watch(heartbeat);
    switch (packet?.type) {
      case 'open':
        heartbeat = packet.heartbeat;
        return void authenticate(transport!);
      case 'ping':
        return transport!.send('3' + packet.data);
      case 'connect':
        isConnected = true;
        eager = 0;
        watch(heartbeat);
        stable = after(stableAfter, () => (attempts = 0));
        return connected(true);
      case 'event': {
        if (!isConnected) return;
        const last = packet.args.at(-1);
        event(packet.name, packet.args);
        // Only after it was handled: an event that was not must come again.
        if (typeof last === 'string') offset = last;
        return;
      }
      case 'ack':
        acks.get(packet.id)?.(packet.args);
        return;
      case 'refused':
        return refuse(packet.data as { message?: string; data?: Partial<Problem> } | undefined);
      case 'close':
        return drop();
    }
  };

  const refuse = (data?: { message?: string; data?: Partial<Problem> }) => {
    const problem: Problem = { message: data?.message ?? '', code: 'unavailable', ...data?.data };
    const verdict = refused(problem);
    if (verdict === 'never') isRunning = false;
    drop(problem.retry_after_ms, verdict === 'now' && eager++ < 1);
  };

  /** Gives up the connection, and plans the next one unless it is closed. */
  const drop = (asked?: number, now?: boolean) => {
    const was = isConnected;
    const waiting = acks;
    [watchdog, stable, timer].forEach(clearTimeout);
    timer = undefined;
    transport?.close();
    transport = undefined;
    isConnected = false;
    acks = new Map();
    if (isRunning) timer = after(now ? 0 : backoff(attempts++, reconnect, asked), dial);
    waiting.forEach((answer) => answer());
    if (was) connected(false);
  };

  const lost = () => {
    if (isRunning) drop();
  };

  return {
    open() {
      if (isRunning) return;
      isRunning = true;
      dial();
    },
    close() {
      isRunning = false;
      if (isConnected) transport!.send('41');
      drop();
    },
    lost,
    wake() {
      if (isConnected && Date.now() - lastPacket > heartbeat) return lost();
      if (timer === undefined) return;
      clearTimeout(timer);
      dial();
    },
    emit(...args) {
      if (isConnected) transport!.send(encodeEvent(args));
    },
    request: (...args) =>
      new Promise((resolve, reject) => {
        if (!isConnected) return reject(new Error('not connected'));
        const id = nextAck++;
        const timeout = after(ackTimeout, () => acks.get(id)?.());
        acks.set(id, (answer) => {
          clearTimeout(timeout);
          acks.delete(id);
          if (answer) resolve(answer[0]);
          else reject(new Error('no acknowledgement'));
        });
        transport!.send(encodeEvent(args, id));
      }),
    forget: () => (offset = ''),
  };
}
