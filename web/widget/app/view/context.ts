// What every part of the view can reach.
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Chat } from '../chat.ts';
import type { Translator } from '../i18n.ts';

/** The one chat of the frame, its words, and what the view can ask of the frame. */
export interface View {
  chat: Chat;
  words: Translator;
  avatar: string;
  /** Shows where a link leads before it is opened. */
  confirmLink(url: string): void;
  close(): void;
}

export const ViewContext = createContext<View>(undefined as unknown as View);
export const useView = (): View => useContext(ViewContext);
