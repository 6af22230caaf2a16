// @vitest-environment jsdom
// The loader on a page: what it does with the queue, the settings and the page's calls.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CHAT, frames, frameSays, hearFrame, inside, load, newPage, page, settled, widgets, type Server } from './browser.ts';

let server: Server;
beforeEach(() => {
  server = newPage();
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  vi.spyOn(console, 'error').mockImplementation(() => {});
});
afterEach(() => {
  page.kw_event?.('destroy');
  vi.unstubAllGlobals();
});

const refused = { code: 'origin_forbidden', message: 'no' };
const button = (at = 0) => inside(at).querySelector('button')!;
const isOpen = (at = 0) => inside(at).firstElementChild!.classList.contains('open');
/** Opens the chat and lets the frame be ready; returns what it is told. */
async function open() {
  page.kw_event('openchat', 1);
  await settled();
  const told = hearFrame();
  frameSays({ type: 'ready' });
  return told;
}

test('replays the queue, asks for the settings alone, and draws a launcher', async () => {
  document.documentElement.lang = 'fr';
  server.settings[7] = { title: 'Terra', words: { open: 'Open chat' } };
  await load(['init', { bot_id: 7, language_code: 'uk' }]);
  expect(server.asked).toEqual(['/widget/v2/settings/7.js']);
  expect(widgets()).toHaveLength(1);
  expect(button().getAttribute('aria-label')).toBe('Open chat');
  expect(document.head.querySelectorAll('script')).toHaveLength(1);
  expect(Object.keys(localStorage)).toEqual([]);
});

test.each(['/kwjs.js', '/widget/kwjs.js', '/widget/v2/kw.js?v=2'])('old embed code has it at %s', async (path) => {
  server = newPage(path);
  await load(['init', { bot_id: '2' }]);
  expect(server.asked).toEqual(['/widget/v2/settings/2.js']);
});

test('what the page calls early waits for the settings and the panel', async () => {
  page.kw_event = Object.assign(() => {}, { q: [['openchat', 1]] }) as never;
  await load(['init', {}]);
  page.kw_event('kwsetparamsfromsite', { params_from_site: { name: 'Olena' } });
  const told = await open();
  expect(told[0]).toMatchObject({ type: 'init', open: true, format: 'widget', options: { params_from_site: { name: 'Olena' } }, own: { params_from_site: { name: 'Olena' } } });
});

test('an empty PHP array is no parameters, and what cannot be sent is left out', async () => {
  const cyclic: { self?: unknown } = {};
  cyclic.self = cyclic;
  await load(['init', { params_from_site: [] }]);
  page.kw_event('kwsetparamsfromsite', { params_from_site: cyclic });
  expect((await open())[0].options.params_from_site).toEqual({});
});

test('the page’s colours go over the bot’s, whichever name they have, and bad ones are left out', async () => {
  server.settings[1] = { colors: { header: { bg: 'red', text: 'white' } } };
  await load(['init', { color: { header: { bg: 'blue' } }, colors: { header: { bg: 'green' } } }]);
  expect(button().style.background).toBe('green');
  page.kw_event('kwcolor', { header: { bg: 'url(https://evil.example.com)' } });
  expect(button().style.background).toBe('green');
  page.kw_event('kwcolor', { launcher: { bg: 'black' } });
  expect(button().style.background).toBe('black');
  expect(server.asked).toHaveLength(1);
  expect((await open())[0].options.colors).toMatchObject({ header: { text: 'white' }, launcher: { bg: 'black' } });
});

test('a logout takes along what the page has said of the visitor, and fetches the panel for it', async () => {
  server.settings[1] = { title: 'Terra' };
  await load(['init', { user_id: 'olena', user_token: 'signed', params_token: 'signed', params_from_site: { name: 'Olena' }, language_code: 'uk' }]);
  page.kw_event('logout');
  await settled();
  const told = hearFrame();
  frameSays({ type: 'ready' });
  expect(told[0].options).toMatchObject({ user_id: '', user_token: '', params_token: '', params_from_site: {}, language_code: 'uk', title: 'Terra' });
  expect(told[1]).toMatchObject({ type: 'kw_event', name: 'logout' });
});

