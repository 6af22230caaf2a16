// What the chat knows, and how it changes: pure functions from one state to the next. Everything may
// come twice, and a state that has not changed is the same object.
import { compareOffsets } from './offset.ts';
import type { Body, Message, Owner, Problem, Session } from '../wire/message.ts';

/** A stored event at its place. */
export interface Item {
  message: Message;
  /** Empty where the gateway gave none: such items stay where their page put them. */
  offset: string;
}

/** Something the visitor sent that the log is not yet known to hold. */
export interface Pending {
  /** The client id; the message's id is `<conversation>/<id>`. */
  id: string;
  body: Body;
  time: string;
  /** Why it will never be stored; absent while it is still tried. */
  problem?: Problem;
}

/** Something that is going on until a moment of the local clock at the latest. */
export interface Lease {
  /** Who is writing, or what is being worked on. */
  text: string;
  until: number;
}

export interface State {
  conversation: string;
  connected: boolean;
  /** Whether a first page of history has come: before, there is nothing to show or to start. */
  loaded: boolean;
  /** What the visitor is shown who may not use the chat. */
  blocked?: string;
  /** Ordered by offset. */
  items: Item[];
  /** In the order in which they were written. */
  pending: Pending[];
  hasMore: boolean;
  loadingOlder: boolean;
  owner: Owner;
  epoch: number;
  /** Somebody is writing. */
  typing?: (Lease & { author: string }) | undefined;
  /** An agent is working; nothing can be sent meanwhile. */
  thinking?: Lease | undefined;
  /** What is being written right now, as far as it has come. */
  partial?: { message: Message & { text: string }; until: number } | undefined;
  /** What the visitor is answering. */
  reply?: Message | undefined;
  /** Id of the first message that was new when the visitor came to look, until they say something. */
  fresh?: string | undefined;
  /** Id of the newest message that the visitor has seen. */
  read: string;
}

export const initial: State = {
  conversation: '',
  connected: false,
  loaded: false,
  items: [],
  pending: [],
  hasMore: false,
  loadingOlder: false,
  owner: { kind: 'bot' },
  epoch: 0,
  read: '',
};

/** Nobody is writing or thinking. */
const still = { typing: undefined, thinking: undefined };

/** The id under which a message of ours is stored. */
export const messageId = (state: State, clientId: string): string => `${state.conversation}/${clientId}`;

/** Whether a message is drawn; jumps, parameters and starts are part of the log but not of the talk. */
export const isShown = ({ type, text }: { type: string; text?: string }): boolean =>
  /^(text|button|image|file|(inline_)?keyboard|cards|form|form_answer|deleted|owner|end)$/.test(type) || (type === 'system' && !!text);

const folded = new WeakMap<Item[], Message[]>();
const changed = new WeakMap<Message, Message>();

/**
 * The events in their order, each message as its author has left it: changed by its last `edit`, or of type `deleted`.
 * The same objects every time, so that what is unchanged is not drawn again.
 */
export function talk({ items }: State): Message[] {
  let all = folded.get(items);
  if (!all) {
    // Only the author's own count, and nothing brings back what was deleted.
    const last = new Map<string, Message>();
    const key = (author: unknown, id: unknown) => `${author} ${id}`;
    for (const { message } of items) {
      const { type, author, target } = message;
      if (/^(edit|delete)$/.test(type) && last.get(key(author, target))?.type !== 'delete') last.set(key(author, target), message);
    }
    all = items.map(({ message }) => {
      const change = last.get(key(message.author, message.id));
      if (!change || !isShown(message)) return message;
      const { id, author, author_name, time } = message;
      if (!changed.has(change))
        changed.set(change, change.type === 'edit' ? { ...message, text: change.text ?? '', parse_mode: change.parse_mode, edited: true } : { id, author, author_name, time, type: 'deleted' } as Message);
      return changed.get(change)!;
    });
    folded.set(items, all);
  }
  return all;
}

/** Shown messages of others that came after the last one read. */
export function unread(state: State): Message[] {
  const at = state.items.findLastIndex(({ message }) => message.id === state.read);
  return talk(state)
    .slice(at + 1)
    .filter((m) => isShown(m) && m.author !== 'visitor' && !/owner|deleted/.test(m.type));
}

