// The loader comes in two scripts: kw.js draws the launcher, the panel follows when a visitor comes near.
// This is what they know of each other.
import type { Options, Settings } from '../wire/options.ts';

/** Tells the page's listeners: kw('on', …). */
export type Fire = (event: string, detail?: unknown) => void;

/** Why the chat is not shown. */
export interface Refusal {
  code: string;
  message: string;
}

/** The drawn launcher and what belongs to it. */
export interface Launcher {
  /** Where our files are: the folder of kw.js. */
  base: URL;
  bot: string;
  host: HTMLElement;
  root: ShadowRoot;
  /** The positioned box that all parts hang in. */
  box: HTMLElement;
  button: HTMLElement;
  /** The options as they are now. */
  options(): Options;
  fire: Fire;
  /** Takes all away and says why. */
  refused(refusal: Refusal): void;
}

/** The panel once it is there. */
export interface Panel {
  /** Opens or closes; undefined: the other way round. */
  toggle(open?: boolean): void;
  /** Hands a kw_event to the frame. */
  send(name: string, payload: unknown): void;
  /** The options have changed. */
  update(): void;
}

/** window.__kw: what the scripts that the loader adds call. */
export interface Callbacks {
  settings(bot: string, settings: Settings): void;
  refused(bot: string, refusal: Refusal): void;
  panel(make: (launcher: Launcher) => Panel): void;
}
