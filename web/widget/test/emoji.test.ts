// @vitest-environment jsdom
import { beforeEach, describe, expect, test } from 'vitest';
import { find, GROUPS, ofGroup, type Group } from '../app/emoji/data.ts';
import { open } from '../app/emoji/emoji.ts';
import type { View } from '../app/view/context.ts';
import t from '../app/words/en.ts';

const all = (Object.keys(GROUPS) as Group[]).flatMap(ofGroup);

test('every entry is one emoji with words that find it, and there is none twice', () => {
  const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
  for (const { emoji, words } of all) {
    expect([emoji, [...graphemes.segment(emoji)].length, /\p{Extended_Pictographic}|\p{Regional_Indicator}/u.test(emoji)]).toEqual([emoji, 1, true]);
    expect([emoji, /^[a-z]+( [a-z]+)*$/.test(words)]).toEqual([emoji, true]);
  }
  expect(all.filter(({ emoji }, i) => all.findIndex((other) => other.emoji === emoji) !== i)).toEqual([]);
  expect(all.length).toBeGreaterThan(350);
});

test('search: words that begin so, all of them', () => {
  const found = (wanted: string) => find(all, wanted).map(({ emoji }) => emoji);
  expect(found('birth')).toEqual(['🥳', '🎂']);
  expect(found('Heart  RED')).toEqual(['❤️']);
  expect(found('🐶')).toEqual(['🐶']);
  expect(found('xyzzy')).toEqual([]);
});

describe('the picker', () => {
  const kept = new Map<string, string>();
  const view = { more: t, store: { get: (key: string) => kept.get(key), set: (key: string, value: string) => kept.set(key, value) } } as unknown as View;
  const chosen: string[] = [];
  let opener: HTMLButtonElement;
  beforeEach(() => {
    document.body.innerHTML = '<button></button>';
    opener = document.querySelector('button')!;
    chosen.length = 0;
    kept.clear();
  });
  const show = () => open(view, opener, (emoji) => chosen.push(emoji));
  const picker = () => document.querySelector('.emoji');
  const keys = () => Array.from(document.querySelectorAll<HTMLButtonElement>('.grid button'));
  const search = () => document.querySelector<HTMLInputElement>('.emoji input')!;
  const press = (key: string, target: Element = document.activeElement!) => target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));

  test('gives one and goes; the last ones come first', () => {
    show();
    expect(document.activeElement).toBe(search());
    const rocket = keys().find(({ textContent }) => textContent === '🚀')!;
    rocket.click();
    expect([chosen, picker()]).toEqual([['🚀'], null]);
    show();
    expect(keys()[0]!.textContent).toBe('🚀');
    keys()[0]!.click();
    expect(kept.get('emoji')).toBe('🚀');
  });

  test('is walked over with the keys, one of which can be reached by Tab', () => {
    show();
    press('ArrowDown');
    expect(document.activeElement).toBe(keys()[0]);
    press('ArrowRight');
    expect(document.activeElement).toBe(keys()[1]);
    expect(keys().filter(({ tabIndex }) => tabIndex === 0)).toEqual([keys()[1]]);
    press('End');
    expect(document.activeElement).toBe(keys().at(-1));
    press('Home');
    press('ArrowUp');
    expect(document.activeElement).toBe(search());
    press('Escape');
    expect([picker(), document.activeElement]).toEqual([null, opener]);
  });

  test('finds', () => {
    show();
    search().value = 'pizza';
    search().dispatchEvent(new Event('input'));
    expect(keys().map(({ textContent }) => textContent)).toEqual(['🍕']);
    press('Enter', search());
    expect(chosen).toEqual(['🍕']);
    show();
    search().value = 'xyzzy';
    search().dispatchEvent(new Event('input'));
    expect([keys(), picker()!.querySelector('[role=status]')!.textContent]).toEqual([[], t.emojiNone]);
    document.body.dispatchEvent(new Event('pointerdown', { bubbles: true }));
    expect(picker()).toBeNull();
  });
});
