// @vitest-environment jsdom
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { open } from '../app/menu/menu.ts';
import { ring, ringFor } from '../app/menu/ring.ts';
import { transcript } from '../app/menu/transcript.ts';
import type { View } from '../app/view/context.ts';
import t from '../app/words/en.ts';
import type { Message } from '../wire/message.ts';

const kept = new Map<string, string>();
let ended: number;
let messages: Message[] | undefined;
let opener: HTMLButtonElement;

const view = (options: Record<string, unknown> = {}) =>
  ({
    words: { tag: 'en', t: (key: string) => key },
    more: t,
    options,
    store: { get: (key: string) => kept.get(key), set: (key: string, value: string) => kept.set(key, value), remove: (key: string) => kept.delete(key) },
    chat: {
      get state() {
        return { items: (messages ?? [{}]).map((message) => ({ message })), hasMore: !messages };
      },
      loadOlder: async () => {},
      token: async () => 'token-1',
      end: () => ++ended,
    },
  }) as unknown as View;

beforeEach(() => {
  kept.clear();
  ended = 0;
  document.body.innerHTML = '<button></button>';
  opener = document.querySelector('button')!;
  opener.focus();
});

const menu = () => document.querySelector<HTMLElement>('.menu');
const items = () => Array.from(document.querySelectorAll<HTMLButtonElement>('.menu button'));
const item = (label: string) => items().find(({ textContent }) => textContent === label)!;
const press = (key: string) => {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true });
  document.activeElement!.dispatchEvent(event);
  return event;
};

const everything = { transcript: { download: true, email: true }, end_chat: true };

describe('the menu', () => {
  test('has what the bot allows', () => {
    open(view(), opener);
    expect(items().map(({ textContent }) => textContent)).toEqual([t.sound, t.badge]);
    open(view(), opener);
    expect(menu()).toBeNull();
    open(view(everything), opener);
    expect(items().map(({ textContent }) => textContent)).toEqual([t.sound, t.badge, t.download, t.email, t.endChat]);
    press('Escape');
  });

  test('is walked over with the keys, and gives the focus back', () => {
    const escaped: string[] = [];
    const heard = ({ key }: KeyboardEvent) => escaped.push(key);
    addEventListener('keydown', heard);
    open(view(everything), opener);
    expect(opener.getAttribute('aria-expanded')).toBe('true');
    expect(document.activeElement).toBe(items()[0]);
    press('ArrowUp');
    expect(document.activeElement).toBe(items()[4]);
    press('ArrowDown');
    press('ArrowDown');
    expect(document.activeElement).toBe(items()[1]);
    press('d');
    expect(document.activeElement).toBe(items()[2]);
    expect(press('Escape').defaultPrevented).toBe(true);
    expect([menu(), document.activeElement, opener.getAttribute('aria-expanded')]).toEqual([null, opener, 'false']);
    // The panel behind it stays.
    expect(escaped).not.toContain('Escape');
    removeEventListener('keydown', heard);
  });

  test('goes with a touch beside it', () => {
    open(view(), opener);
    document.body.dispatchEvent(new Event('pointerdown', { bubbles: true }));
    expect(menu()).toBeNull();
  });

  test('keeps what is switched on, and forgets it when it is off', () => {
    open(view(), opener);
    item(t.badge).click();
    expect([kept.get('badge'), item(t.badge).getAttribute('aria-checked')]).toEqual(['1', 'true']);
    item(t.badge).click();
    expect([kept.has('badge'), item(t.badge).getAttribute('aria-checked')]).toEqual([false, 'false']);
    press('Escape');
  });

  test('ends the conversation only after it has asked', () => {
    open(view(everything), opener);
    item(t.endChat).click();
    expect([menu(), ended]).toEqual([null, 0]);
    document.querySelector<HTMLElement>('dialog .second')!.click();
    expect([document.querySelector('dialog'), ended]).toEqual([null, 0]);
    open(view(everything), opener);
    item(t.endChat).click();
    document.querySelector<HTMLElement>('dialog .primary')!.click();
    expect([document.querySelector('dialog'), ended]).toEqual([null, 1]);
  });
});

