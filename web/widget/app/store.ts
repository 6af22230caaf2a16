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
  /^(text|button|image|file|(inline_)?keyboard|owner|end)$/.test(type) || (type === 'system' && !!text);

/** Shown messages of others that came after the last one read. */
export function unread({ items, read }: State): Message[] {
  const at = items.findLastIndex(({ message }) => message.id === read);
  return items
    .slice(at + 1)
    .map(({ message }) => message)
    .filter((m) => isShown(m) && m.author !== 'visitor' && m.type !== 'owner');
}

/** A connection is there. What was going on is told again, so that it cannot outlive a lost connection. */
export function joined(state: State, { conversation, owner = state.owner, epoch = state.epoch }: Session): State {
  const next = { ...state, ...still, conversation, owner, epoch };
  if (!state.conversation || state.conversation === conversation) return next;
  // The old token was not renewed: this is another visitor's conversation now.
  return { ...next, items: [], loaded: false, hasMore: false, read: '' };
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
  return { ...next, ...((author === 'bot' || author === 'operator' || changes) && still), ...(changes && { owner, epoch }) };
}

/** The visitor sent something; it is shown at the end until it is stored. */
export function queued(state: State, pending: Pending): State {
  if (state.pending.some(({ id }) => id === pending.id) || has(state, messageId(state, pending.id))) return state;
  return { ...state, pending: [...state.pending, pending] };
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
  return typing === state.typing && thinking === state.thinking ? state : { ...state, typing, thinking };
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

/** Drops from pending what the log now has. */
function settle(state: State): State {
  const pending = state.pending.filter((p) => !has(state, messageId(state, p.id)));
  return pending.length === state.pending.length ? state : { ...state, pending };
}

/** Of two with one id the later one counts, at the place of the first. */
function toItems(messages: Message[]): Item[] {
  return [...new Map(messages.map((message) => [message.id, { message, offset: message.offset ?? '' }])).values()];
}
