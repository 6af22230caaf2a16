// Colours: what the widget draws when nothing is set, gradients, whether texts can be read, and presets.
import { colorsOf, contrast, readable, type Resolve } from '../../app/paint/paint.ts';
import type { Values } from './fields.ts';

/** What is drawn in the light theme where nothing is set; launcher and header share theirs. */
export const SHOWN: Record<string, string> = {
  'colors.header.bg': 'linear-gradient(130deg, #6a45de, #a93bbd)',
  'colors.header.text': '#ffffff',
  'colors.sentMessage.bg': '#6344d4',
  'colors.sentMessage.text': '#ffffff',
  'colors.receivedMessage.bg': '#f1f3f8',
  'colors.receivedMessage.text': '#171a21',
  'colors.messageList.bg': '#ffffff',
  'colors.messageList.text': '#626a7a',
  'colors.keyboardButton.bg': '#ffffff',
  'colors.keyboardButton.border': '#5f41cf',
  'colors.keyboardButton.text': '#5f41cf',
  'colors.inlineKeyboardButton.bg': '#f1f3f8',
  'colors.inlineKeyboardButton.text': '#5f41cf',
  'colors.userInput.bg': '#ffffff',
  'colors.userInput.border': '#e4e7ee',
  'colors.userInput.text': '#171a21',
};

/** The colour of a field as it is drawn. */
export function shown(values: Values, key: string): string {
  const own = values[key];
  if (own) return String(own);
  return key.startsWith('colors.launcher.') ? shown(values, key.replace('launcher', 'header')) : (SHOWN[key] ?? '#b8a6ee');
}

/** A gradient of two colours. */
export interface Gradient {
  angle: number;
  from: string;
  to: string;
}

/** Takes a gradient of two colours apart; anything else is written by hand. */
export function parseGradient(text: string): Gradient | undefined {
  const [, angle, from, to] = /^linear-gradient\(\s*(-?\d{1,3})deg\s*,\s*([^(),]+|\w+\([^()]*\))\s*,\s*([^(),]+|\w+\([^()]*\))\)$/i.exec(text.trim()) ?? [];
  return from && to ? { angle: ((Number(angle) % 360) + 360) % 360, from: from.trim(), to: to.trim() } : undefined;
}

export const formatGradient = ({ angle, from, to }: Gradient): string => `linear-gradient(${angle}deg, ${from}, ${to})`;

/** #rrggbb of a colour, which is all that a colour input knows; undefined: not a colour, or one with transparency. */
export function toHex(color: string, resolve: Resolve): string | undefined {
  const rgba = resolve(color);
  return rgba && rgba[3] === 255 ? `#${rgba.slice(0, 3).map((part) => part.toString(16).padStart(2, '0')).join('')}` : undefined;
}

/** A text on its background. */
export interface Verdict {
  /** The worst contrast, 1 to 21. */
  ratio: number;
  isEnough: boolean;
  /** A text colour that can be read, if this one cannot. */
  better?: string;
}

/** The pairs of WCAG's interest by group; the launcher has a picture and not a text, so 3 is enough for it. */
const ENOUGH: Record<string, number> = { header: 4.5, launcher: 3, sentMessage: 4.5, receivedMessage: 4.5, messageList: 4.5, keyboardButton: 4.5, inlineKeyboardButton: 4.5, userInput: 4.5 };

/** Judges the text of a colour group; undefined: it has none, or its colours are the theme's, which are good. */
export function judge(values: Values, group: string, resolve: Resolve): Verdict | undefined {
  const [bg, text] = [`colors.${group}.bg`, `colors.${group}.text`];
  const enough = ENOUGH[group];
  if (!enough) return undefined;
  const own = values[bg] || values[text] || (group === 'launcher' && (values['colors.header.bg'] || values['colors.header.text']));
  if (!own) return undefined;
  // Like the widget: on a background of its own, a text without a colour is white.
  const back = shown(values, bg);
  const front = values[bg] && !values[text] && group !== 'launcher' ? '#ffffff' : shown(values, text);
  const color = resolve(front);
  const stops = colorsOf(back).map(resolve).filter((stop) => stop && stop[3]! > 127);
  if (!color || !stops.length) return undefined;
  const ratio = Math.min(...stops.map((stop) => contrast(stop!, color)));
  if (ratio >= enough) return { ratio, isEnough: true };
  const better = readable(back, front, resolve);
  return { ratio, isEnough: false, ...(better !== front && { better: better === '#fff' ? '#ffffff' : '#111111' }) };
}

const brand = (bg: string, solid: string, tint: string, deep: string): Record<string, string> => ({
  'colors.header.bg': bg,
  'colors.header.text': '#ffffff',
  'colors.sentMessage.bg': solid,
  'colors.sentMessage.text': '#ffffff',
  'colors.keyboardButton.bg': solid,
  'colors.keyboardButton.border': solid,
  'colors.keyboardButton.text': '#ffffff',
  'colors.inlineKeyboardButton.bg': tint,
  'colors.inlineKeyboardButton.text': deep,
});

/**
 * Colours to begin with. All but the reference's leave what is said by the other side, the field and the list to the
 * theme, so that they are good in the dark too.
 */
export const PRESETS: Record<string, Record<string, string>> = {
  switchboard: {},
  reference: {
    'colors.device.bg': 'linear-gradient(130deg, #734FE1, #D14EE0)',
    'colors.device.dot': '#B8A6EE',
    'colors.device.border': '#E4E4E4',
    'colors.device.container': 'linear-gradient(130deg, #594DA0, #7D5BAA)',
    'colors.header.bg': 'linear-gradient(130deg, #734FE1, #D14EE0)',
    'colors.header.dot': '#B8A6EE',
    'colors.header.text': '#ffffff',
    'colors.userInput.bg': 'linear-gradient(130deg, #594DA0, #7D5BAA)',
    'colors.userInput.border': 'transparent',
    'colors.userInput.text': '#FFFFFF',
    'colors.sentMessage.bg': '#4e8cff',
    'colors.sentMessage.text': '#ffffff',
    'colors.receivedMessage.bg': '#eaeaea',
    'colors.receivedMessage.text': '#222222',
    'colors.keyboardButton.bg': '#BB0044',
    'colors.keyboardButton.border': '#BB0044',
    'colors.keyboardButton.text': '#FFFFFF',
    'colors.inlineKeyboardButton.bg': '#4e8cff',
    'colors.inlineKeyboardButton.text': '#4e8cff',
    'colors.poweredLink.color': '#FFFFFF',
  },
  ocean: brand('linear-gradient(135deg, #0b5fb0, #0a7a8c)', '#0b66b5', '#dcecfa', '#0a4f8f'),
  forest: brand('linear-gradient(135deg, #1f6b45, #3d7a2a)', '#237048', '#ddefe4', '#1b5c3b'),
  sunset: brand('linear-gradient(120deg, #b83a26, #c02a63)', '#b83a3a', '#fce4df', '#96281f'),
  rose: brand('#b4235f', '#b4235f', '#fbe1ec', '#8f1a4a'),
  graphite: brand('linear-gradient(140deg, #2b303b, #454c5c)', '#363c49', '#e6e8ed', '#2b303b'),
  amber: {
    ...brand('linear-gradient(130deg, #ffc53d, #ffa03d)', '#ffb83d', '#fff0d0', '#7a4a00'),
    'colors.header.text': '#2b1a00',
    'colors.sentMessage.text': '#2b1a00',
    'colors.keyboardButton.text': '#2b1a00',
  },
};
