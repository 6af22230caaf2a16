// The reference's colour tree on custom properties. What a bot or a page does not set follows the
// visitor's light or dark scheme through the style sheet, so nothing is written for it.
import { safeBackground } from '../wire/css.ts';
import type { Colors } from '../wire/options.ts';

/** A background of the tree and the text that stands on it. */
interface Surface {
  bg: string;
  text: string;
  /** What stands on the surface where the tree does not say. */
  fallback: string;
}

const SURFACES: Surface[] = [
  { bg: 'header.bg', text: 'header.text', fallback: '#ffffff' },
  { bg: 'sentMessage.bg', text: 'sentMessage.text', fallback: '#ffffff' },
  { bg: 'receivedMessage.bg', text: 'receivedMessage.text', fallback: '#16181d' },
  { bg: 'keyboardButton.bg', text: 'keyboardButton.text', fallback: '#ffffff' },
  { bg: 'inlineKeyboardButton.bg', text: 'inlineKeyboardButton.text', fallback: '#16181d' },
  { bg: 'userInput.bg', text: 'userInput.text', fallback: '#16181d' },
  { bg: 'messageList.bg', text: 'messageList.text', fallback: '#16181d' },
];
const PLAIN = ['header.dot', 'userInput.border', 'keyboardButton.border', 'device.border'];
/** WCAG 2.2 AA for text of our sizes. */
const ENOUGH = 4.5;

/** Turns any CSS colour into red, green, blue from 0 to 255 and alpha from 0 to 1. */
export type Resolve = (color: string) => [number, number, number, number] | undefined;

/** The custom property of a path: "--header-bg" for "header.bg". */
const property = (path: string) => `--${path.replace('.', '-').toLowerCase()}`;

/** The properties of a tree: values that are not colours are left out, text that cannot be read is replaced. */
export function colorProperties(tree: Colors | undefined, resolve: Resolve): Record<string, string> {
  const value = (path: string) => {
    const [group = '', key = ''] = path.split('.');
    const given = tree?.[group]?.[key];
    return safeBackground(given) ? given : undefined;
  };
  const out: Record<string, string> = {};
  for (const { bg, text, fallback } of SURFACES) {
    const back = value(bg);
    const front = value(text);
    if (back) out[property(bg)] = back;
    if (back) out[property(text)] = readable(back, front ?? fallback, resolve);
    else if (front) out[property(text)] = front;
  }
  for (const path of PLAIN) {
    const given = value(path);
    if (given) out[property(path)] = given;
  }
  return out;
}

/** The text colour if it can be read on every part of the background, else black or white. */
export function readable(background: string, text: string, resolve: Resolve): string {
  const parts = colorsOf(background).map(resolve);
  const stops = parts.filter((c) => c !== undefined && c[3] > 0.5);
  const front = resolve(text);
  if (!stops.length || !front) return text;
  const worst = (c: readonly number[]) => Math.min(...stops.map((stop) => contrast(stop!, c)));
  if (front[3] > 0.5 && worst(front) >= ENOUGH) return text;
  return worst([255, 255, 255]) >= worst([17, 17, 17]) ? '#ffffff' : '#111111';
}

/** The colours in a background: its stops, if it is a gradient. */
function colorsOf(background: string): string[] {
  const tokens = background.match(/#[0-9a-f]{3,8}\b|\b(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|color)\([^()]*\)|\b[a-z]{3,}\b(?!-|\()/gi) ?? [];
  return tokens.filter((token) => CSS.supports('color', token));
}

/** The contrast ratio of WCAG, 1 to 21. */
export function contrast(a: readonly number[], b: readonly number[]): number {
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

function luminance(rgb: readonly number[]): number {
  const [r = 0, g = 0, b = 0] = rgb.slice(0, 3).map((v) => {
    const c = v / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** Resolves through a canvas, which knows every colour that the browser knows. */
export function canvasResolve(): Resolve {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 1;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  return (color) => {
    if (!context || !CSS.supports('color', color)) return undefined;
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = color;
    context.fillRect(0, 0, 1, 1);
    const [r = 0, g = 0, b = 0, a = 0] = context.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
}

/** Writes the properties of a tree on an element and removes those that an earlier tree had set. */
export function applyColors(style: CSSStyleDeclaration, tree: Colors | undefined, resolve: Resolve): void {
  const next = colorProperties(tree, resolve);
  for (const path of [...SURFACES.flatMap(({ bg, text }) => [bg, text]), ...PLAIN]) {
    const name = property(path);
    if (next[name]) style.setProperty(name, next[name]);
    else style.removeProperty(name);
  }
}
