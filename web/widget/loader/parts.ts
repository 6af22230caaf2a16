// The loader comes in several scripts: kw.js draws the launcher, the others follow when they are needed. This
// is what they know of each other.
import type { Format } from '../wire/frame.ts';
import type { InitOptions, Settings } from '../wire/options.ts';

/** Tells the page's listeners: kw('on', …) and those of the DOM event. */
export type Fire = (event: string, detail?: object) => void;

/** Why the chat is not shown. */
export interface Refusal {
  code: string;
  message: string;
}

/** What says how the widget is to be, the last word last: the bot's settings, the page's options, its changes. */
export type Layers = { [key: string]: any }[];

/** A drawn widget, as the other scripts see it. */
export interface Launcher {
  /** Where our files are: the folder of kw.js, with a slash at the end. */
  base: string;
  bot: string;
  /** Who is shown what: an init that says the same is of this widget. */
  who: string;
  shape: Format;
  host: HTMLElement;
  /** The positioned box that all parts hang in. */
  box: HTMLElement;
  /** The launcher's button; not in the document unless the format is `widget`. */
  button: HTMLElement;
  layers: Layers;
  /** The page's options as they were given, without the container. */
  given: InitOptions;
  /** Reads what the layers say, the last word first: look('colors.header.bg'). */
  look(path: string): any;
  /** Loads a part, makes it once, and runs what needs it, in the order of the calls. One that cannot be loaded is asked for again the next time. */
  withPart<K extends keyof Parts>(name: K, run?: (part: Parts[K]) => void, failed?: (why: Refusal) => void): void;
  /** Commands that wait for the panel. */
  calls: [name: string, payload: unknown][];
  /** Ends with the widget, and with it every listener and timer. */
  signal: AbortSignal;
  /** What kw_event does, for this widget alone. */
  obey(name: string, payload?: unknown): void;
  fire: Fire;
  /** Takes all away and says why. */
  refuse(refusal: Refusal): void;
  /** The chat cannot be shown here: leaves a link to a page where it is. */
  block(reason: Refusal): void;
}

/** What can be opened: the chat, or the choice of messengers. */
export interface Front {
  /** Opens or closes; undefined: the other way round. `quiet`: without moving the focus. */
  toggle(open?: boolean, quiet?: boolean): void;
}

/** The bubble beside the launcher, with what is new or what the bot says by itself. */
export interface Bubble {
  /** Shows who says what; without a text it goes. */
  show(text?: string, author?: string): void;
}

/** What is new: a number on the launcher, and the newest in the bubble. */
export interface News {
  /** None takes both away; without a text there is no bubble. */
  show(count: number, text?: string, author?: string): void;
}

/** The panel once it is there. */
export interface Panel extends Front {
  /** Carries out a kw_event. */
  command(name: string, payload: unknown): void;
}

/** What only some pages need. */
export interface Guest {
  /** Puts a number of unread messages into the page's title; 0 takes it away. */
  title(count: number): void;
  /** Moves the widget into a modal dialog of the page, which makes all else inert. `reloads`: the frame loads again. */
  dialog(reloads: () => void): void;
  /** Puts the frame into its container, as large as that is, or over the whole page. */
  settle(frame: HTMLElement): void;
  /** Another document is in the frame: brings the chat back, without the bot's script. False where it has been taken away just before. */
  bringBack(frame: HTMLIFrameElement): boolean;
  /** The chat's frame is kept away: leaves the launcher, which leads to a page, or to messengers and a page. */
  leave(frame: HTMLElement): void;
}

/** What the scripts that follow make of a widget. */
export interface Parts {
  panel: Panel;
  channels: Front;
  preview: News;
  guest: Guest;
  /** Watches for the bot's proactive messages. */
  rules: void;
  /** Says in the console what is wrong with the options of kw('init'). */
  check: void;
}

/** window.__kw: what the scripts that the loader adds call. */
export interface Callbacks {
  settings(bot: string, settings: Settings): void;
  refused(bot: string, refusal: Refusal): void;
  part(make: (launcher: Launcher) => Parts[keyof Parts]): void;
}

/** Hands one of the parts to the loader. */
export const give = <K extends keyof Parts>(make: (launcher: Launcher) => Parts[K]): void => (window as unknown as { __kw: Callbacks }).__kw.part(make);
