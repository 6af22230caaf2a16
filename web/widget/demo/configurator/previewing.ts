// What this page and the page in its preview say to each other, by postMessage on one origin.
import type { Colors } from '../../wire/options.ts';

/** What the preview shows. */
export interface Scene {
  bot: string;
  /** The bot's settings as they would be after saving, laid over those that the gateway gives. */
  settings: Record<string, unknown>;
  language_code: string;
  format: 'mini' | 'container' | 'page';
  theme: 'light' | 'dark';
  dir: 'ltr' | 'rtl';
  /** Whether the chat is open. */
  open: boolean;
  words: { shop: string; account: string };
}

export type ToPreview = { preview: 'scene'; scene: Scene } | { preview: 'colors'; colors: Colors } | { preview: 'titles'; title: string; subtitle: string };
export type FromPreview = { preview: 'hello' } | { preview: 'ready' } | { preview: 'open'; open: boolean } | { preview: 'error'; message: string };

/** A message of the kind, if it is from the window that it should be from. */
export function received<T>(event: MessageEvent, source: Window | null): T | undefined {
  if (!source || event.source !== source || event.origin !== location.origin) return undefined;
  return typeof event.data === 'object' && event.data && 'preview' in event.data ? (event.data as T) : undefined;
}
