import { beforeAll, expect, test } from 'vitest';
import { colorProperties } from '../app/colors.ts';
import { contrast, readable, type Resolve } from '../app/paint/paint.ts';
import { safeBackground } from '../wire/css.ts';
import { isRtl, language, merge } from '../wire/options.ts';

const NAMED: Record<string, string> = { red: '#ff0000', white: '#ffffff', transparent: '#00000000' };

/** Hex colours and a few names: what a canvas would say of them. */
const resolve: Resolve = (color) => {
  const hex = (NAMED[color] ?? color).slice(1).replace(/^(.)(.)(.)$/, '$1$1$2$2$3$3').padEnd(8, 'f');
  return /^[0-9a-f]{8}$/.test(hex) ? [0, 2, 4, 6].map((i) => parseInt(hex.slice(i, i + 2), 16)) : undefined;
};

beforeAll(() => {
  // What these tests need of it; the real one is asked in the browser tests.
  globalThis.CSS = {
    supports: (property: string, value: string) => (property === 'color' ? !!resolve(value) : /^(#[\da-f]{3,8}|red|white|transparent|[\w-]+\(.*\))$/i.test(value.trim())),
  } as unknown as typeof CSS;
});

test('values: colours and gradients, and nothing that loads, reads or escapes', () => {
  const good = ['#fff', 'red', 'transparent', 'rgb(1 2 3 / .5)', 'hsla(1,2%,3%,.4)', 'oklch(0.7 0.1 200)', 'color-mix(in srgb, red, white)', 'linear-gradient(130deg, #734FE1, #D14EE0)', 'repeating-radial-gradient(red, white)', '-webkit-linear-gradient(red, white)'];
  const bad = ['url(https://e.com/x)', 'URL(x)', 'linear-gradient(url(x), red)', 'image-set("x" 1x)', 'var(--x)', 'env(x)', 'element(#x)', 'cross-fade(red)', 'u\\72l(x)', '#fff;color:red', '#fff}', 'inherit', 'attr(x)', 'expression(x)', '', 7, null, `rgb(${'1'.repeat(400)})`];
  expect(good.filter((value) => !safeBackground(value))).toEqual([]);
  expect(bad.filter(safeBackground)).toEqual([]);
});

test('the reference’s tree becomes custom properties; what is not a colour is left to the sheet', () => {
  const tree = {
    header: { bg: 'linear-gradient(130deg, #734FE1, #594DA0)', text: '#ffffff', dot: '#B8A6EE' },
    sentMessage: { bg: 'url(x)', text: '#ffffff' },
    userInput: { border: 'transparent' },
    unknown: { bg: '#fff' },
  };
  const out = colorProperties(tree, (background, text) => readable(background, text, resolve));
  expect(Object.fromEntries(Object.entries(out).filter(([, value]) => value))).toEqual({
    '--header-bg': 'linear-gradient(130deg, #734FE1, #594DA0)',
    '--header-text': '#ffffff',
    '--sentmessage-text': '#ffffff',
    '--userinput-border': 'transparent',
  });
  expect(Object.values(colorProperties(undefined)).filter(Boolean)).toEqual([]);
});

const texts: Record<string, [string, string, string]> = {
  'is kept where it can be read': ['#222222', '#ffffff', '#ffffff'],
  'is black on light': ['#eaeaea', '#ffffff', '#111'],
  'is white on dark': ['#222222', '#333333', '#fff'],
  'like its background (the reference’s inline buttons)': ['#4e8cff', '#4e8cff', '#111'],
  'is judged by the worst stop': ['linear-gradient(90deg, #000000, #444444)', '#777777', '#fff'],
  'is kept where neither black nor white is better': ['linear-gradient(90deg, #000000, #ffffff)', '#777777', '#777777'],
  'on what is see-through is left alone': ['transparent', '#4e8cff', '#4e8cff'],
};
for (const [name, [background, text, want]] of Object.entries(texts)) {
  test(`text ${name}`, () => expect(readable(background, text, resolve)).toBe(want));
}

test('contrast is that of WCAG', () => {
  expect(contrast([0, 0, 0], [255, 255, 255])).toBeCloseTo(21);
  expect(contrast([0x77, 0x77, 0x77], [255, 255, 255])).toBeCloseTo(4.48, 2);
});

test('options are laid over settings, group by group', () => {
  const base = { title: 'a', colors: { header: { bg: '#fff', text: '#000' } } };
  expect(merge(base, { title: undefined, colors: { header: { bg: 'red' }, sentMessage: { bg: 'red' } } })).toEqual({
    title: 'a',
    colors: { header: { bg: 'red', text: '#000' }, sentMessage: { bg: 'red' } },
  });
  expect(base.colors.header.bg).toBe('#fff');
  merge({}, JSON.parse('{"__proto__":{"polluted":1},"a":{"__proto__":{"polluted":1}}}'));
  expect(({} as { polluted?: number }).polluted).toBeUndefined();
});

test('languages', () => {
  expect(['uk', 'uk-UA', 'EN_us', ''].map(language)).toEqual(['uk', 'uk', 'en', '']);
  expect(['ar', 'he-IL', 'uk', 'arn', undefined].map((tag) => isRtl(tag))).toEqual([true, true, false, false, false]);
});
