import type { Message } from "@switchboard/proto/chat/v1/message_pb";
import { compareOffsets, laterOffset } from "./offset";

/**
 * Thread is what is shown of one conversation: a run of the log without a gap up to `upTo`, and
 * perhaps later events that came live while something before them is still missing.
 */
export interface Thread {
  /** In the order of the log, each id once. */
  readonly messages: readonly Message[];
  /** Whether there is more above. */
  readonly hasOlder: boolean;
  /** The offset up to which nothing is missing; empty for an empty conversation. */
  readonly upTo: string;
  /** Events may have been missed after upTo: they have to be read before upTo moves on. */
  readonly gap: boolean;
}

export interface Page {
  readonly messages: readonly Message[];
  readonly hasMore: boolean;
}

/** The newest page as a thread. */
export function openThread(page: Page): Thread {
  const messages = merge([], page.messages);
  return { messages, hasOlder: page.hasMore, upTo: lastOffset(messages), gap: false };
}

/** Takes one event of the watch stream. Repeated and out-of-order events are harmless. */
export function applyLive(thread: Thread, message: Message): Thread {
  const messages = merge(thread.messages, [message]);
  if (messages === thread.messages) return thread;
  const upTo = thread.gap ? thread.upTo : laterOffset(thread.upTo, message.offset);
  return { ...thread, messages, upTo };
}

/** The stream was interrupted: from now on upTo moves only by reading. */
export function markGap(thread: Thread): Thread {
  return thread.gap ? thread : { ...thread, gap: true };
}

/** Takes the page before the oldest message. */
export function applyOlder(thread: Thread, page: Page): Thread {
  return { ...thread, messages: merge(thread.messages, page.messages), hasOlder: page.hasMore };
}

/**
 * Takes the page that was read after upTo. The gap is closed when there was nothing more to read
 * and the record reached everything that is shown and `known`, the newest offset heard of.
 */
export function applyNewer(thread: Thread, page: Page, known: string): Thread {
  const messages = merge(thread.messages, page.messages);
  const upTo = laterOffset(thread.upTo, lastOffset(page.messages));
  const gap = page.hasMore || compareOffsets(upTo, laterOffset(known, lastOffset(messages))) < 0;
  return { ...thread, messages, upTo, gap };
}

/** The newest offset that is shown. */
export function shownOffset(thread: Thread): string {
  return lastOffset(thread.messages);
}

function lastOffset(messages: readonly Message[]): string {
  return messages.at(-1)?.offset ?? "";
}

/** Merges by id and orders by offset. Returns `known` itself when nothing is new. */
function merge(known: readonly Message[], more: readonly Message[]): readonly Message[] {
  const ids = new Set(known.map((m) => m.id));
  const fresh: Message[] = [];
  for (const message of more) {
    if (ids.has(message.id)) continue;
    ids.add(message.id);
    fresh.push(message);
  }
  if (fresh.length === 0) return known;
  return [...known, ...fresh].sort((a, b) => compareOffsets(a.offset, b.offset));
}
