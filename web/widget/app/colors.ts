// The reference's colour tree on custom properties. What a bot or a page does not set follows the
// visitor's light or dark scheme through the style sheet, so nothing is written for it.
import { safeBackground } from '../wire/css.ts';
import type { Colors } from '../wire/options.ts';

/** The groups with a background `bg` and a `text` that stands on it; some have a `border`. */
const GROUPS = ['header', 'sentMessage', 'receivedMessage', 'keyboardButton', 'inlineKeyboardButton', 'userInput', 'messageList'];

/** Says which text there is on a background, where the one that was asked for may be hard to read. */
export type Choose = (background: string, text: string) => string;

/**
 * The custom properties of a tree, "--header-bg" for header.bg; undefined: the style sheet's own value.
 * Values that are not colours are left out.
 */
export function colorProperties(tree: Colors | undefined, choose: Choose = (_, text) => text): Record<string, string | undefined> {
  const out: Record<string, string | undefined> = {};
  for (const group of GROUPS) {
    const { bg, text, border } = tree?.[group] ?? {};
    const [back, front, edge] = [bg, text, border].map((value) => (safeBackground(value) ? value : undefined));
    const name = `--${group.toLowerCase()}-`;
    out[name + 'bg'] = back;
    out[name + 'text'] = back ? choose(back, front ?? '#fff') : front;
    out[name + 'border'] = edge;
  }
  return out;
}

/** Writes the properties of a tree on an element; those that it does not set are removed. */
export function applyColors(style: CSSStyleDeclaration, tree: Colors | undefined, choose?: Choose): void {
  for (const [name, value] of Object.entries(colorProperties(tree, choose))) style.setProperty(name, value ?? '');
}