test('who is identified has nothing of the one before', async () => {
  await load(['init', { user_id: 'olena', user_token: 'signed' }]);
  page.kw_event('identify', { user_id: 'taras' });
  expect((await open())[0].options).toMatchObject({ user_id: 'taras', user_token: '' });
});

test('nobody is not whoever was there before, and no parameters take none away', async () => {
  await load(['init', { user_id: 'olena', params_from_site: { plan: 'gold' } }]);
  const told = await open();
  page.kw_event('identify', { user_id: null });
  page.kw_event('kwsetparamsfromsite', { params_from_site: [] });
  await settled();
  frameSays({ type: 'ready' });
  expect(told.at(-1).options).toMatchObject({ user_id: '', params_from_site: { plan: 'gold' } });
});

test('who comes back after a logout is somebody again', async () => {
  await load(['init', { user_id: 'olena' }]);
  await open();
  page.kw_event('logout');
  await settled();
  page.kw('init', { user_id: 'olena' });
  await settled();
  expect((await open())[0].options.user_id).toBe('olena');
  page.kw_event('identify', { user_id: 'taras' });
  page.kw_event('command', { title: 'Terra' });
  await settled();
  const told = hearFrame();
  frameSays({ type: 'ready' });
  expect(told[0].options).toMatchObject({ user_id: 'taras', title: 'Terra' });
  page.kw('init', { user_id: 'olena' });
  await settled();
  expect((await open())[0].options.user_id).toBe('olena');
});

test('what the page says after a logout waits for the new visitor', async () => {
  await load(['init', {}]);
  const told = await open();
  page.kw_event('logout');
  page.kw_event('send', { text: 'Hi' });
  await settled();
  expect(told.at(-1)).toMatchObject({ name: 'logout' });
  frameSays({ type: 'ready' });
  expect(told.slice(-2)).toMatchObject([{ type: 'init' }, { name: 'send' }]);
});

test('the same before the frame is there', async () => {
  await load(['init', {}]);
  page.kw_event('logout');
  page.kw_event('send', { text: 'Hi' });
  const told = await open();
  expect(told).toMatchObject([{ type: 'init' }, { name: 'logout' }]);
  frameSays({ type: 'ready' });
  expect(told.slice(2)).toMatchObject([{ type: 'init' }, { name: 'send' }]);
});

test('options that lead to themselves, or have what JSON has not, cost no more than themselves', async () => {
  const cyclic: { self?: unknown } = {};
  cyclic.self = cyclic;
  await load(['init', { user_id: 7n, language_code: 'uk', app: cyclic } as never]);
  expect((await open())[0]).toMatchObject({ open: true, options: { language_code: 'uk' } });
});

test('a bot without a picture asks the page for none', async () => {
  server.settings[1] = { widgetButton: { type: 'avatar' } };
  await load(['init', {}]);
  expect(inside().querySelector('img')?.getAttribute('src') ?? '').toBe('');
});

test('a page that is not allowed is led to where it says why, and nothing is held back for later', async () => {
  server.settings[1] = { refused: { code: 'origin_forbidden', message: 'add exactly this origin. https://chat.example.com/widget/v2/why' } };
  await load(['init', {}]);
  expect(console.error).toHaveBeenCalledExactlyOnceWith('[kw]', 'add exactly this origin. https://chat.example.com/widget/v2/why');
  expect(widgets()).toHaveLength(0);
  const payload = { toJSON: vi.fn() };
  page.kw_event('command', payload);
  expect(payload.toJSON).not.toHaveBeenCalled();
});

test('listeners hear of one bot or of all, do not hear each other’s errors, and can leave', async () => {
  server.settings = { 1: { refused }, 2: { refused } };
  const heard: string[] = [];
  const dom: unknown[] = [];
  const onDom = (event: Event) => dom.push((event as CustomEvent).detail.bot_id);
  document.addEventListener('kw:error', onDom);
  const all = (detail: { bot_id: string }) => heard.push('all ' + detail.bot_id);
  const gone = () => heard.push('gone');
  await load(['on', 'error', all], ['on', 'error', ({ bot_id }: { bot_id: string }) => heard.push('two ' + bot_id), 2], ['on', 'error', gone], ['off', 'error', gone]);
  page.kw('init', { bot_id: 1 });
  page.kw('init', { bot_id: 2, widgetButton: { position: { x: 'left' } } });
  await settled();
  document.removeEventListener('kw:error', onDom);
  expect(heard).toEqual(['all 1', 'all 2', 'two 2']);
  expect(dom).toEqual(['1', '2']);
});

