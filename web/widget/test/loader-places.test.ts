// @vitest-environment jsdom
// Where the chat is: open or not, out of sight, in a dialog, in a container, over the page.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { frames, frameSays, hearFrame, inside, load, newPage, page, settled, widgets, type Server } from './browser.ts';

let server: Server;
beforeEach(() => {
  server = newPage();
  vi.spyOn(console, 'error').mockImplementation(() => {});
});
afterEach(() => {
  page.kw_event?.('destroy');
  vi.unstubAllGlobals();
});

const box = () => inside().firstElementChild as HTMLElement;
const button = () => inside().querySelector('button')!;
const isOpen = () => box().classList.contains('open');
/** What the page hears of these events, from now on. */
function hear(...names: string[]): string[] {
  const heard: string[] = [];
  for (const name of names) page.kw('on', name, ({ count }: { count?: number }) => heard.push([name, count].join(' ').trim()));
  return heard;
}
const call = (...args: Parameters<typeof page.kw_event>) => {
  page.kw_event(...args);
  return settled();
};

describe('out of sight', () => {
  test('the chat does not open itself when a message comes, which is kept for later', async () => {
    await load(['init', { open_on_msg: 1 }]);
    await call('send', { text: 'Hi' });
    frameSays({ type: 'ready' });
    await call('hide');
    const heard = hear('opened', 'unread');
    frameSays({ type: 'unread', count: 1, preview: { author_name: 'Olena', text: 'Here' } });
    await settled();
    expect([isOpen(), heard, document.adoptedStyleSheets.length]).toEqual([false, ['unread 1'], 0]);
    await call('show');
    expect([isOpen(), button().textContent]).toEqual([false, '1']);
    frameSays({ type: 'unread', count: 2 });
    await settled();
    expect(isOpen()).toBe(true);
  });

  test('a container’s chat is there when it is shown', async () => {
    document.body.innerHTML = '<div id="chat"></div>';
    await load(['init', { container: '#chat' }], ['event', 'hide']);
    await call('show');
    expect([box().hidden, isOpen()]).toEqual([false, true]);
  });
});

describe('a chat that was open on the page before', () => {
  beforeEach(() => {
    sessionStorage['kw:1'] = '1';
    localStorage['kw:1'] = 'token';
    vi.stubGlobal('requestIdleCallback', queueMicrotask);
  });

  test.each([
    ['hide', undefined, true],
    ['openchat', 0, false],
  ])('is closed by an early %s', async (name, payload, hidden) => {
    await load(['init', {}], ['event', name, payload]);
    expect([box().hidden, isOpen(), sessionStorage['kw:1']]).toEqual([hidden, false, undefined]);
  });

  test('has the focus when it is asked for', async () => {
    await load(['init', {}], ['event', 'openchat', 1]);
    expect(isOpen()).toBe(true);
    const told = hearFrame();
    frameSays({ type: 'ready' });
    expect(told[0]).toMatchObject({ open: true, quiet: false });
  });
});

test('who opens the chat has read what was new, and the page hears it', async () => {
  await load(['init', {}]);
  await call('send', { text: 'Hi' });
  frameSays({ type: 'ready' });
  const heard = hear('opened', 'unread');
  await call('openchat', 1);
  await call('openchat', 0);
  frameSays({ type: 'unread', count: 2, preview: { author_name: 'Olena', text: 'Here' } });
  await call('openchat', 1);
  frameSays({ type: 'unread', count: 0 });
  await settled();
  expect(heard).toEqual(['opened', 'unread 2', 'unread 0', 'opened']);
  expect(button().textContent).toBe('');
});

test('what the page changes takes nothing from what is new', async () => {
  await load(['init', {}]);
  await call('send', { text: 'Hi' });
  frameSays({ type: 'ready' });
  frameSays({ type: 'unread', count: 2 });
  await settled();
  await call('kwsetparamsfromsite', { params_from_site: { route: 2 } });
  await settled();
  expect(button().textContent).toBe('2');
});

test('the choice of messengers goes when the chat opens', async () => {
  server.settings[1] = { words: { chat: 'Chat' } };
  await load(['init', { widgetButton: { type: 'multi' }, multi_channel: { messengers: { telegram: 'https://t.me/shop' } } }]);
  const state = () => [inside().querySelector<HTMLElement>('.m')!.hidden, isOpen(), button().getAttribute('aria-expanded'), button().getAttribute('aria-controls')];
  button().click();
  await settled();
  expect(state()).toEqual([false, false, 'true', 'm']);
  await call('send', { text: 'Hi' });
  frameSays({ type: 'ready' });
  frameSays({ type: 'unread', count: 1 });
  await settled();
  expect(state()).toEqual([false, false, 'true', 'm']);
  await call('openchat', 1);
  expect(state()).toEqual([true, true, 'true', 'f']);
  await call('openchat', 0);
  expect(state().slice(0, 3)).toEqual([true, false, 'false']);
  button().click();
  await settled();
  expect(state()).toEqual([false, false, 'true', 'm']);
});

