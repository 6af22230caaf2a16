// @vitest-environment jsdom
// Whatever a page does, in whatever order: nothing throws, nothing is there twice, and after the end nothing is left.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { frames, frameSays, load, newPage, page, settled, widgets, type Server } from './browser.ts';

const seed = Number(process.env.SEED ?? Date.now() % 1e9);
let server: Server;
let listeners: (AddEventListenerOptions | boolean | undefined)[];

beforeEach(() => {
  server = newPage();
  server.settings = { 1: { rules: [{ id: 'a', after_s: 1, text: 'Hello' }] }, 2: { theme: 'dark' }, 3: { refused: { code: 'origin_forbidden', message: 'no' } } };
  vi.spyOn(console, 'error').mockImplementation(() => {});
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  listeners = [];
  for (const target of [window, document, document.documentElement])
    vi.spyOn(target as EventTarget, 'addEventListener').mockImplementation(function (this: EventTarget, type, listener, options) {
      listeners.push(options);
      EventTarget.prototype.addEventListener.call(this, type, listener, options);
    });
});
afterEach(() => vi.unstubAllGlobals());

/** A generator of the same numbers for the same seed (mulberry32). */
function random(state: number): (below: number) => number {
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below | 0;
  };
}

test.each(Array.from({ length: 30 }, (_, i) => seed + i))('any order, seed %i', async (own) => {
  const dice = random(own);
  const pick = <T>(...of: T[]): T => of[dice(of.length)]!;
  const done: string[] = [];
  const steps: Record<string, () => unknown> = {
    init: () => page.kw('init', { bot_id: pick(1, 1, 2, 3), user_id: pick(undefined, undefined, 'olena'), autostart: pick(true, true, false) }),
    left: () => page.kw('init', { bot_id: pick(1, 2), widgetButton: { position: { x: 'left' }, type: pick('icon', 'multi') } }),
    inline: () => page.kw('init', { bot_id: pick(1, 2), container: pick('#there', '#nowhere') }),
    destroy: () => page.kw_event('destroy', undefined, pick(undefined, 1, 2)),
    show: () => page.kw_event('show'),
    hide: () => page.kw_event('hide'),
    open: () => page.kw_event('openchat', pick(1, 0)),
    color: () => page.kw_event('kwcolor', pick<unknown>({ header: { bg: 'red' } }, null, 'x', [])),
    send: () => page.kw_event('send', { text: 'hello' }),
    nonsense: () => page.kw_event(pick('__proto__', 'nothing', 'toString'), pick<unknown>(1, undefined, 'x')),
    press: () => widgets()[0]?.shadowRoot!.querySelector('button')?.click(),
    ready: () => frames()[0] && frameSays({ type: 'ready' }),
    swap: () => {
      document.body.replaceWith(document.createElement('body'));
      document.body.innerHTML = '<div id="there"></div>';
    },
    settle: settled,
  };
  await load();
  steps.swap!();
  for (let i = 0; i < 60; i++) {
    const name = pick(...Object.keys(steps));
    done.push(name);
    await steps[name]!();
    const places = widgets().map((widget) => widget.parentElement!.id + widget.shadowRoot!.firstElementChild!.className.includes('left'));
    expect(places, done.join()).toEqual([...new Set(places)]);
    for (const widget of widgets()) expect(widget.shadowRoot!.querySelectorAll('iframe').length, done.join()).toBeLessThan(2);
  }
  await settled();
  // In a container it cannot be closed.
  expect(widgets().filter((widget) => widget.shadowRoot!.querySelector('.widget.open[hidden]')), done.join()).toEqual([]);
  page.kw_event('destroy');
  await settled();
  expect(widgets()).toHaveLength(0);
  expect(document.head.querySelectorAll('script')).toHaveLength(1);
  expect(document.adoptedStyleSheets).toEqual([]);
  expect(document.title).toBe('Shop');
  // `true` is of jsdom itself.
  expect(listeners.filter((options) => options !== true && (typeof options !== 'object' || !options.signal?.aborted))).toEqual([]);
});