test('a page that swaps its body and runs its embed code again has its widget back', async () => {
  await load(['init', { bot_id: 1 }]);
  const [widget] = widgets();
  document.body.replaceWith(document.createElement('body'));
  page.kw('init', { bot_id: 1, params_from_site: { route: 2 } });
  await settled();
  expect(widgets()).toEqual([widget]);
  expect(server.asked).toHaveLength(1);
  expect((await open())[0].options.params_from_site).toEqual({ route: 2 });
});

test('another bot or user at the same place replaces, at another place there are two', async () => {
  server.settings[2] = {};
  await load(['init', { bot_id: 1 }], ['init', { bot_id: 2 }]);
  expect(widgets()).toHaveLength(1);
  page.kw('init', { bot_id: 2, user_id: 'olena' });
  await settled();
  expect(widgets()).toHaveLength(1);
  page.kw('init', { bot_id: 1, widgetButton: { position: { x: 'left' } } });
  await settled();
  expect(widgets()).toHaveLength(2);
  page.kw_event('openchat', 1, 1);
  await settled();
  expect([isOpen(0), isOpen(1)]).toEqual([false, true]);
  page.kw_event('destroy', undefined, 2);
  expect(widgets()).toHaveLength(1);
});

test('in a container there is no launcher, and the chat is there at once', async () => {
  document.body.innerHTML = '<div id="chat"></div>';
  const container = document.getElementById('chat')!;
  // As a framework leaves it: with an object that leads back to it.
  Object.assign(container, { __fiber: { stateNode: container } });
  await load(['init', { container, params_from_site: { a: 1 } }]);
  expect(container.firstElementChild).toBe(widgets()[0]);
  expect(inside().querySelector('.l')).toBeNull();
  const told = hearFrame();
  frameSays({ type: 'ready' });
  expect(told[0]).toMatchObject({ open: true, quiet: true, format: 'inline', options: { params_from_site: { a: 1 } } });
  page.kw_event('openchat', 0);
  await settled();
  expect(isOpen()).toBe(true);
  container.remove();
  page.kw('init', { bot_id: 1 });
  await settled();
  expect(widgets()).toHaveLength(1);
});

test('a container that is not there is said', async () => {
  const heard: unknown[] = [];
  await load(['on', 'error', (detail: unknown) => heard.push(detail)], ['init', { container: '#nowhere' }]);
  expect(heard).toEqual([{ code: 'bad_request', message: 'no container #nowhere', bot_id: '1' }]);
});

test('with autostart off nothing is asked for before the page wants it', async () => {
  await load(['init', { autostart: false }]);
  page.kw_event('kwsetparamsfromsite', { params_from_site: { a: 1 } });
  expect(server.asked).toEqual([]);
  page.kw_event('show');
  await settled();
  expect(server.asked).toEqual(['/widget/v2/settings/1.js']);
  expect(widgets()).toHaveLength(1);
  expect((await open())[0].options.params_from_site).toEqual({ a: 1 });
});

test('hide takes all out of sight, also a chat that is just being opened, and show gives the launcher back', async () => {
  await load(['init', {}]);
  const box = inside().firstElementChild as HTMLElement;
  page.kw_event('openchat', 1);
  page.kw_event('hide');
  await settled();
  expect([box.hidden, isOpen()]).toEqual([true, false]);
  page.kw_event('show');
  await settled();
  expect([box.hidden, isOpen()]).toEqual([false, false]);
});

