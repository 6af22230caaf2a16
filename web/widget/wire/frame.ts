// The messages between the loader and the frame (protocol §4).
import type { Options } from './options.ts';

/** How the chat is shown: by a launcher, in a container of the page, or as the whole page. */
export type Format = 'widget' | 'inline' | 'page';

/** What the frame tells the loader. */
export type FromFrame =
  | { type: 'ready' }
  | { type: 'token'; token: string }
  | { type: 'close' }
  | { type: 'unread'; count: number; preview?: Preview | undefined }
  /** For the page's title, where the visitor wants it there. */
  | { type: 'title'; count: number }
  | { type: 'event'; name: string; detail?: unknown }
  | { type: 'refused'; code: string; message: string };

/** What the loader tells the frame. */
export type FromLoader =
  /**
   * `own`: what the page has said, without the bot's settings. `quiet`: the visitor did not open it just now, so the
   * focus stays where it is.
   */
  | { type: 'init'; bot_id: string; token: string; options: Options; open: boolean; format: Format; quiet: boolean; own: Partial<Options> }
  /** `token`: the stored one, as another tab may have made it since `init`. */
  | { type: 'open'; token: string; quiet?: boolean }
  | { type: 'close' }
  | { type: 'kw_event'; name: string; payload: unknown };

/** The newest unread message, for the bubble beside the launcher. */
export interface Preview {
  author_name: string;
  text: string;
}

/** Marks a message as ours, so that others on the page's message channel are left alone. */
export type Marked<T> = T & { kw: 1 };

/** Returns the message if it is one of ours, else undefined. */
export function ours<T extends { type: string }>(data: unknown): T | undefined {
  const message = data as Marked<T> | null;
  return message && typeof message === 'object' && message.kw === 1 && typeof message.type === 'string' ? message : undefined;
}
