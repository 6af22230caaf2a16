// The messages of the Socket.IO connection (protocol §3), as they are on the wire. Everything here
// comes from the network: a field that is missing or of another type must never break the view.
import type { FormField } from './options.ts';

/** A code that a client can act on, and a text for people. */
export interface Problem {
  code: string;
  message: string;
  field?: string;
  retry_after_ms?: number;
  /** What a newcomer has to solve first; see challenge.ts. */
  challenge?: { nonce: string; difficulty: number };
}

/** Who answers in the conversation. */
export interface Owner {
  kind: 'bot' | 'queue' | 'operator';
  id?: string;
  name?: string;
}

/** How a text is to be read; absent is plain. */
export type ParseMode = 'HTML' | 'Markdown';

/** A button of a keyboard; the names are the reference's. */
export interface Button {
  Text: string;
  ActionType?: 'reply' | 'open-url' | 'none';
  ActionBody?: string;
  /** Width in sixths, 1 to 6. */
  Columns?: number;
  BgColor?: string;
  TextColor?: string;
}

/** A picture with words and buttons; one of several to leaf through. */
export interface Card {
  title?: string;
  text?: string;
  image?: { url: string; alt?: string; width?: number; height?: number };
  buttons?: Button[];
}

/** One stored event. Which of the optional fields are there depends on `type`. */
export interface Message {
  id: string;
  type: string;
  author?: 'visitor' | 'bot' | 'operator' | 'system';
  author_id?: string;
  author_name?: string;
  time?: string;
  reply_to?: string;
  /** The place in the log, where the gateway gives it with the message. */
  offset?: string;
  text?: string;
  parse_mode?: ParseMode;
  action_body?: string;
  url?: string;
  alt?: string;
  width?: number;
  height?: number;
  caption?: string;
  name?: string;
  size?: number;
  content_type?: string;
  buttons?: Button[];
  owner?: Owner;
  reason?: string;
  epoch?: number;
  kind?: string;
  cards?: Card[];
  fields?: FormField[];
  /** The label of a form's button. */
  submit?: string;
  /** Which form was answered: the id of its message, or `prechat`, `offline`, `rating`. */
  form?: string;
  values?: Record<string, string>;
  /** The message that an `edit`, a `delete` or a `seen` is about. */
  target?: string;
  /** Its author has changed it since. Not on the wire. */
  edited?: boolean;
  /** The upload that one of our own names, until the log has it. */
  upload?: string;
}

/** The first event after CONNECT. */
export interface Session {
  token?: string;
  conversation: string;
  visitor: string;
  generation: string;
  resumed: boolean;
  owner?: Owner;
  epoch?: number;
}

/** A page of history, oldest first. */
export interface History {
  messages: Message[];
  has_more: boolean;
}

/** What the visitor does; sent as `message` with an acknowledgement. */
export type Body =
  | { type: 'start'; language_code?: string | undefined; page_url?: string | undefined }
  | { type: 'text'; text: string; reply_to?: string | undefined }
  | { type: 'button'; text: string; action_body?: string | undefined }
  | { type: 'image' | 'file'; upload: string }
  | { type: 'form_answer'; form: string; values: Record<string, string>; text: string }
  | { type: 'alias'; alias: string }
  | { type: 'end' }
  | { type: 'params'; params_from_site: Record<string, unknown> };

/** A piece of a message that is still being written. It is not stored. */
export interface Piece {
  /** The id that the message will have. */
  id: string;
  /** How many UTF-16 code units came before. */
  at: number;
  text: string;
  parse_mode?: ParseMode;
  author?: 'bot' | 'operator';
  author_name?: string;
}

/** The acknowledgement of `message`. */
export type Ack = { ok: true; offset: string; id: string; duplicate?: boolean } | { ok: false; error: Problem };

/** Longest text that a visitor may send, in characters. */
export const MAX_TEXT = 4096;
