// @vitest-environment jsdom
// What the loader loads when it is needed: the rules, the choice of messengers, the check of the options.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { matches } from '../loader/glob.ts';
import { isStrange } from '../loader/known.ts';
import { frames, frameSays, hearFrame, inside, load, newPage, page, settled, type Server } from './browser.ts';

let server: Server;
beforeEach(() => {
  server = newPage();
  vi.spyOn(console, 'warn').mockImplementation(() => {});
});
afterEach(() => {
  page.kw_event?.('destroy');
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const words = { open: 'Open chat', close: 'Close chat', unread: 'unread', dismiss: 'Dismiss', chat: 'Chat', channels: 'Where?' };
const said = () => inside().querySelector('[role=status]')?.textContent ?? '';

const bubbles = () => Array.from(inside().querySelectorAll('[role=status]'), ({ textContent }) => textContent).filter(Boolean);

describe('rules', () => {
  /** Starts a page with these rules and a clock that the test moves. */
  async function watch(...rules: object[]) {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    server.settings[1] = { words, rules };
    await load(['init', {}]);
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
    localStorage['kw:1'] = 'token';
    await watch({ id: 'a', after_s: 5, text: 'Hello' });
    page.kw_event('send', { text: 'x' });
    await settled();
    frameSays({ type: 'ready' });
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
    localStorage['kw:1'] = 'token';
    await watch({ id: 'a', after_s: 5, text: 'Hello' });
    page.kw_event('send', { text: 'x' });
    await settled();
    await pass(6);
    frameSays({ type: 'ready' });
    frameSays({ type: 'unread', count: 0 });
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

describe('channels', () => {
  const options = { widgetButton: { type: 'multi' }, multi_channel: { button_title: 'Write to us', messengers: { viber: 'viber://pa?chatURI=shop', telegram: 'https://t.me/shop', facebook: '', whatsapp: 'javascript:alert(1)' } } };
  const items = () => [...inside().querySelectorAll<HTMLElement>('[role=menuitem]')];

  test('are still offered where the frame is kept away, and the chat on a page of its own', async () => {
    server.settings[1] = { words };
    const opened = vi.spyOn(window, 'open').mockImplementation(() => null);
    const heard: { code: string }[] = [];
    await load(['on', 'error', (detail: never) => heard.push(detail)], ['init', options]);
    const button = inside().querySelector('button')!;
    button.click();
    await settled();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    items()[2]!.click();
    await settled();
    expect(frames()).toHaveLength(1);
    vi.advanceTimersByTime(10_000);
    vi.useRealTimers();
    await settled();
    expect(heard.map(({ code }) => code)).toEqual(['frame_blocked']);
    expect(frames()).toHaveLength(0);
    button.click();
    await settled();
    expect([button.role, button.getAttribute('aria-haspopup'), button.getAttribute('aria-expanded'), button.getAttribute('aria-controls')]).toEqual([null, 'menu', 'true', 'm']);
    items()[2]!.click();
    expect(opened).toHaveBeenCalledExactlyOnceWith(expect.stringMatching(/\/widget\/v2\/chat\/\?bot-id=1$/), '_blank', 'noopener');
  });

  test('offers the messengers that have a safe address, and the chat, without a frame', async () => {
    server.settings[1] = { words };
    await load(['init', options]);
    const button = inside().querySelector('button')!;
    expect([button.getAttribute('aria-label'), button.getAttribute('aria-haspopup')]).toEqual(['Write to us', 'menu']);
    button.click();
    await settled();
    expect(items().map((item) => [item.textContent, item.getAttribute('href'), item.getAttribute('rel')])).toEqual([
      ['Viber', 'viber://pa?chatURI=shop', 'noopener noreferrer'],
      ['Telegram', 'https://t.me/shop', 'noopener noreferrer'],
      ['Chat', null, null],
    ]);
    expect(frames()).toHaveLength(0);
    expect(button.getAttribute('aria-expanded')).toBe('true');
    const press = (key: string) => inside().activeElement!.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
    expect(inside().activeElement).toBe(items()[0]);
    press('ArrowUp');
    expect(inside().activeElement).toBe(items()[2]);
    press('ArrowDown');
    expect(inside().activeElement).toBe(items()[0]);
    press('Escape');
    expect(inside().activeElement).toBe(button);
    expect(inside().querySelector<HTMLElement>('.m')!.hidden).toBe(true);
    button.click();
    await settled();
    items()[2]!.click();
    await settled();
    expect(frames()).toHaveLength(1);
    button.click();
    await settled();
    expect(inside().firstElementChild!.classList).not.toContain('open');
  });
});

describe('the check of options', () => {
  const warnings = () => vi.mocked(console.warn).mock.calls.map((call) => call.join(' '));

  test('says what is wrong once, with the nearest name', async () => {
    await load([
      'init',
      { bot_ID: 1, languageCode: 'uk', open_on_message: 1, widgetButton: { type: 'mulit', position: { x: 'right', ofset: 3 } }, launcher: { openIcon: 'chat-bubble' }, multi_channel: 'all', params_from_site: { any: { thing: 1 } }, colors: { header: { bg: 'red' } } },
    ]);
    for (const on of [1, 0, 1]) {
      page.kw_event('openchat', on);
      await settled();
    }
    expect(warnings()).toEqual([
      '[kw] init: bot_ID: unknown option, did you mean bot_id?',
      '[kw] init: languageCode: unknown option, did you mean language_code?',
      '[kw] init: open_on_message: unknown option, did you mean open_on_msg?',
      '[kw] init: widgetButton.type: expected icon, avatar, button, multi; did you mean multi?',
      '[kw] init: widgetButton.position.ofset: unknown option, did you mean widgetButton.position.offset?',
      '[kw] init: launcher.openIcon: expected chat_bubble, chat, forum, help, support_agent; did you mean chat_bubble?',
      '[kw] init: multi_channel: expected an object, got string',
    ]);
  });

  test.each([
    [5, 'expected string, got number'],
    [['uk'], 'expected string, got object'],
    ['ua', 'ua is a country, taken for uk, which is Ukrainian'],
    ['fa-IR', 'the widget does not speak fa-IR, only en, uk, de, es, fr, it, pl, pt, nl, cs, ro, tr, ar, he, ja, zh'],
    ['iw', undefined],
    ['EN-gb', undefined],
  ])('and of the language %j', async (language_code, want) => {
    server.settings[1] = { language_code: 'de' };
    await load(['init', { language_code }]);
    page.kw_event('openchat', 1);
    await settled();
    expect(warnings()).toEqual(want ? [`[kw] init: language_code: ${want}`] : []);
  });

  test('the reference’s own options are right', async () => {
    const given = {
      language_code: 'uk', bot_id: '2', params_from_site: {}, recognize_user_meta: true, open_on_msg: 1,
      widgetButton: { type: 'multi', position: { y: 'bottom', x: 'right', offset: 25 } },
      multi_channel: { button_title: 'Напишіть нам', messengers: { viber: 'viber://pa?chatURI=x', telegram: 'https://t.me/x', facebook: '', whatsapp: '' } },
      launcher: { type: 'icon', closeIcon: 'close', openIcon: 'chat_bubble' },
      colors: { device: { bg: 'linear-gradient(130deg, #734FE1, #D14EE0)' } },
    };
    expect(isStrange(given)).toBe(false);
    server.settings[1] = { language_code: 'uk' };
    await load(['init', { ...given, bot_id: 1 }]);
    page.kw_event('openchat', 1);
    await settled();
    expect(server.asked.filter((path) => path.includes('check'))).toEqual([]);
    expect(warnings()).toEqual([]);
  });
});
