// What the chat knows, as a pure function of what has happened. Every action may come twice.
import { compareOffsets } from './offset.ts';
import type { Body, History, Message, Owner, Problem, Session } from '../wire/message.ts';

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

/** Somebody is writing, until a moment of the local clock. */
export interface Typing {
  author: 'operator' | 'bot';
  name: string;
  until: number;
}

/** An agent is working, until a moment of the local clock at the latest. */
export interface Thinking {
  text: string;
  until: number;
}

export interface State {
  conversation: string;
  connected: boolean;
  /** Whether a first page of history has come: before, there is nothing to show or to start. */
  loaded: boolean;
  /** Ordered by offset. */
  items: Item[];
  /** In the order in which they were written. */
  pending: Pending[];
  hasMore: boolean;
  loadingOlder: boolean;
  owner: Owner;
  epoch: number;
  typing: Typing | undefined;
  thinking: Thinking | undefined;
  /** Id of the newest message that the visitor has seen. */
  read: string;
}

export type Action =
  | { type: 'connected'; on: boolean }
  | { type: 'session'; session: Session }
  | { type: 'history'; history: History; offset: string }
  | { type: 'loading-older'; on: boolean }
  | { type: 'older'; history: History }
  | { type: 'message'; message: Message; offset: string; now: number }
  | { type: 'pending'; pending: Pending }
  | { type: 'stored'; id: string; messageId: string; offset: string }
  | { type: 'failed'; id: string; problem: Problem }
  | { type: 'retry'; id: string }
  | { type: 'discard'; id: string }
  | { type: 'typing'; author: 'operator' | 'bot'; name: string; until: number }
  | { type: 'thinking'; text: string; until: number }
  | { type: 'expire'; now: number }
  | { type: 'read'; id: string };

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
  typing: undefined,
  thinking: undefined,
  read: '',
};

/** The next state; the same object where nothing has changed. */
export function reduce(state: State, action: Action): State {
  switch (action.type) {
    case 'connected':
      return { ...state, connected: action.on };
    case 'session':
      return session(state, action.session);
    case 'history':
      return { ...replace(state, action.history, action.offset), loaded: true };
    case 'loading-older':
      return { ...state, loadingOlder: action.on };
    case 'older':
      return older(state, action.history);
    case 'message':
      return message(state, action.message, action.offset);
    case 'pending':
      if (state.pending.some((p) => p.id === action.pending.id) || has(state, messageId(state, action.pending.id))) return state;
      return { ...state, pending: [...state.pending, action.pending] };
    case 'stored':
      return stored(state, action);
    case 'failed':
      return change(state, action.id, (p) => ({ ...p, problem: action.problem }));
    case 'retry':
      return change(state, action.id, ({ problem: _, ...p }) => p);
    case 'discard':
      return { ...state, pending: state.pending.filter((p) => p.id !== action.id) };
    case 'typing':
      return { ...state, typing: { author: action.author, name: action.name, until: action.until } };
    case 'thinking':
      return { ...state, thinking: action.text ? { text: action.text, until: action.until } : undefined };
    case 'expire':
      return expire(state, action.now);
    case 'read':
      return action.id && action.id !== state.read ? { ...state, read: action.id } : state;
  }
}

/** The id under which a message of ours is stored. */
export const messageId = (state: State, clientId: string): string => `${state.conversation}/${clientId}`;

/** Whether a message is drawn; jumps, parameters and starts are part of the log but not of the talk. */
export function isShown({ type, text }: Message): boolean {
  return /^(text|button|image|file|keyboard|inline_keyboard|owner|end)$/.test(type) || (type === 'system' && !!text);
}

/** Shown messages of others that came after the last one read. */
export function unread(state: State): Message[] {
  let from = state.items.length;
  while (from > 0 && state.items[from - 1]!.message.id !== state.read) from--;
  return state.items
    .slice(from)
    .map((item) => item.message)
    .filter((m) => isShown(m) && m.author !== 'visitor' && m.type !== 'owner');
}

/** When the state will next change by itself, or undefined. */
export function nextExpiry({ typing, thinking }: State): number | undefined {
  const times = [typing?.until, thinking?.until].filter((time) => time !== undefined);
  return times.length ? Math.min(...times) : undefined;
}

const has = (state: State, id: string) => state.items.some((item) => item.message.id === id);

function session(state: State, s: Session): State {
  const owner = s.owner ?? state.owner;
  // A lease on thinking that is still good is sent again after this; so it cannot outlive a connection.
  const next = { ...state, conversation: s.conversation, owner, epoch: s.epoch ?? state.epoch, typing: undefined, thinking: undefined };
  if (!state.conversation || state.conversation === s.conversation) return next;
  // The old token was not renewed: this is another visitor's conversation now.
  return { ...next, items: [], loaded: false, hasMore: false, read: '' };
}

function replace(state: State, history: History, offset: string): State {
  const items = toItems(history.messages);
  const last = items.at(-1);
  if (last) last.offset ||= offset;
  return settle({ ...state, items, hasMore: history.has_more });
}

function older(state: State, history: History): State {
  const known = new Set(state.items.map((item) => item.message.id));
  const items = toItems(history.messages).filter((item) => !known.has(item.message.id));
  return { ...state, items: [...items, ...state.items], hasMore: history.has_more && items.length > 0, loadingOlder: false };
}

function message(state: State, m: Message, offset: string): State {
  let next = settle(insert(state, { message: m, offset }));
  if (m.author === 'bot' || m.author === 'operator') next = { ...next, typing: undefined, thinking: undefined };
  if (m.type !== 'owner' || !m.owner || (m.epoch ?? 0) < state.epoch) return next;
  return { ...next, owner: m.owner, epoch: m.epoch ?? state.epoch, typing: undefined, thinking: undefined };
}

/** The acknowledgement can come before the event itself: what was pending takes the place that it will have. */
function stored(state: State, { id, messageId: mid, offset }: { id: string; messageId: string; offset: string }): State {
  const pending = state.pending.find((p) => p.id === id);
  if (!pending) return state;
  return settle(insert(state, { message: { ...pending.body, id: mid, author: 'visitor', time: pending.time }, offset }));
}

function insert(state: State, item: Item): State {
  const at = state.items.findIndex((other) => other.message.id === item.message.id);
  if (at >= 0) {
    const items = state.items.slice();
    items[at] = { message: item.message, offset: item.offset || items[at]!.offset };
    return { ...state, items };
  }
  const items = state.items.slice();
  let place = items.length;
  while (item.offset && place > 0 && items[place - 1]!.offset && compareOffsets(items[place - 1]!.offset, item.offset) > 0) place--;
  items.splice(place, 0, item);
  return { ...state, items };
}

/** Drops from pending what the log now has. */
function settle(state: State): State {
  const pending = state.pending.filter((p) => !has(state, messageId(state, p.id)));
  return pending.length === state.pending.length ? state : { ...state, pending };
}

function change(state: State, id: string, f: (p: Pending) => Pending): State {
  return { ...state, pending: state.pending.map((p) => (p.id === id ? f(p) : p)) };
}

function expire(state: State, now: number): State {
  const typing = state.typing && state.typing.until > now ? state.typing : undefined;
  const thinking = state.thinking && state.thinking.until > now ? state.thinking : undefined;
  return typing === state.typing && thinking === state.thinking ? state : { ...state, typing, thinking };
}

function toItems(messages: Message[]): Item[] {
  const seen = new Map<string, Item>();
  for (const m of messages) seen.set(m.id, { message: m, offset: m.offset ?? '' });
  return [...seen.values()];
}