describe('a modal dialog of the page', () => {
  /** What is called while something moves; jsdom cannot move, nor has it modal dialogs. */
  beforeEach(() => {
    Object.assign(Element.prototype, { moveBefore: Element.prototype.insertBefore });
    vi.spyOn(HTMLDialogElement.prototype, 'matches').mockReturnValue(true);
    document.body.innerHTML = '<main><dialog></dialog></main>';
  });
  afterEach(() => {
    delete (Element.prototype as Partial<Element>).moveBefore;
  });

  const dialog = () => document.querySelector('dialog')!;
  const ends: Record<string, () => void> = {
    'that closes': () => dialog().close(),
    'that an application removes': () => dialog().remove(),
    'whose place an application removes': () => document.querySelector('main')!.remove(),
    'that an application closes by its attribute': () => dialog().removeAttribute('open'),
  };
  for (const [what, end] of Object.entries(ends))
    test(`${what} gives the chat back`, async () => {
      await load(['init', {}]);
      dialog().showModal();
      await call('openchat', 1);
      expect(widgets()[0]!.parentElement).toBe(dialog());
      dialog().append('more');
      await settled();
      expect(widgets()[0]!.parentElement).toBe(dialog());
      end();
      await settled();
      expect(widgets()[0]!.parentElement).toBe(document.body);
      expect(isOpen()).toBe(true);
    });

  test('that took the frame along loses nothing that the page says until it is there again', async () => {
    await load(['init', {}]);
    dialog().showModal();
    await call('openchat', 1);
    frameSays({ type: 'ready' });
    dialog().remove();
    await settled();
    const told = hearFrame();
    await call('send', { text: 'Hi' });
    expect(told).toEqual([]);
    frameSays({ type: 'ready' });
    expect(told).toMatchObject([{ type: 'init', open: true }, { name: 'send' }]);
  });

  test('that goes with the widget leaves nothing', async () => {
    await load(['init', {}]);
    dialog().showModal();
    await call('openchat', 1);
    await call('destroy');
    dialog().remove();
    await settled();
    expect(widgets()).toHaveLength(0);
  });
});

test('a container that is shown later is filled then', async () => {
  let changed = () => {};
  let observed = 0;
  vi.stubGlobal(
    'ResizeObserver',
    class {
      constructor(run: () => void) {
        changed = run;
      }
      observe = () => observed++;
      disconnect = () => observed--;
    },
  );
  document.body.innerHTML = '<div id="chat" style="padding: 0px"></div>';
  const container = document.getElementById('chat')!;
  await load(['init', { container: '#chat' }]);
  const least = () => widgets()[0]!.style.getPropertyValue('--m');
  expect([least(), observed]).toEqual(['', 1]);
  changed();
  expect([least(), observed]).toEqual(['', 1]);
  Object.defineProperty(container, 'clientHeight', { value: 300 });
  container.getClientRects = () => [{}] as never;
  changed();
  expect([least(), observed]).toEqual(['300px', 0]);
});

test('over a phone’s page the chat has all the width, and the page keeps its own', async () => {
  const sheets: string[] = [];
  vi.stubGlobal('CSSStyleSheet', class { replaceSync = (css: string) => sheets.push(css) });
  vi.stubGlobal('innerWidth', 420);
  Object.defineProperty(document.documentElement, 'clientWidth', { value: 405, configurable: true });
  await load(['init', {}]);
  await call('openchat', 1);
  expect(sheets.at(-1)).toContain('border-right:15px solid #0000!important');
  expect(document.adoptedStyleSheets).toHaveLength(1);
  await call('openchat', 0);
  expect(document.adoptedStyleSheets).toHaveLength(0);
});

test('lists are lists, whatever the page has made of JSON', async () => {
  const prechat = { fields: [{ name: 'name' }] };
  server.settings[1] = { prechat };
  await load(['init', { params_from_site: { tags: ['tea'] } }]);
  // As Prototype.js did.
  Object.assign(Array.prototype, { toJSON: () => '[]' });
  try {
    await call('openchat', 1);
    const told = hearFrame();
    frameSays({ type: 'ready' });
    expect(told[0].options).toMatchObject({ prechat, params_from_site: { tags: ['tea'] } });
    expect(frames()).toHaveLength(1);
  } finally {
    delete (Array.prototype as { toJSON?: unknown }).toJSON;
  }
});