/** A connection is there. What was going on is told again, so that it cannot outlive a lost connection. */
export function joined(state: State, { conversation, owner = state.owner, epoch = state.epoch }: Session): State {
  const next = { ...state, ...still, conversation, owner, epoch };
  if (!state.conversation || state.conversation === conversation) return next;
  // The old token was not renewed: this is another visitor's conversation now.
  return { ...next, items: [], loaded: false, hasMore: false, read: '', partial: undefined, reply: undefined, fresh: undefined };
}

/** The newest page of history, instead of all there is. */
export function replaced(state: State, messages: Message[], hasMore: boolean, offset: string): State {
  const items = toItems(messages);
  const last = items.at(-1);
  if (last) last.offset ||= offset;
  return settle({ ...state, items, hasMore, loaded: true });
}

/** A page of history before the first item. */
export function prepended(state: State, messages: Message[], hasMore: boolean): State {
  const items = toItems(messages).filter(({ message }) => !has(state, message.id));
  return { ...state, items: [...items, ...state.items], hasMore: hasMore && items.length > 0 };
}

/** One stored event. */
export function received(state: State, message: Message, offset: string): State {
  const next = settle(insert(state, { message, offset }));
  const { author, type, owner, epoch = 0 } = message;
  const changes = type === 'owner' && owner && epoch >= state.epoch;
  return { ...next, ...(((/^(bot|op)/.test(author ?? '') && isShown(message)) || changes) && still), ...(changes && { owner, epoch, partial: undefined }) };
}

/** The visitor sent something; it is shown at the end until it is stored. */
export function queued(state: State, pending: Pending): State {
  if (state.pending.some(({ id }) => id === pending.id) || has(state, messageId(state, pending.id))) return state;
  return { ...state, pending: [...state.pending, pending], fresh: undefined };
}

/** The acknowledgement can come before the event itself: what was pending takes the place that it will have. */
export function stored(state: State, clientId: string, id: string, offset: string): State {
  const pending = state.pending.find((p) => p.id === clientId);
  if (!pending) return state;
  return settle(insert(state, { message: { ...pending.body, id, author: 'visitor', time: pending.time }, offset }));
}

/** It will never be stored; without a problem: it is tried again. */
export function failed(state: State, id: string, problem?: Problem): State {
  const change = ({ body, time }: Pending): Pending => ({ id, body, time, ...(problem && { problem }) });
  return { ...state, pending: state.pending.map((p) => (p.id === id ? change(p) : p)) };
}

/** The visitor gave it up. */
export const discarded = (state: State, id: string): State => ({ ...state, pending: state.pending.filter((p) => p.id !== id) });

/** What has run out by now is over. */
export function expired(state: State, now: number): State {
  const good = <T extends Lease>(lease?: T) => (lease && lease.until > now ? lease : undefined);
  const [typing, thinking] = [good(state.typing), good(state.thinking)];
  const partial = state.partial && state.partial.until > now ? state.partial : undefined;
  return typing === state.typing && thinking === state.thinking && partial === state.partial ? state : { ...state, typing, thinking, partial };
}

const has = (state: State, id: string) => state.items.some(({ message }) => message.id === id);

function insert(state: State, item: Item): State {
  const items = state.items.slice();
  let at = items.findIndex(({ message }) => message.id === item.message.id);
  if (at >= 0) {
    items[at] = { ...item, offset: item.offset || items[at]!.offset };
    return { ...state, items };
  }
  at = items.length;
  while (item.offset && items[at - 1]?.offset && compareOffsets(items[at - 1]!.offset, item.offset) > 0) at--;
  items.splice(at, 0, item);
  return { ...state, items };
}

/** Drops what the log now has from what is on its way. */
function settle(state: State): State {
  const pending = state.pending.filter((p) => !has(state, messageId(state, p.id)));
  const partial = state.partial && !has(state, state.partial.message.id) ? state.partial : undefined;
  return pending.length === state.pending.length && partial === state.partial ? state : { ...state, pending, partial };
}

/** Of two with one id the later one counts, at the place of the first. */
function toItems(messages: Message[]): Item[] {
  return [...new Map(messages.map((message) => [message.id, { message, offset: message.offset ?? '' }])).values()];
}
