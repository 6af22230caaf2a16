// A message that is still being written, piece by piece (protocol §3, `partial`).
import type { State } from '../store.ts';
import type { Message, Piece } from '../../wire/message.ts';

/** Nothing has come for so long: it will not go on. */
const PARTIAL_MS = 30_000;
/** UTF-16 code units of a message that is being written. */
const MAX_PARTIAL = 65_536;

/** A piece of what somebody is writing: the next one, one that came before, or one behind a gap, which waits for a repetition. */
export function written(state: State, piece: Piece, now: number): State {
  const { id, at, text, parse_mode, author, author_name } = piece;
  const isStored = () => state.items.some(({ message }) => message.id === id);
  if (typeof id !== 'string' || typeof text !== 'string' || !(at >= 0 && at + text.length <= MAX_PARTIAL) || isStored()) return state;
  const mine = state.partial?.message.id === id ? state.partial.message : undefined;
  if (!text && !at) return mine ? { ...state, partial: undefined } : state;
  if (!mine && at) return state;
  const known = mine?.text ?? '';
  let all = at > known.length ? known : known.slice(0, at) + text;
  // Said again: what came after it still counts.
  if (known.startsWith(all)) all = known;
  const message = mine && all === known ? mine : { id, type: 'text', author, author_name, parse_mode, time: mine?.time ?? new Date(now).toISOString(), text: all };
  // Whoever begins to write is no longer thinking of it.
  return { ...state, ...(!mine && { typing: undefined, thinking: undefined }), partial: { message: message as Message & { text: string }, until: now + PARTIAL_MS } };
}
