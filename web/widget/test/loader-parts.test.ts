// @vitest-environment jsdom
// What the loader loads when it is needed: the rules, the choice of messengers, the check of the options.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { isStrange } from '../loader/known.ts';
import { frames, inside, load, newPage, page, settled, type Server } from './browser.ts';

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

  test('a press that came before there was anything to close closes nothing', async () => {
    server.settings[1] = { words };
    await load(['init', options]);
    inside().querySelector('button')!.click();
    page.kw_event('openchat', 1);
    await settled();
    expect(inside().firstElementChild!.classList).toContain('open');
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
    [{ position: { x: 'left' } }, 'position: unknown option'],
    [{ type: 'icon' }, 'type: unknown option'],
    [{ widgetButton: { type: 'mutli' } }, 'widgetButton.type: expected icon, avatar, button, multi; did you mean multi?'],
    [{ widgetButton: { bot_id: 1 } }, 'widgetButton.bot_id: unknown option'],
    [{ color: { headers: { bg: 'red' } } }, 'color.headers: unknown option, did you mean color.header?'],
    [{ multi_channel: { messengers: { watsapp: 'x' } } }, 'multi_channel.messengers.watsapp: unknown option, did you mean multi_channel.messengers.whatsapp?'],
  ])('%j is noticed by its place', async (given, mistake) => {
    expect(isStrange(given)).toBe(true);
    await load(['init', given]);
    inside().querySelector('button')!.onpointerenter!(new MouseEvent('pointerenter') as PointerEvent);
    await settled();
    expect(warnings()).toEqual([`[kw] init: ${mistake}`]);
  });

  test('a choice of messengers has its mistakes said before the chat is chosen', async () => {
    await load(['init', { widgetButton: { type: 'multi' }, languageCode: 'uk' }]);
    inside().querySelector('button')!.click();
    await settled();
    expect(warnings()).toEqual(['[kw] init: languageCode: unknown option, did you mean language_code?']);
  });

  test.each([{ colors: { launcher: { bg: 'red', text: '#fff' }, messageList: { bg: 'red' } } }, { colors: [] }, { widgetButton: { type: null, position: null } }, { params_from_site: { any: { thing: 1 } }, colors: null }])('nothing is wrong with %j', (given) => expect(isStrange(given)).toBe(false));

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
