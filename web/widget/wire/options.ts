// The options of kw('init', …), the bot's settings and how the one is laid over the other.

/** The reference's colour tree: groups such as `header` of CSS values such as `bg`. */
export type Colors = Record<string, Record<string, string>>;

/** Where the launcher is. `x` is a side of the screen in every language, never mirrored. */
export interface Position {
  x?: 'left' | 'right';
  y?: 'top' | 'bottom';
  /** Pixels from both edges. */
  offset?: number;
}

/** The launcher: a round icon, the bot's picture, a button with words, or a choice of messengers and the chat. */
export interface WidgetButton {
  type?: 'icon' | 'avatar' | 'button' | 'multi';
  position?: Position;
}

/** The messengers that a visitor may choose instead of the chat; one with an empty address is not offered. */
export interface MultiChannel {
  /** The words of a launcher of type `button` or `multi`. */
  button_title?: string;
  /** Addresses that begin with https:, viber: or tg:. */
  messengers?: { viber?: string; telegram?: string; facebook?: string; whatsapp?: string };
}

/** The launcher's icons, by the names that Material has for them. */
export interface LauncherIcons {
  type?: string;
  openIcon?: 'chat_bubble' | 'chat' | 'forum' | 'help' | 'support_agent';
  closeIcon?: 'close' | 'expand_more';
}

/** `auto` is what the visitor's system says. */
export type Theme = 'light' | 'dark' | 'auto';

/** When the bot speaks first. All the conditions that are there have to hold. */
export interface Rule {
  id: string;
  after_s?: number;
  /** How far the visitor has scrolled, 1 to 100: the end of the page, or of what fills most of the window. */
  scroll?: number;
  exit?: boolean;
  /** A pattern of the whole address, `*` standing for anything. */
  url?: string;
  text?: string;
  open?: boolean;
  alias?: string;
  snooze_h?: number;
}

/** A field of a form. */
export interface FormField {
  name: string;
  kind: 'text' | 'long_text' | 'email' | 'phone' | 'number' | 'date' | 'choice' | 'consent' | 'location' | 'rating';
  label?: string;
  required?: boolean;
  placeholder?: string;
  choices?: string[];
  min?: string;
  max?: string;
  scale?: number;
  style?: 'stars' | 'faces' | 'numbers';
}

/** What visitors are asked before they can write, or out of hours. */
export interface SettingsForm {
  text?: string;
  parse_mode?: 'HTML' | 'Markdown';
  fields: FormField[];
  submit?: string;
}

/** When people answer, as it is now; times are RFC 3339. */
export interface Hours {
  open: boolean;
  changes_at?: string;
  opens_at?: string;
}

/** The loader's own words, in the visitor's language. */
export type Words = Record<'open' | 'close' | 'unread' | 'dismiss' | 'chat' | 'channels', string>;

/** What the gateway's settings script gives (protocol §2). */
export interface Settings {
  title?: string;
  subtitle?: string;
  language_code?: string;
  colors?: Colors;
  open_on_msg?: boolean | 0 | 1;
  widgetButton?: WidgetButton;
  multi_channel?: MultiChannel;
  launcher?: LauncherIcons;
  theme?: Theme;
  avatar_url?: string;
  /** What visitors may upload; absent: nothing. */
  uploads?: { max_bytes: number; types: string[] };
  rules?: Rule[];
  prechat?: SettingsForm;
  offline?: SettingsForm;
  hours?: Hours;
  transcript?: { download?: boolean; email?: boolean };
  end_chat?: boolean;
  ask_rating?: boolean;
  link_previews?: boolean;
  custom_code?: { version: string | number; css?: boolean; html?: boolean; js?: boolean };
  words?: Partial<Words>;
  version?: string | number;
}

/** What the page gives to kw('init', …). */
export interface InitOptions {
  bot_id?: string | number;
  user_id?: string | number;
  /** Says by the site's server who the user is: a JWT; see docs/protocol.md. */
  user_token?: string;
  /** Parameters that the site's server vouches for: a JWT; see docs/protocol.md. */
  params_token?: string;
  language_code?: string;
  params_from_site?: Record<string, unknown>;
  /** The documented name of the colour tree. */
  color?: Colors;
  /** The name that the reference's generator writes. */
  colors?: Colors;
  open_on_msg?: boolean | 0 | 1;
  /** False: operators are not told from where the visitor comes, whatever the bot's setting is. */
  recognize_user_meta?: boolean | 0 | 1;
  widgetButton?: WidgetButton;
  multi_channel?: MultiChannel;
  launcher?: LauncherIcons;
  /** The element that the chat fills, or a selector of it; the body: the whole page. Absent: a launcher in a corner. */
  container?: string | Element;
  theme?: Theme;
  /** The launcher's z-index; the page's --kw-z-index does the same. */
  z_index?: number;
  /** The nonce of the page's Content-Security-Policy, where the script element has none of its own. */
  csp_nonce?: string;
  /** False: nothing is loaded or drawn before kw_event('show') or kw_event('openchat', 1). */
  autostart?: boolean;
}

/** The page's options over the bot's settings: what the loader and the frame work with. */
export interface Options extends Settings {
  user_id?: string;
  user_token?: string;
  params_token?: string;
  params_from_site: Record<string, unknown>;
  recognize_user_meta?: boolean | 0 | 1;
  z_index?: number;
  /** The address of the page, for the conversation's start. */
  page_url?: string;
}

type Tree = { [key: string]: unknown };

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Lays `over` over `base`, group by group, and returns a new tree; neither argument is changed. */
export function merge<T>(base: T | undefined, over: unknown): T {
  const out: Tree = { ...(base as Tree) };
  if (!isTree(over)) return out as T;
  for (const key of Object.keys(over)) {
    const value = over[key];
    // Not through assignment: a key named __proto__ would change the prototype.
    if (key === '__proto__' || value === undefined || value === null) continue;
    out[key] = isTree(value) ? merge(isTree(out[key]) ? (out[key] as Tree) : {}, value) : value;
  }
  return out as T;
}

/** The languages that the widget speaks. */
export const LANGUAGES = 'en uk de es fr it pl pt nl cs ro tr ar he ja zh'.split(' ');

/** The language of a tag: "uk" for "uk-UA". */
export const language = (tag: string): string => tag.toLowerCase().split(/[-_]/)[0]!;

/** Whether a language that the widget speaks is written from right to left. */
export const isRtl = (tag = ''): boolean => /^(ar|he)\b/.test(tag);
