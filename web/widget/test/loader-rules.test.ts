// @vitest-environment jsdom
// The bot speaks first: what its rules wait for, and when they stay silent.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { matches } from '../loader/glob.ts';
import { frames, frameSays, hearFrame, inside, load, newPage, page, settled, type Server } from './browser.ts';

let server: Server;
beforeEach(() => {
  server = newPage();
});
afterEach(() => {
  page.kw_event?.('destroy');
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const words = { open: 'Open chat', close: 'Close chat', unread: 'unread', dismiss: 'Dismiss' };
const said = () => inside().querySelector('[role=status]')?.textContent ?? '';

const bubbles = () => Array.from(inside().querySelectorAll('[role=status]'), ({ textContent }) => textContent).filter(Boolean);

/** Starts a page with these rules and a clock that the test moves. */
async function watch(...rules: object[]) {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  server.settings[1] = { words, rules };
  await load(['init', {}]);
}
/** The same for a visitor who has talked before, and whose chat is there again. */
async function watchBack(...rules: object[]) {
  localStorage['kw:1'] = 'token';
  await watch(...rules);
  page.kw_event('send', { text: 'x' });
  await settled();
  frameSays({ type: 'ready' });
  frameSays({ type: 'event', name: 'ready' });
}
const pass = async (seconds: number) => {
  vi.advanceTimersByTime(seconds * 1_000);
  await settled();
};
const leave = () => document.documentElement.dispatchEvent(new MouseEvent('mouseleave', { clientY: -1 }));

test('one speaks after its time, without a frame, and once', async () => {
  await watch({ id: 'a', after_s: 5, text: 'Hello' }, { id: 'b', after_s: 6, text: 'Again' });
  await pass(4.9);
  expect(said()).toBe('');
  await pass(0.2);
  expect(said()).toContain('Hello');
  await pass(60);
  expect(said()).toContain('Hello');
  expect(frames()).toHaveLength(0);
  expect(server.asked).toEqual(['/widget/v2/settings/1.js', '/widget/v2/assets/rules-hash.js']);
  expect(Object.keys(localStorage)).toEqual([]);
});

test('what has come goes before what the bot says by itself', async () => {
  await watchBack({ id: 'a', after_s: 5, text: 'Hello' });
  frameSays({ type: 'unread', count: 1, preview: { author_name: 'Olena', text: 'Here' } });
  await settled();
  await pass(6);
  expect(bubbles()).toEqual(['OlenaHere×']);
  frameSays({ type: 'unread', count: 0 });
  await pass(60);
  inside().querySelector('button')!.click();
  expect(bubbles()).toEqual([]);
});

test('what the bot says by itself goes when a message comes', async () => {
  await watchBack({ id: 'a', after_s: 5, text: 'Hello' });
  frameSays({ type: 'unread', count: 0 });
  await pass(6);
  expect(bubbles()).toEqual(['Hello×']);
  frameSays({ type: 'unread', count: 1, preview: { author_name: 'Olena', text: 'Here' } });
  await settled();
  expect(bubbles()).toEqual(['OlenaHere×']);
});

test('dismissed, it is quiet for as long as it says', async () => {
  const rule = { id: 'a', after_s: 1, text: 'Hello', snooze_h: 2 };
  await watch(rule);
  await pass(1);
  inside().querySelector<HTMLElement>('.p .x')!.click();
  expect(said()).toBe('');
  const { 'kw:1:rule:a': until } = localStorage;
  for (const [hours, expected] of [[1, ''], [3, 'Hello']] as const) {
    page.kw_event('destroy');
    server = newPage();
    localStorage['kw:1:rule:a'] = until;
    server.settings[1] = { words, rules: [rule] };
    vi.setSystemTime(Number(until) + (hours - 2) * 3_600_000);
    await load(['init', {}]);
    await pass(1);
    expect(said()).toContain(expected);
  }
});

test('taken up, it opens the chat, which hears of it first', async () => {
  await watch({ id: 'a', after_s: 1, text: 'Hello', alias: 'sale' });
  await pass(1);
  inside().querySelector<HTMLElement>('.p button')!.click();
  await settled();
  const told = hearFrame();
  frameSays({ type: 'ready' });
  expect(told.map(({ type, name, payload, open }) => [type, name ?? open, payload])).toEqual([
    ['init', true, undefined],
    ['kw_event', 'start_rule', { id: 'a', alias: 'sale' }],
  ]);
});

test('all its conditions have to hold', async () => {
  await watch({ id: 'a', after_s: 2, exit: true, url: '*/nowhere*', text: 'No' }, { id: 'b', after_s: 2, exit: true, url: 'http://localhost*', text: 'Stay' });
  leave();
  await pass(3);
  expect(said()).toBe('');
  leave();
  expect(said()).toContain('Stay');
});

test('a route of a single-page application is another page', async () => {
  await watch({ id: 'a', after_s: 2, url: '*/checkout', text: 'Help?' });
  await pass(10);
  history.pushState(null, '', '/checkout');
  dispatchEvent(new PopStateEvent('popstate'));
  await pass(1.9);
  expect(said()).toBe('');
  await pass(0.2);
  expect(said()).toContain('Help?');
  history.pushState(null, '', '/');
});

test('who has opened the chat is left alone', async () => {
  await watch({ id: 'a', after_s: 2, text: 'Hello' });
  page.kw_event('openchat', 1);
  await settled();
  page.kw_event('openchat', 0);
  await pass(5);
  expect(said()).toBe('');
});

test('one that opens the chat is snoozed when it is closed', async () => {
  await watch({ id: 'a', after_s: 1, open: true });
  await pass(1);
  expect(inside().firstElementChild!.classList).toContain('open');
  page.kw_event('openchat', 0);
  await settled();
  expect(Number(localStorage['kw:1:rule:a'])).toBeGreaterThan(Date.now());
});

test.each([
  ['*', 'https://shop.example.com/', true],
  ['*/checkout*', 'https://shop.example.com/checkout?x=1', true],
  ['*/checkout', 'https://shop.example.com/checkout?x=1', false],
  ['https://shop.example.com/', 'https://shop.example.com/', true],
  ['https://shop.example.com/', 'https://shop.example.com/a', false],
  ['a*a', 'a', false],
  ['a*a', 'aa', true],
  ['*.*+*', 'a.b+c', true],
  ['*ab*ab', 'ab', false],
  ['', 'a', false],
])('the pattern %s and %s: %s', (pattern, text, expected) => expect(matches(pattern, text)).toBe(expected));

test('no pattern takes forever', () => {
  expect(matches('*a'.repeat(250) + 'b', 'a'.repeat(100_000))).toBe(false);
});

describe('scrolling', () => {
  const half = { id: 'a', scroll: 50, text: 'Half' };
  /** Lays out what jsdom does not: an element that shows so much of so much, from here on. */
  const layOut = (element: Element, clientHeight: number, scrollHeight: number, scrollTop = 0) => {
    for (const [name, value] of Object.entries({ clientHeight, scrollHeight, scrollTop })) Object.defineProperty(element, name, { value, configurable: true, writable: true });
  };
  const scroll = (element: Element, to: number) => {
    element.scrollTop = to;
    (element === root ? document : element).dispatchEvent(new Event('scroll'));
  };
  const frame = () => new Promise(requestAnimationFrame);
  const root = document.documentElement;
  beforeEach(() => {
    Object.defineProperty(document, 'scrollingElement', { value: root, configurable: true });
    vi.stubGlobal('innerHeight', 800);
    layOut(root, 800, 2_800);
  });
  afterEach(() => history.replaceState(null, '', '/'));

  test('counts from the top to the end of the page', async () => {
    await watch(half);
    await frame();
    scroll(root, 900);
    expect(said()).toBe('');
    scroll(root, 1_000);
    expect(said()).toContain('Half');
  });

  test('counts that was before the rules were there', async () => {
    layOut(root, 800, 2_800, 1_000);
    await watch(half);
    expect(said()).toContain('Half');
  });

  test.each([
    ['that is filled later', 800, 800],
    ['that is hardly higher than the window', 800, 900],
  ])('has not happened at the top of a page %s', async (_, shown, all) => {
    layOut(root, shown, all);
    await watch({ ...half, after_s: 1 });
    await pass(2);
    layOut(root, 800, 2_800);
    await pass(60);
    scroll(root, 0);
    expect(said()).toBe('');
  });

  test('of what fills most of the window counts, of a box in it not', async () => {
    layOut(root, 800, 800);
    document.body.innerHTML = '<main></main><textarea></textarea>';
    const [main, box] = document.body.children as unknown as [Element, Element];
    layOut(main, 700, 2_700);
    layOut(box, 100, 300);
    await watch(half);
    await frame();
    scroll(box, 200);
    scroll(main, 900);
    expect(said()).toBe('');
    scroll(main, 1_000);
    expect(said()).toContain('Half');
  });

  test('of the page before does not count on a route', async () => {
    await watch({ ...half, url: '*/tea' });
    await frame();
    scroll(root, 2_000);
    history.pushState(null, '', '/tea');
    scroll(root, 2_000);
    await frame();
    scroll(root, 0);
    expect(said()).toBe('');
    scroll(root, 1_500);
    expect(said()).toContain('Half');
  });
});

describe('a visitor who has talked before', () => {
  const idle = () => vi.stubGlobal('requestIdleCallback', (run: () => void) => run());
  beforeEach(() => {
    localStorage['kw:1'] = 'token';
    idle();
  });
  const owned = (kind: string) => frameSays({ type: 'event', name: 'owner', detail: { kind } });
  const loaded = () => frameSays({ type: 'event', name: 'ready' });

  test('is spoken to when the chat says that no people are with them', async () => {
    await watch({ id: 'a', after_s: 1, text: 'Hello' });
    await pass(5);
    expect(said()).toBe('');
    frameSays({ type: 'ready' });
    loaded();
    await pass(1.1);
    expect(said()).toContain('Hello');
  });

  test.each(['queue', 'operator'])('is left alone while the conversation is with %s', async (kind) => {
    await watch({ id: 'a', after_s: 1, exit: true, text: 'Leaving?' });
    frameSays({ type: 'ready' });
    owned(kind);
    loaded();
    await pass(5);
    leave();
    expect(said()).toBe('');
    owned('bot');
    leave();
    expect(said()).toContain('Leaving?');
  });
});
