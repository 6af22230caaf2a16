// What every part of the view can reach. There is one chat in a frame, so this is one variable.
import type { Chat } from '../chat.ts';
import type { Translator } from '../i18n.ts';
import type { Store } from '../storage.ts';
import type { Options } from '../../wire/options.ts';
import type { More } from '../words/en.ts';

export interface View {
  chat: Chat;
  words: Translator;
  /** The words of the chunks, once one of them is there. */
  more: More;
  options: Options;
  /** What was being written when the page was left. */
  draft: string;
  keepDraft(text: string): void;
  /** Draws again; for what has been loaded since. */
  redraw(): void;
  /** Closes the panel; absent where the chat is a part of the page. */
  close?: (() => void) | undefined;
  /** What is kept in this browser. */
  store: Store;
  /** Tells the page. */
  event(name: string, detail?: unknown): void;
}

export let view: View;

/** Sets what is drawn from; before the first drawing and after every change. */
export const setView = (next: View): void => void (view = next);
