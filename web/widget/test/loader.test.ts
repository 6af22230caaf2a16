// @vitest-environment jsdom
// The loader on a page: what it does with the queue, the settings and the page's calls.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Callbacks, Launcher } from '../loader/parts.ts';

type Kw = ((...args: unknown[]) => void) & { q?: unknown[] };
type Page = { kw: Kw; kw_event: (name: string, payload?: unknown) => void; __kw?: Callbacks };

const page = window as unknown as Page;
const refused = { code: 'origin_forbidden', message: 'no' };

beforeEach(() => {
  vi.stubGlobal('PANEL', 'panel-1.js');
  vi.stubGlobal('CSS', { supports: () => true });
  vi.stubGlobal('CSSStyleSheet', class { replaceSync() {} });
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  vi.spyOn(console, 'error').mockImplementation(() => {});
  delete page.__kw;
  document.head.innerHTML = '<script src="https://chat.example.com/widget/v2/kw.js"></script>';
  document.body.innerHTML = '';
});
afterEach(() => vi.unstubAllGlobals());

/** Runs the loader on a page whose embed code has queued these calls. */
async function load(...calls: unknown[][]) {
  page.kw = Object.assign(() => {}, { q: calls });
  vi.resetModules();
  await import('../loader/kw.ts');
}

/** Gives the loader a panel that writes down what it is told; returns that and the launcher. */
function givePanel() {
  const told: unknown[][] = [];
  let launcher!: Launcher;
  page.__kw!.panel((l) => {
    launcher = l;
    const tell = (...args: unknown[]) => void told.push(args);
    return { toggle: (open) => tell('toggle', open), send: tell, update: () => tell('update') };
  });
  return { told, options: () => launcher.options() };
}

const scripts = () => Array.from(document.head.querySelectorAll('script'), (script) => script.src).slice(1);
const widgets = () => document.querySelectorAll('body > kw-widget');

test('replays the queue and asks for the settings, with the page’s origin', async () => {
  await load(['init', { bot_id: 7 }]);
  expect(scripts()).toEqual(['https://chat.example.com/widget/v2/settings/7.js']);
  expect(document.head.lastElementChild).toHaveProperty('crossOrigin', 'anonymous');
  page.__kw!.settings('8', {});
  expect(widgets()).toHaveLength(0);
  page.__kw!.settings('7', { title: 'Terra' });
  expect(widgets()).toHaveLength(1);
  expect(scripts()).toHaveLength(1);
});

test('what the page calls early waits for the settings and the panel', async () => {
  await load(['init', {}]);
  page.kw_event('kwsetparamsfromsite', { params_from_site: { name: 'Olena' } });
  page.kw_event('openchat', 1);
  page.__kw!.settings('1', {});
  expect(scripts()[1]).toBe('https://chat.example.com/widget/v2/assets/panel-1.js');
  const { told, options } = givePanel();
  expect(told).toEqual([['toggle', true]]);
  expect(options()).toMatchObject({ params_from_site: { name: 'Olena' } });
});

test('an empty PHP array is no parameters', async () => {
  await load(['init', { params_from_site: [] }]);
  page.__kw!.settings('1', {});
  page.kw_event('kwsetparamsfromsite', { params_from_site: [] });
  page.kw_event('openchat', 1);
  expect(givePanel().options().params_from_site).toEqual({});
});

test('a logout needs no panel yet, and takes along what the page has said of the visitor', async () => {
  await load(['init', { user_id: 'olena', user_token: 'signed', params_token: 'signed', params_from_site: { name: 'Olena' }, language_code: 'uk' }]);
  page.__kw!.settings('1', { title: 'Terra' });
  page.kw_event('logout');
  const { told, options } = givePanel();
  expect(told).toEqual([['logout', {}]]);
  expect(options()).toMatchObject({ user_id: '', user_token: '', params_token: '', params_from_site: {}, language_code: 'uk', title: 'Terra' });
  expect(console.warn).not.toHaveBeenCalled();
});

test('a page that is not allowed is led to where it says why', async () => {
  await load(['init', {}]);
  page.__kw!.refused('1', { code: 'origin_forbidden', message: 'add exactly this origin' });
  const why = `https://chat.example.com/widget/v2/why?bot-id=1&site=${encodeURIComponent(location.origin)}`;
  expect(console.error).toHaveBeenCalledExactlyOnceWith(`[kw] Bot 1 is not shown on ${location.origin}: add exactly this origin. ${why}`);
});

test('a refusal is said in the console, takes all away, and holds nothing back for later', async () => {
  await load(['init', {}]);
  const heard: unknown[] = [];
  page.kw('on', 'error', (detail: unknown) => heard.push(detail));
  page.__kw!.refused('1', refused);
  expect(console.error).toHaveBeenCalledWith(expect.stringContaining('Bot 1 is not shown on'));
  expect(heard).toEqual([refused]);
  const payload = { toJSON: vi.fn() };
  page.kw_event('command', payload);
  page.__kw!.settings('1', {});
  expect(widgets()).toHaveLength(0);
  expect(payload.toJSON).not.toHaveBeenCalled();
});

test('a page that swaps its body and runs its embed code again has its widget back', async () => {
  await load(['init', {}]);
  page.__kw!.settings('1', {});
  const [widget] = widgets();
  page.kw('init', {});
  expect(console.warn).toHaveBeenCalledOnce();
  document.body.replaceWith(document.createElement('body'));
  page.kw('init', {});
  expect(widgets()).toHaveLength(1);
  expect(widgets()[0]).toBe(widget);
  expect(console.warn).toHaveBeenCalledOnce();
});
