// @vitest-environment jsdom
// The launcher: what a press means before there is anything to open, what is left of it where the rest cannot be
// loaded, and options that it cannot take as they are.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CHAT, frames, inside, load, newPage, page, settled, widgets, type Server } from './browser.ts';

let server: Server;
let opened: ReturnType<typeof vi.spyOn>;
let heard: { code: string; message: string }[];
beforeEach(() => {
  server = newPage();
  opened = vi.spyOn(window, 'open').mockImplementation(() => null);
  heard = [];
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  vi.spyOn(console, 'error').mockImplementation(() => {});
});
afterEach(() => {
  page.kw_event?.('destroy');
  vi.unstubAllGlobals();
});

const multi = { widgetButton: { type: 'multi' }, multi_channel: { messengers: { viber: 'viber://pa?chatURI=shop' } } };
const button = (at = 0) => inside(at).querySelector<HTMLElement>('.l')!;
const box = (at = 0) => inside(at).firstElementChild as HTMLElement;
const isOpen = (at = 0) => box(at).classList.contains('open');
const begin = (options: object = {}) => load(['on', 'error', (detail: never) => heard.push(detail)], ['init', options]);
const hover = () => button().onpointerenter!(new MouseEvent('pointerenter') as PointerEvent);
const click = async () => {
  button().click();
  await settled();
};

describe('presses before the panel is there', () => {
  test('all mean the same', async () => {
    await begin();
    button().click();
    await click();
    expect(isOpen()).toBe(true);
    await click();
    expect(isOpen()).toBe(false);
  });

  test('and open the messengers once', async () => {
    await begin(multi);
    button().click();
    await click();
    expect(inside().querySelector<HTMLElement>('.m')!.hidden).toBe(false);
  });

  test('do not close what was open on the page before', async () => {
    sessionStorage['kw:1'] = '1';
    await begin();
    await click();
    expect(isOpen()).toBe(true);
  });

  test('close what the page has opened, once the panel is there', async () => {
    await begin();
    page.kw_event('openchat', 1);
    await settled();
    await click();
    expect(isOpen()).toBe(false);
  });
});

describe('without a network', () => {
  let panel: Server['parts'][string];
  beforeEach(() => {
    panel = server.parts.panel;
    delete server.parts.panel;
  });
  const back = () => {
    server.parts.panel = panel;
  };

  test('coming near changes nothing', async () => {
    await begin();
    hover();
    await settled();
    expect([button().role, heard]).toEqual([null, []]);
    back();
    await click();
    expect(isOpen()).toBe(true);
  });

  test('a visitor who has talked before is no reason for a link either, nor are rules', async () => {
    delete server.parts.rules;
    localStorage['kw:1'] = 'token';
    vi.stubGlobal('requestIdleCallback', (run: () => void) => run());
    server.settings[1] = { rules: [{ id: 'a', after_s: 1, text: 'Hello' }] };
    await begin();
    expect(server.asked.filter((path) => path.includes('assets'))).toHaveLength(2);
    expect([button().role, heard]).toEqual([null, []]);
  });

  test('a press leaves a link, which tries again before it leads away', async () => {
    await begin();
    await click();
    expect([button().role, heard.map(({ code }) => code)]).toEqual(['link', ['unavailable']]);
    expect(opened).not.toHaveBeenCalled();
    await click();
    expect(opened).toHaveBeenCalledExactlyOnceWith(`${CHAT}/widget/v2/chat/?bot-id=1`, '_blank', 'noopener');
    expect(heard).toHaveLength(1);
    back();
    await click();
    expect([button().role, isOpen()]).toEqual([null, true]);
    expect(opened).toHaveBeenCalledTimes(1);
  });

  test('the link is a button again when the network is back', async () => {
    await begin();
    await click();
    back();
    dispatchEvent(new Event('online'));
    await settled();
    expect([button().role, isOpen()]).toEqual([null, false]);
  });

  test('who has not come near costs nothing when the network is back', async () => {
    await begin();
    const asked = server.asked.length;
    dispatchEvent(new Event('online'));
    await settled();
    expect(server.asked).toHaveLength(asked);
  });

  test('what the page asks for is tried again, and what waits for it is not lost', async () => {
    await begin();
    hover();
    page.kw_event('command', { title: 'Terra' });
    await settled();
    expect([button().role, heard]).toEqual([null, []]);
    page.kw_event('openchat', 1);
    await settled();
    expect(heard).toHaveLength(1);
    back();
    page.kw_event('openchat', 1);
    await settled();
    expect([button().role, isOpen(), frames()[0]!.title]).toEqual([null, true, 'Terra']);
  });

  test('calls in a row do not pile up, and the last are there when it is back', async () => {
    await begin();
    for (let i = 0; i < 2_000; i++) page.kw_event('kwsetparamsfromsite', { params_from_site: { i } });
    page.kw_event('command', { title: 'Terra' });
    await settled();
    expect(server.asked.filter((path) => path.includes('panel'))).toHaveLength(1);
    back();
    await click();
    expect(frames()[0]!.title).toBe('Terra');
  });

  test('a container has the link for as long as it has no chat', async () => {
    document.body.innerHTML = '<div id="chat"></div>';
    await begin({ container: '#chat' });
    expect(button().role).toBe('link');
    back();
    dispatchEvent(new Event('online'));
    await settled();
    expect([button(), isOpen(), frames().length]).toEqual([null, true, 1]);
  });

  test('messengers stay, and the chat beside them leads to its page until it is back', async () => {
    await begin(multi);
    await click();
    const items = () => [...inside().querySelectorAll<HTMLElement>('[role=menuitem]')];
    items()[1]!.click();
    await settled();
    expect([button().role, heard.map(({ code }) => code)]).toEqual([null, ['unavailable']]);
    expect(opened).toHaveBeenCalledTimes(1);
    back();
    await click();
    items()[1]!.click();
    await settled();
    expect(isOpen()).toBe(true);
  });

  test('nothing comes of a press after the end', async () => {
    await begin();
    await click();
    const last = button();
    last.click();
    page.kw_event('destroy');
    await settled();
    expect(opened).not.toHaveBeenCalled();
  });
});

