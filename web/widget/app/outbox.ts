// What the visitor has sent and the log has not acknowledged. It is sent in order, one at a time, the
// same id on every attempt, and nothing leaves before the outcome is known.
import { backoff } from './backoff.ts';
import type { Store } from './storage.ts';
import { isShown } from './store.ts';
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
  stored(id: string, messageId: string, offset: string): void;
  /** It will never be stored. The entry is kept out of the queue until `retry`, `settled` or the next page. */
  failed(id: string, problem: Problem): void;
  /** The outcome of an attempt is unknown: the connection is not to be trusted. */
  unknown(): void;
  store: Store;
}

/** How far the connection is. */
export type Readiness =
  /** Nothing can be sent. */
  | 'closed'
  /** New messages can be sent; one that was sent before may still come in the replay. */
  | 'replaying'
  /** All can be sent. */
  | 'open';

/** The queue of one conversation. */
export interface Outbox {
  /** Takes over what an earlier page of this conversation left behind, oldest first, and returns it. */
  restore(conversation: string): Entry[];
  /**
   * Adds a message at the end, or before all others; a known id is left alone. False when too many
   * wait. Until the conversation is known the message lives in memory only.
   */
  add(entry: Entry, conversation: string, first?: boolean): boolean;
  /** Tells how far the connection is; 'closed' also forgets an attempt under way. */
  setReadiness(readiness: Readiness): void;
  /** The log has it, or the visitor has given it up. */
  settled(id: string): void;
  /** Sends again what was refused. */
  retry(id: string): void;
}

const KEY = 'out:';
const WAIT = { min: 1_000, max: 30_000 };
/** Messages that wait at most; whoever writes more has been offline for long and is told so. */
const MAX_ENTRIES = 200;
/** What is older was written in another life; sending it now would surprise. */
const MAX_AGE = 864e5;

type Saved = Entry & { conversation: string };

/** Makes an empty outbox, closed. */
export function createOutbox({ send, stored, failed, unknown, store }: OutboxOptions): Outbox {
  let queue: Entry[] = [];
  const refused = new Map<string, Entry>();
  let readiness: Readiness = 'closed';
  let isSending = false;
  let waits = 0;
  let timer: number | undefined;
  /** Counts connections: an answer of an earlier one is no answer. */
  let connection = 0;

  const flush = async () => {
    const entry = queue[0];
    if (!entry || isSending || timer || readiness === 'closed' || (entry.attempt && readiness !== 'open')) return;
    isSending = true;
    const mine = connection;
    const { id, body } = entry;
    const attempt = ++entry.attempt;
    const ack = await send({ ...body, id, ...(attempt > 1 && { attempt }) }).catch(() => undefined);
    if (mine !== connection) return;
    isSending = false;
    if (ack?.ok) {
      waits = 0;
      settled(id);
      stored(id, ack.id, ack.offset);
    } else if (ack?.error) refuse(entry, ack.error);
    else return unknown();
    void flush();
  };

  const refuse = (entry: Entry, problem: Problem) => {
    if (/^(unavailable|rate_limited)$/.test(problem.code)) {
      timer = setTimeout(() => {
        timer = undefined;
        void flush();
      }, backoff(waits++, WAIT, problem.retry_after_ms)) as unknown as number;
      return;
    }
    // What can be seen stays where the next page finds it, and shows it again.
    (isShown(entry.body) ? drop : settled)(entry.id);
    refused.set(entry.id, entry);
    failed(entry.id, problem);
  };

  const drop = (id: string) => {
    queue = queue.filter((entry) => entry.id !== id);
    refused.delete(id);
  };

  const settled = (id: string) => {
    drop(id);
    store.remove(KEY + id);
  };

  return {
    restore(conversation) {
      const found: Entry[] = [];
      for (const key of store.keys(KEY).slice(0, MAX_ENTRIES)) {
        const saved = parse(store.get(key));
        if (saved?.conversation !== conversation || Date.now() - Date.parse(saved.time) > MAX_AGE) store.remove(key);
        // The page may have gone between sending and counting.
        else if (!queue.some(({ id }) => id === saved.id)) found.push({ ...saved, attempt: saved.attempt || 1 });
      }
      // As they were written, but for what the conversation's start has waited for.
      const key = ({ id, body }: Entry) => ((body as { form?: string }).form === 'prechat' ? '' : id);
      found.sort((a, b) => (key(a) < key(b) ? -1 : 1));
      queue.unshift(...found);
      return found;
    },
    add(entry, conversation, first) {
      if (queue.some(({ id }) => id === entry.id)) return true;
      if (queue.length >= MAX_ENTRIES) return false;
      queue[first ? 'unshift' : 'push'](entry);
      if (conversation) store.set(KEY + entry.id, JSON.stringify({ ...entry, conversation }));
      void flush();
      return true;
    },
    setReadiness(next) {
      readiness = next;
      if (next === 'closed') {
        connection++;
        isSending = false;
        waits = 0;
        clearTimeout(timer);
        timer = undefined;
      }
      void flush();
    },
    settled,
    retry(id) {
      const entry = refused.get(id);
      if (!entry) return;
      refused.delete(id);
      queue.push(entry);
      void flush();
    },
  };
}

function parse(text = ''): Saved | undefined {
  try {
    const saved = JSON.parse(text) as Saved;
    return saved.id && saved.body.type ? saved : undefined;
  } catch {
    return undefined;
  }
}