test('messages are heard from the frame alone, and from its origin alone', async () => {
  await load(['init', {}]);
  await open();
  frameSays({ type: 'token', token: 'evil' }, 0, 'https://evil.example.com');
  window.dispatchEvent(new MessageEvent('message', { data: { kw: 1, type: 'token', token: 'evil' }, origin: CHAT, source: window }));
  expect(localStorage['kw:1']).toBeUndefined();
  frameSays({ type: 'token', token: 'good' });
  expect(localStorage['kw:1']).toBe('good');
});

test('an open chat is open on the next page of the tab, without taking the focus', async () => {
  await load(['init', {}]);
  await open();
  frameSays({ type: 'token', token: 'good' });
  const { 'kw:1': token } = localStorage;
  server = newPage();
  localStorage['kw:1'] = token;
  sessionStorage['kw:1'] = '1';
  vi.stubGlobal('requestIdleCallback', (run: () => void) => run());
  await load(['init', {}]);
  expect(isOpen()).toBe(true);
  const told = hearFrame();
  frameSays({ type: 'ready' });
  expect(told[0]).toMatchObject({ open: true, quiet: true });
  frameSays({ type: 'close' });
  expect(sessionStorage['kw:1']).toBeUndefined();
});

test('the number of unread is on the launcher, and in the title where the visitor wants it', async () => {
  server.settings[1] = { words: { open: 'Open chat', close: 'Close chat', unread: 'unread' } };
  await load(['init', {}]);
  const unread: unknown[] = [];
  page.kw('on', 'unread', (detail: unknown) => unread.push(detail));
  await open();
  page.kw_event('openchat', 0);
  await settled();
  frameSays({ type: 'unread', count: 2, preview: { author_name: 'Marta', text: 'Hello' } });
  await settled();
  expect(button().getAttribute('aria-label')).toBe('Open chat, unread: 2');
  expect(inside().querySelector('[role=status]')!.textContent).toContain('MartaHello');
  expect(unread).toEqual([{ count: 2, bot_id: '1' }]);
  expect(document.title).toBe('Shop');
  frameSays({ type: 'title', count: 2 });
  await settled();
  expect(document.title).toBe('(2) Shop');
  document.title = 'Basket';
  frameSays({ type: 'title', count: 3 });
  await settled();
  expect(document.title).toBe('(3) Basket');
  page.kw_event('destroy');
  expect(document.title).toBe('Basket');
});

test('a part that the chat can do without changes nothing when it cannot be loaded', async () => {
  delete server.parts.preview;
  delete server.parts.check;
  await load(['init', { botId: 1 }]);
  await open();
  page.kw_event('openchat', 0);
  await settled();
  frameSays({ type: 'unread', count: 1, preview: { author_name: 'Marta', text: 'Hello' } });
  await settled();
  expect(button().role).toBeNull();
  button().click();
  await settled();
  expect(isOpen()).toBe(true);
});

test('a frame that says nothing leaves a link', async () => {
  const heard: { code: string }[] = [];
  await load(['on', 'error', (detail: never) => heard.push(detail)], ['init', {}]);
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  page.kw_event('openchat', 1);
  await settled();
  expect(frames()).toHaveLength(1);
  vi.advanceTimersByTime(10_000);
  vi.useRealTimers();
  await settled();
  expect(heard.map(({ code }) => code)).toEqual(['frame_blocked']);
  expect(frames()).toHaveLength(0);
  expect(button().role).toBe('link');
  const opened = vi.spyOn(window, 'open').mockImplementation(() => null);
  button().click();
  await settled();
  expect(opened).toHaveBeenCalledExactlyOnceWith(`${CHAT}/widget/v2/chat/?bot-id=1`, '_blank', 'noopener');
});

test('the icon is asked for by its name and comes with the settings', async () => {
  server.settings[1] = { icon: 'M3 3h16' };
  const sources: string[] = [];
  vi.spyOn(HTMLScriptElement.prototype, 'src', 'set').mockImplementation(function (this: HTMLScriptElement, url: string) {
    sources.push(url);
    this.setAttribute('src', url);
  });
  await load(['init', { launcher: { openIcon: 'help' } }]);
  expect(new URL(sources[0]!).search).toMatch(/^\?lang=&icon=help&page=/);
  expect(inside().querySelector('path')!.getAttribute('d')).toBe('M3 3h16');
});

