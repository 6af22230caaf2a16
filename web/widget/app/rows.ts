// The list as it is drawn: days, notices and grouped messages, from what the store has.
import { isShown, messageId, talk, type Pending, type State } from './store.ts';
import type { Message, Problem } from '../wire/message.ts';

/** One line of the list. */
export type Row =
  | { kind: 'day'; key: string; time: string }
  | { kind: 'notice'; key: string; phrase: 'joined' | 'left' | 'ended'; name: string }
  | { kind: 'system'; key: string; text: string }
  /** From here on it is new to the visitor. */
  | { kind: 'new'; key: string }
  /** Asks how it was with whoever has left with this message. */
  | { kind: 'rating'; key: string; message: Message }
  | MessageRow;

export interface MessageRow {
  kind: 'message';
  key: string;
  message: Message;
  own: boolean;
  /** First and last of a run of the same author. */
  first: boolean;
  last: boolean;
  delivery: 'seen' | 'sent' | 'sending' | 'failed';
  /** What it answers, where that is there. */
  quoted?: Message | undefined;
  /** It is still being written. */
  live?: boolean;
  /** The client id while it is pending. */
  pending?: string;
  problem?: Problem;
}

/** A pause that ends a run of messages. */
const GROUP_MS = 5 * 60_000;

/** Turns the state into lines; `name` gives the words for an operator without a name. */
export function toRows(state: State, operator: string): Row[] {
  const rows: Row[] = [];
  let day = '';
  let joined = '';
  let rated: Message | undefined;
  const all = talk(state);
  const at = new Map(all.map(({ id }, i) => [id, i]));
  // Read is what an operator has read, and whatever has been followed by an answer.
  const seen = all.reduce((last, m, i) => Math.max(last, m.type === 'seen' ? (at.get(m.target!) ?? -1) : /^(bot|op)/.test(m.author ?? '') && isShown(m) && m.type !== 'owner' ? i : -1), -1);
  const quoted = ({ reply_to = '' }: Message) => all[at.get(reply_to) ?? -1];
  const put = (row: MessageRow) => {
    const time = row.message.time ?? '';
    const today = dayOf(time);
    if (today && today !== day) rows.push({ kind: 'day', key: `day:${today}`, time });
    day = today || day;
    const previous = rows.at(-1);
    if (previous?.kind === 'message' && sameRun(previous.message, row.message)) {
      previous.last = false;
      row.first = false;
    }
    rows.push(row);
  };
  for (const [i, message] of all.entries()) {
    if (!isShown(message)) continue;
    const own = message.author === 'visitor';
    if (own && message.type !== 'end') rated = undefined;
    if (message.id === state.fresh) rows.push({ kind: 'new', key: 'new' });
    if (message.type === 'owner') {
      const kind = message.owner?.kind;
      const name = kind === 'operator' ? message.owner!.name || operator : '';
      // Who is there already is no news: an owner is said again before the event that said so ages away.
      if (kind !== 'queue' && name !== joined) {
        rows.push({ kind: 'notice', key: message.id, phrase: name ? 'joined' : 'left', name: name || joined });
        joined = name;
        rated = !name && message.reason?.startsWith('closed') ? message : undefined;
      }
    } else if (message.type === 'end') rows.push({ kind: 'notice', key: message.id, phrase: 'ended', name: '' });
    else if (message.author === 'system') rows.push({ kind: 'system', key: message.id, text: message.text ?? '' });
    else put({ kind: 'message', key: message.id, message, own, first: true, last: true, delivery: own && i <= seen ? 'seen' : 'sent', quoted: quoted(message) });
  }
  for (const pending of state.pending) {
    if (pending.body.type === 'end') {
      rows.push({ kind: 'notice', key: messageId(state, pending.id), phrase: 'ended', name: '' });
      continue;
    }
    const row = pendingRow(pending, state.conversation);
    put({ ...row, quoted: quoted(row.message) });
    rated = undefined;
  }
  if (state.partial) put({ kind: 'message', key: state.partial.message.id, message: state.partial.message, own: false, first: true, last: true, delivery: 'sent', live: true });
  if (rated) rows.push({ kind: 'rating', key: `rating:${rated.id}`, message: rated });
  return rows;
}

/**
 * What can be answered with its buttons or fields: the newest such message, while nothing has been answered and whoever
 * asked is in charge.
 */
export function activeKeyboard(state: State): Message | undefined {
  if (state.pending.some((p) => !p.problem)) return undefined;
  const all = talk(state);
  for (let i = all.length - 1; i >= 0; i--) {
    const message = all[i]!;
    const { type, author } = message;
    if (author === 'visitor' && type !== 'params') return undefined;
    if (/keyboard|cards|^form$/.test(type)) return author !== 'bot' || state.owner.kind === 'bot' ? message : undefined;
    if (/owner|end/.test(type)) return undefined;
  }
  return undefined;
}

function pendingRow({ id, body, time, problem }: Pending, conversation: string): MessageRow {
  // The key that it will have once it is stored, so that it is the same element then.
  const key = `${conversation}/${id}`;
  const message = { ...body, id: key, author: 'visitor', time } as Message;
  return { kind: 'message', key, message, own: true, first: true, last: true, delivery: problem ? 'failed' : 'sending', pending: id, ...(problem && { problem }) };
}

function sameRun(a: Message, b: Message): boolean {
  return a.author === b.author && a.author_name === b.author_name && Math.abs(Date.parse(b.time ?? '') - Date.parse(a.time ?? '')) < GROUP_MS;
}

/** The visitor's own calendar day, or empty. */
function dayOf(time: string): string {
  const date = new Date(time);
  return +date ? date.toDateString() : '';
}
