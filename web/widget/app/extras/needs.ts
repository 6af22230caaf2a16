// What the chunks ask of the app, beside what it draws from itself.
import type { Store } from '../storage.ts';
import type { View } from '../view/context.ts';
import type { Message } from '../../wire/message.ts';

/** The view with all that a chunk can need. */
export type Whole = View & {
  chat: View['chat'] & {
    /** Sends what was put into a form; false when it cannot be taken now. */
    answer(form: string, values: Record<string, string>, text: string): boolean;
    /** Ends the conversation. */
    end(): boolean;
    /** All that was said, oldest first. */
    allMessages(): Promise<Message[]>;
  };
  /** What is kept in this browser. */
  store: Store;
  /** Tells the page. */
  event(name: string, detail?: unknown): void;
};
