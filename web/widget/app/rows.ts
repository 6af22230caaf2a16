// The list as it is drawn: days, notices and grouped messages, from what the store has.
import { isShown, type Pending, type State } from './store.ts';
import type { Message, Problem } from '../wire/message.ts';

/** One line of the list. */
export type Row =
  | { kind: 'day'; key: string; time: string }
  | { kind: 'notice'; key: string; phrase: 'joined' | 'left' | 'ended'; name: string }
  | { kind: 'system'; key: string; text: string }
  | MessageRow;

export interface MessageRow {
  kind: 'message';
  key: string;
  message: Message;
  own: boolean;
  /** First and last of a run of the same author. */
  first: boolean;
  last: boolean;
  delivery: 'sent' | 'sending' | 'failed';
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
  for (const { message } of state.items) {
    if (!isShown(message)) continue;
    if (message.type === 'owner') {
      const kind = message.owner?.kind;
      const name = kind === 'operator' ? message.owner!.name || operator : '';
      // Who is there already is no news: an owner is said again before the event that said so ages away.
      if (kind !== 'queue' && name !== joined) {
        rows.push({ kind: 'notice', key: message.id, phrase: name ? 'joined' : 'left', name: name || joined });
        joined = name;
      }
    } else if (message.type === 'end') rows.push({ kind: 'notice', key: message.id, phrase: 'ended', name: '' });
    else if (message.author === 'system') rows.push({ kind: 'system', key: message.id, text: message.text ?? '' });
    else put({ kind: 'message', key: message.id, message, own: message.author === 'visitor', first: true, last: true, delivery: 'sent' });
  }
  for (const pending of state.pending) put(pendingRow(pending, state.conversation));
  return rows;
}

/** The keyboard that can be answered: the newest one, while nothing has been answered and the bot is in charge. */
export function activeKeyboard(state: State): Message | undefined {
  if (state.pending.some((p) => !p.problem) || state.owner.kind !== 'bot') return undefined;
  for (let i = state.items.length - 1; i >= 0; i--) {
    const { message } = state.items[i]!;
    if (message.author === 'visitor' && message.type !== 'params') return undefined;
    if (message.type === 'keyboard' || message.type === 'inline_keyboard') return message;
    if (message.type === 'owner' || message.type === 'end') return undefined;
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