describe('corners', () => {
  test('named or not, the usual one is one', async () => {
    await begin();
    page.kw('init', { widgetButton: { position: { x: 'right', y: 'bottom' } } });
    page.kw('init', { widgetButton: { position: { x: null, offset: 3 } } });
    await settled();
    expect(widgets()).toHaveLength(1);
  });

  test('one bot in two of them is commanded and heard by its place', async () => {
    await begin();
    document.body.insertAdjacentHTML('beforeend', '<div id="chat"></div>');
    const container = document.getElementById('chat')!;
    page.kw('init', { container });
    page.kw('init', { widgetButton: { position: { x: 'left', y: 'top' } } });
    await settled();
    const told: string[] = [];
    page.kw('on', 'opened', () => told.push('left'), 'left,top');
    page.kw('on', 'opened', () => told.push('inside'), container);
    page.kw('on', 'opened', () => told.push('bot'), 1);
    page.kw('event', 'openchat', 1, 'left,top');
    await settled();
    const at = (name: string) => widgets().findIndex((widget) => widget.shadowRoot!.firstElementChild!.classList.contains(name));
    expect([isOpen(at('left')), told]).toEqual([true, ['left', 'bot']]);
    page.kw('event', 'destroy', undefined, container);
    expect([container.childElementCount, widgets().length]).toEqual([0, 2]);
    page.kw('event', 'destroy', undefined, 'right,bottom');
    expect(widgets()).toHaveLength(1);
    expect(box().classList).toContain('left');
  });
});

describe('bad values', () => {
  test.each([
    ['25px', '25px'],
    ['40', '40px'],
    [0, '0px'],
    ['wide', '25px'],
    [-5, '25px'],
    [{}, '25px'],
    [null, '25px'],
  ])('an offset of %j is %s', async (offset, expected) => {
    await begin({ widgetButton: { position: { offset } } });
    expect(box().style.getPropertyValue('--o')).toBe(expected);
  });

  test.each(['#1a', '#nowhere', 5, {}])('a container of %j is refused by name', async (container) => {
    await begin({ container });
    expect(heard).toEqual([{ bot_id: '1', code: 'bad_request', message: `no container ${container}` }]);
    expect(widgets()).toHaveLength(0);
  });
});

describe('colours', () => {
  const paper = () => button().style.getPropertyValue('--b');

  test('what the background is, is known to the sheet, where the browser took it', async () => {
    await begin({ colors: { header: { bg: 'white' } } });
    expect(paper()).toBe('white');
    page.kw_event('kwcolor', { launcher: { bg: 'nonsense' } });
    expect(paper()).toBe('white');
    page.kw_event('kwcolor', { launcher: { bg: 'black', text: 'yellow' } });
    expect([paper(), button().style.color]).toEqual(['black', 'yellow']);
  });

  test('a text is for the background that it comes with', async () => {
    server.settings[1] = { colors: { header: { bg: 'purple', text: 'white' }, launcher: { bg: null } } };
    await begin({ colors: { header: { bg: 'gold' } } });
    expect([paper(), button().style.color]).toEqual(['gold', '']);
    page.kw_event('kwcolor', { header: { text: 'navy' } });
    expect([paper(), button().style.color]).toEqual(['gold', 'navy']);
    page.kw_event('kwcolor', { header: { bg: null, text: null } });
    expect([paper(), button().style.color]).toEqual(['gold', 'navy']);
  });

  test('without one there is nothing to know', async () => {
    await begin();
    expect([paper(), button().style.color]).toEqual(['', '']);
  });
});

describe('Trusted Types', () => {
  const refuse = () => {
    throw new TypeError('the page does not name this policy');
  };

  test('where only the page’s default policy is allowed, that decides', async () => {
    vi.stubGlobal('trustedTypes', { createPolicy: refuse });
    await begin();
    expect(widgets()).toHaveLength(1);
  });

  test('ours is made once, and makes every address', async () => {
    const createPolicy = vi.fn((_: string, rules: object) => rules);
    vi.stubGlobal('trustedTypes', { createPolicy });
    await begin();
    await click();
    expect(isOpen()).toBe(true);
    expect(createPolicy).toHaveBeenCalledExactlyOnceWith('switchboard', expect.anything());
  });
});