describe('a frame in which another document is', () => {
  let heard: { code: string }[];
  /** A chat that has been ready and loaded, in either order, and a clock that the test moves. */
  async function talk(first: 'ready' | 'load' = 'ready') {
    heard = [];
    await load(['on', 'error', (detail: never) => heard.push(detail)], ['init', {}]);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    page.kw_event('openchat', 1);
    await settled();
    if (first === 'load') loads();
    frameSays({ type: 'ready' });
    if (first === 'ready') loads();
  }
  afterEach(() => void vi.useRealTimers());

  const loads = () => frames()[0]!.dispatchEvent(new Event('load'));
  const pass = async (ms: number) => {
    vi.advanceTimersByTime(ms);
    await settled();
  };
  const codes = () => heard.map(({ code }) => code);

  test.each(['ready', 'load'] as const)('is brought back, without the script that may have led away; the first word was %s', async (first) => {
    await talk(first);
    await pass(20_000);
    expect(codes()).toEqual([]);
    loads();
    await pass(1_000);
    expect([codes(), frames()[0]!.src.endsWith('&lame=1'), isOpen()]).toEqual([['custom_code'], true, true]);
    page.kw_event('send', { text: 'Still there?' });
    await settled();
    const told = hearFrame();
    frameSays({ type: 'ready' });
    loads();
    expect(told.map(({ type, open }) => [type, open])).toEqual([['init', true], ['kw_event', undefined]]);
    await pass(20_000);
    expect([codes(), frames().length]).toEqual([['custom_code'], 1]);
  });

  test('is not another one where the chat has loaded itself anew', async () => {
    await talk();
    for (let i = 0; i < 3; i++) {
      frameSays({ type: 'ready' });
      loads();
      await pass(20_000);
    }
    expect([codes(), frames()[0]!.src.includes('lame')]).toEqual([[], false]);
  });

  test('is given up where it is taken away again at once, and brought back later', async () => {
    await talk();
    for (const wait of [61_000, 0, 0]) {
      loads();
      await pass(1_000);
      if (!frames()[0]) break;
      frameSays({ type: 'ready' });
      loads();
      await pass(wait);
    }
    expect([codes(), frames().length, button().role]).toEqual([['custom_code', 'custom_code', 'frame_blocked'], 0, 'link']);
  });

  test('and comes back no more', async () => {
    await talk();
    loads();
    await pass(1_000);
    await pass(10_000);
    expect([codes(), frames().length, button().role]).toEqual([['custom_code', 'frame_blocked'], 0, 'link']);
  });
});

test('a frame may be asked where the visitor is', async () => {
  await load(['init', {}]);
  await open();
  expect(frames()[0]!.allow).toContain('geolocation');
});

describe('the page’s language', () => {
  const given: Record<string, [unknown, string | undefined]> = {
    'a number': [5, undefined],
    'an object': [{}, undefined],
    'a list': [['uk'], undefined],
    'a switch': [true, undefined],
    'a long text': ['x'.repeat(36), undefined],
    'of the widget': ['uk-UA', 'uk-UA'],
    'of the scenario alone': ['fa', 'fa'],
    'a country for its language, which the gateway mends': ['ua', 'ua'],
  };
  for (const [name, [language_code, want]] of Object.entries(given))
    test(`that is ${name}`, async () => {
      server.settings[1] = { language_code: 'de' };
      await load(['init', { language_code }]);
      const [{ options, own }] = await open();
      expect([options.language_code, own.language_code]).toEqual([want ?? 'de', want]);
      // The words are those that the gateway has chosen.
      expect(frames()[0]!.src).toMatch(/&lang=de$/);
    });
});

test.each([[true, false], [false, true]])('an open chat stays open on the next page, unless it covers it (%s)', async (matches, want) => {
  vi.stubGlobal('matchMedia', (query: string) => ({ matches: matches && query.includes('(max-height:480px)') }));
  vi.stubGlobal('requestIdleCallback', (run: () => void) => run());
  localStorage['kw:1'] = 'token';
  sessionStorage['kw:1'] = '1';
  await load(['init', {}]);
  expect(isOpen()).toBe(want);
});
