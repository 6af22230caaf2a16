// What the visitor has sent and the log has not acknowledged. It is sent in order, one at a time, the
// same id on every attempt, and nothing leaves before the outcome is known.
import { backoff } from './backoff.ts';
import type { Store } from './storage.ts';
import type { Ack, Body, Problem } from '../wire/message.ts';

/** A message on its way. */
export interface Entry {
  id: string;
  body: Body;
  /** When it was written, RFC 3339. */
  time: string;
  /** How often it was sent; above 0 the log may hold it already. */
  attempt: number;
}

/** What the outbox needs and tells. */
export interface OutboxOptions {
  /** Sends and gives the acknowledgement; a rejection means that the outcome is unknown. */
  send(message: Body & { id: string; attempt?: number }): Promise<Ack>;
  stored(entry: Entry, messageId: string, offset: string): void;
  /** It will never be stored. The entry is kept out of the queue until `retry` or `discard`. */
  failed(entry: Entry, problem: Problem): void;
  /** The outcome of an attempt is unknown: the connection is not to be trusted. */
  unknown(): void;
  store: Store;
  random?: () => number;
}

const KEY = 'out:';
const WAIT = { min: 1_000, max: 30_000 };
/** Messages that wait at most; whoever writes more has been offline for long and is told so. */
const MAX_ENTRIES = 200;
/** What is older was written in another life; sending it now would surprise. */
const MAX_AGE = 24 * 3600 * 1000;

/** How far the connection is. */
export type Readiness =
  /** Nothing can be sent. */
  | 'closed'
  /** New messages can be sent; one that was sent before may still come in the replay. */
  | 'replaying'
  /** All can be sent. */
  | 'open';

export class Outbox {
  private queue: Entry[] = [];
  private refused = new Map<string, Entry>();
  private readiness: Readiness = 'closed';
  private sending = false;
  private waits = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private generation = 0;

  constructor(private readonly o: OutboxOptions) {}

  /** Takes over what an earlier page of this conversation left behind, oldest first, and returns it. */
  restore(conversation: string, now: number = Date.now()): Entry[] {
    const found: Entry[] = [];
    for (const key of this.o.store.keys(KEY)) {
      const saved = parse(this.o.store.get(key));
      if (!saved || saved.conversation !== conversation || now - Date.parse(saved.time) > MAX_AGE) {
        this.o.store.remove(key);
      } else if (!this.queue.some((e) => e.id === saved.id)) {
        // The page may have gone between sending and counting.
        found.push({ id: saved.id, body: saved.body, time: saved.time, attempt: Math.max(1, saved.attempt) });
      }
    }
    found.sort((a, b) => (a.id < b.id ? -1 : 1));
    this.queue.unshift(...found);
    return found;
  }

  /**
   * Adds a message at the end, or before all others; a known id is left alone. False when too many
   * wait. Until the conversation is known the message lives in memory only.
   */
  add(entry: Entry, conversation: string, first = false): boolean {
    if (this.queue.some((e) => e.id === entry.id)) return true;
    if (this.queue.length >= MAX_ENTRIES) return false;
    if (first) this.queue.unshift(entry);
    else this.queue.push(entry);
    if (conversation) this.o.store.set(KEY + entry.id, JSON.stringify({ ...entry, conversation }));
    void this.flush();
    return true;
  }

  /** Tells how far the connection is; 'closed' also forgets an attempt under way. */
  setReadiness(readiness: Readiness): void {
    this.readiness = readiness;
    if (readiness === 'closed') {
      this.generation++;
      this.sending = false;
      this.waits = 0;
      clearTimeout(this.timer);
      this.timer = undefined;
    }
    void this.flush();
  }

  /** The log has it: the replay or the feed brought it. */
  settled(id: string): void {
    this.queue = this.queue.filter((entry) => entry.id !== id);
    this.refused.delete(id);
    this.o.store.remove(KEY + id);
  }

  /** Sends again what was refused. */
  retry(id: string): void {
    const entry = this.refused.get(id);
    if (!entry) return;
    this.refused.delete(id);
    this.queue.push(entry);
    void this.flush();
  }

  /** Forgets what was refused. */
  discard(id: string): void {
    this.settled(id);
  }

  private async flush(): Promise<void> {
    const entry = this.queue[0];
    if (!entry || this.sending || this.timer !== undefined || this.readiness === 'closed') return;
    if (entry.attempt > 0 && this.readiness !== 'open') return;
    this.sending = true;
    const { generation } = this;
    entry.attempt++;
    let ack: Ack | undefined;
    try {
      const { id, body, attempt } = entry;
      ack = await this.o.send({ ...body, id, ...(attempt > 1 && { attempt }) });
    } catch {
      ack = undefined;
    }
    if (generation !== this.generation) return;
    this.sending = false;
    if (!ack?.ok && !(ack as { error?: Problem } | undefined)?.error) return this.o.unknown();
    this.answered(entry, ack!);
    void this.flush();
  }

  private answered(entry: Entry, ack: Ack): void {
    if (ack.ok) {
      this.waits = 0;
      this.settled(entry.id);
      return this.o.stored(entry, ack.id, ack.offset);
    }
    const { code, retry_after_ms } = ack.error;
    if (code === 'unavailable' || code === 'rate_limited') {
      this.timer = setTimeout(() => {
        this.timer = undefined;
        void this.flush();
      }, backoff(this.waits++, WAIT, retry_after_ms, this.o.random));
      return;
    }
    this.settled(entry.id);
    this.refused.set(entry.id, { ...entry });
    this.o.failed(entry, ack.error);
  }
}

function parse(text: string | undefined): (Entry & { conversation: string }) | undefined {
  try {
    const saved = JSON.parse(text ?? '') as Entry & { conversation: string };
    return saved.id && saved.body?.type && saved.time ? saved : undefined;
  } catch {
    return undefined;
  }
}
