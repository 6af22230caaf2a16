// What the conversation of a frame is to those around it; chat.ts makes it.
import type { Store } from './storage.ts';
import type * as to from './store.ts';
import type { Connect } from './transport.ts';
import type { Body, Button, Message, Problem } from '../wire/message.ts';
import type { Options, Settings } from '../wire/options.ts';

/** What a chat needs from around it. */
export interface ChatOptions {
  bot: string;
  /** The page's origin, as the browser vouches for it. */
  site: string;
  /** A stored token, or empty. */
  token: string;
  /** As they are at the moment: the bot's settings can change. */
  options: Options;
  /** The gateway's own origin. */
  server: string;
  store: Store;
  /** Called after every change of the state. */
  changed(): void;
  /** A token to keep. */
  keep(token: string): void;
  /** The gateway will never let this page in. */
  refused(problem: Problem): void;
  /** Something happened that the page may want to know. */
  event(name: string, detail?: unknown): void;
  /** Begins anew, with nothing of what there was. */
  reload(): void;
  /** A live event that concerns looks only. */
  look(change: Partial<Options>): void;
  /** The bot's settings have changed: these are all of them. */
  settings(settings: Settings): void;
  connect?: Connect | undefined;
}

/** What the view sees and can do. */
export interface Chat {
  state: to.State;
  /**
   * Connects, now that the visitor has shown interest; a no-op afterwards. `newer`: the token that is
   * stored now, where there was none before; another tab may have made it.
   */
  engage(newer?: string): void;
  /** Ends the connection until `resume`, keeping all else: the page is put aside. */
  suspend(): void;
  resume(): void;
  /** The page woke up or is back online. */
  wake(): void;
  /** The browser says that there is no network. */
  offline(): void;
  /** Sends what the visitor wrote, as an answer to `state.reply`. False when it cannot be taken now; the draft is then to be kept. */
  sendText(text: string): boolean;
  /** Answers with a button. */
  press(button: Button): boolean;
  /** Sends what was put into a form: that of a message, by its id, or `prechat`, `offline`, `rating`. False as above. */
  answer(form: string, values: Record<string, string>, text: string): boolean;
  /** Ends the conversation. False as above. */
  end(): boolean;
  /** What the visitor answers next; without a message nothing in particular. */
  replyTo(message?: Message): void;
  /** Begins the conversation if it has not begun and nothing has to be answered first; the hours may have changed. */
  proceed(): void;
  /** Begins at an entry point, or jumps there if the conversation has begun. */
  begin(alias: string): void;
  /** Sends a picture or file that has been uploaded. False as above. */
  sendUpload(body: Body & { upload: string }): boolean;
  /** A token that is good now. */
  token(): Promise<string>;
  /** Jumps to an entry point of the scenario. */
  jump(alias: string): void;
  /** Lays parameters of the page over those there are; told to the conversation once there is one. */
  setParams(params: Record<string, unknown>): void;
  /** Sends again, or gives up, what was refused. */
  retry(id: string): void;
  discard(id: string): void;
  /** The visitor is writing. */
  typing(): void;
  /** Fetches the page before the first item; gives up quietly, scrolling asks again. */
  loadOlder(): Promise<void>;
  /** The visitor has seen everything up to here. `came`: just now, so that what is new to them is marked. */
  seen(came?: boolean): void;
  /** The visitor has seen everything up to there in another tab. */
  seenElsewhere(conversation: unknown, id: unknown): void;
  /** The page says, or has its server say, who the visitor is. Another one begins anew. */
  identify(who: Pick<Options, 'user_id' | 'user_token' | 'params_token'>): void;
  /** Ends what this visitor may do, in every browser, and begins as somebody new. */
  logout(): Promise<void>;
}
