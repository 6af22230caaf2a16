// What a page may say, and what it hears. The loader has the same, as a test makes sure.

/** The colour tree: groups such as `header` of CSS values such as `bg`. */
export type Colors = Record<string, Record<string, string>>;

export interface WidgetOptions {
  /** Absent is 1. */
  bot_id?: string | number;
  /** Who the visitor is to the site: a claim. Another one starts another conversation. */
  user_id?: string | number;
  /** The same, signed by the site's server: a JWT. */
  user_token?: string;
  /** Parameters that the site's server vouches for: a JWT. */
  params_token?: string;
  /** Over the bot's own. */
  language_code?: string;
  /** For the scenario's placeholders. */
  params_from_site?: Record<string, unknown>;
  color?: Colors;
  /** Goes over `color`, and both over the bot's own. */
  colors?: Colors;
  /** Open when a message comes. */
  open_on_msg?: boolean | 0 | 1;
  /** False: operators are not told from where the visitor comes. */
  recognize_user_meta?: boolean | 0 | 1;
  widgetButton?: {
    type?: 'icon' | 'avatar' | 'button' | 'multi';
    position?: { x?: 'left' | 'right'; y?: 'top' | 'bottom'; offset?: number };
  };
  multi_channel?: {
    button_title?: string;
    messengers?: { viber?: string; telegram?: string; facebook?: string; whatsapp?: string };
  };
  launcher?: {
    type?: string;
    openIcon?: 'chat_bubble' | 'chat' | 'forum' | 'help' | 'support_agent';
    closeIcon?: 'close' | 'expand_more';
  };
  /** The element that the chat fills, or a selector of it; the body: the whole page. */
  container?: string | Element;
  theme?: 'light' | 'dark' | 'auto';
  z_index?: number;
  /** The nonce of the page's Content-Security-Policy. */
  csp_nonce?: string;
  /** False: nothing is loaded or drawn before `show` or `open`. */
  autostart?: boolean;
}

/** What each event tells, beside the bot. */
export interface WidgetEvents {
  /** The first page of history is there. */
  ready: object;
  opened: object;
  closed: object;
  /** A new message is shown. */
  message: { id: string; author: 'visitor' | 'bot' | 'operator' | 'system'; type: string };
  unread: { count: number };
  thinking: { on: boolean };
  /** Who has the conversation now: the bot, nobody yet, or a person. */
  owner: { kind: 'bot' | 'queue' | 'operator' };
  error: { code: string; message?: string; field?: string };
}

export type WidgetEvent = keyof WidgetEvents;
export type WidgetHandler<E extends WidgetEvent> = (detail: WidgetEvents[E] & { bot_id: string }) => void;

/** Who the visitor is from here on. */
export type Identity = Pick<WidgetOptions, 'user_id' | 'user_token' | 'params_token'>;