describe('the conversation by e-mail', () => {
  let asked: unknown[];
  let answer: unknown;
  beforeEach(() => {
    asked = [];
    answer = {};
    vi.stubGlobal('fetch', async (url: URL, { body }: RequestInit) => {
      asked.push([url.pathname, JSON.parse(String(body))]);
      return { json: async () => answer };
    });
    open(view(everything), opener);
    item(t.email).click();
  });
  const status = () => document.querySelector('dialog [role=status]')!.textContent;
  const send = (address: string) => {
    document.querySelector('input')!.value = address;
    document.querySelector('form')!.dispatchEvent(new Event('submit', { cancelable: true }));
  };

  test('goes to an address that is one', async () => {
    send('olena@');
    expect([status(), asked]).toEqual([t.badEmail, []]);
    send('olena@example.com');
    expect(status()).toBe(t.emailSending);
    await vi.waitFor(() => expect(status()).toBe('Sent to olena@example.com'));
    expect(asked).toEqual([['/transcript', { token: 'token-1', email: 'olena@example.com', language: 'en', timezone: Intl.DateTimeFormat().resolvedOptions().timeZone }]]);
    document.querySelector<HTMLElement>('dialog button')!.click();
    expect(document.querySelector('dialog')).toBeNull();
  });

  const problems: Record<string, string> = { mail_off: t.emailOff, rate_limited: t.tooOften, blocked: t.blocked, other: t.failed };
  for (const [code, want] of Object.entries(problems))
    test(`says that it was not sent: ${code}`, async () => {
      answer = { error: { code, message: 'as the gateway says it' } };
      send('olena@example.com');
      await vi.waitFor(() => expect(status()).toBe(want));
      expect(document.querySelector('input')!.value).toBe('olena@example.com');
    });
});

describe('the conversation as a text', () => {
  test('says when, who and what', () => {
    const time = '2026-11-24T10:00:00Z';
    const text = transcript(
      [
        { id: '1', type: 'text', author: 'bot', time, text: '<b>Hi</b> <a href="https://e.com">there</a>', parse_mode: 'HTML' },
        { id: '2', type: 'text', author: 'visitor', time, text: 'Two\nlines' },
        { id: '3', type: 'image', author: 'operator', author_name: 'Olena', url: 'https://e.com/a.png', caption: 'A fig' },
        { id: '4', type: 'cards', author: 'bot', cards: [{ title: 'Fig', text: '€39' }, null, { title: 7 }] as never },
        { id: '5', type: 'deleted', author: 'operator', author_name: 'Olena' },
        { id: '6', type: 'owner', author: 'system', owner: { kind: 'bot' } },
        { id: '8', type: 'image', author: 'bot', url: 'http://[', alt: 'Broken' },
        { id: '7', type: 'form_answer', author: 'visitor', text: 'Name: Olena' },
      ],
      view({ title: 'Terra' }),
    );
    const moment = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(time));
    expect(text.split('\r\n')).toEqual(['Terra', '', `[${moment}] bot: Hi there`, `[${moment}] you: Two`, 'lines', 'Olena: A fig https://e.com/a.png', 'bot: Fig: €39', 'Olena: deleted', 'bot: Broken', 'you: Name: Olena', '']);
  });

  test('is given to the browser as a file, or it is said that it cannot be', async () => {
    const files: (Blob | string)[] = [];
    URL.createObjectURL = (blob) => `blob:${files.push(blob as Blob)}`;
    URL.revokeObjectURL = () => {};
    HTMLAnchorElement.prototype.click = function () {
      files.push(this.download);
    };
    messages = [{ id: '1', type: 'text', author: 'bot', text: 'Hi' }];
    open(view({ ...everything, title: 'Terra: <plants>/shop' }), opener);
    item(t.download).click();
    await vi.waitFor(() => expect(files[1]).toMatch(/^Terra plantsshop \d{4}-\d\d-\d\d\.txt$/));
    messages = undefined;
    open(view(everything), opener);
    item(t.download).click();
    await vi.waitFor(() => expect(document.querySelector('[role=alert]')!.textContent).toBe(t.saveFailed));
  });
});

describe('the sound', () => {
  const tones: number[] = [];
  const node = () => ({ frequency: {}, gain: { setValueAtTime() {}, linearRampToValueAtTime() {}, exponentialRampToValueAtTime() {} }, connect: (to: unknown) => to, start: (at: number) => tones.push(at), stop() {} });
  const sounds = (hasBeenActive: boolean) => {
    vi.stubGlobal('navigator', { ...navigator, userActivation: { hasBeenActive } });
    vi.stubGlobal('AudioContext', class { currentTime = 0; createOscillator = node; createGain = node; resume = async () => {}; });
  };

  test('comes after a touch of the page only, and once for several messages', async () => {
    vi.useFakeTimers();
    const hear = async (ms: number) => {
      void ringFor(() => true);
      void ringFor(() => true);
      await vi.advanceTimersByTimeAsync(ms);
      return tones.length;
    };
    sounds(false);
    ring();
    expect(await hear(4_000)).toBe(0);
    sounds(true);
    expect(await hear(1_000)).toBe(2);
    expect(await hear(4_000)).toBe(2);
    expect(await hear(4_000)).toBe(4);
    vi.useRealTimers();
  });

  test('for a message comes only if that has not been read at once in another tab', async () => {
    vi.useFakeTimers();
    sounds(true);
    tones.length = 0;
    let isNews = false;
    const hear = async () => {
      void ringFor(() => isNews);
      await vi.advanceTimersByTimeAsync(4_000);
      return tones.length;
    };
    expect(await hear()).toBe(0);
    isNews = true;
    expect(await hear()).toBe(2);
    vi.useRealTimers();
  });
});
