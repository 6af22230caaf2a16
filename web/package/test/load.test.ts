// The package with the real loader on a page.
import { afterEach, beforeEach, expect, expectTypeOf, test, vi } from 'vitest';
import { CHAT, frameSays, frames, hearFrame, inside, newPage, page, settled, widgets, type Server } from '../../widget/test/browser.ts';
import type { InitOptions } from '../../widget/wire/options.ts';
import { createEmbedCode } from '../src/embed.js';
import type { WidgetOptions } from '../src/options.js';

const src = `${CHAT}/widget/v2/kw.js`;
let server: Server;
let load: typeof import('../src/load.js').load;

beforeEach(async () => {
  server = newPage();
  document.head.innerHTML = '';
  for (const name of ['kw', 'kw_event', 'KwizbotWidget']) delete (page as unknown as Record<string, unknown>)[name];
  vi.resetModules();
  ({ load } = await import('../src/load.js'));
});
afterEach(() => vi.unstubAllGlobals());

test('the options are those of the loader', () => {
  expectTypeOf<WidgetOptions>().toEqualTypeOf<InitOptions>();
});

test('what is called before the loader is there is done when it is', async () => {
  const chat = load({ src, params_from_site: { a: 1 } });
  const opened = vi.fn();
  chat.on('opened', opened);
  chat.setParams({ b: 2 });
  chat.open();
  await settled();
  expect(opened).toHaveBeenCalledExactlyOnceWith({ bot_id: '1' });
  const told = hearFrame();
  frameSays({ type: 'ready' });
  expect(told[0].options.params_from_site).toEqual({ a: 1, b: 2 });
  chat.send('hello');
  chat.jump('sale');
  chat.setTitle('Terra');
  chat.setColors({ header: { bg: 'red' } });
  chat.identify({ user_id: 'olena' });
  chat.logout();
  await settled();
  expect(told.slice(1).map(({ name, payload }) => [name, payload])).toEqual([
    ['send', { text: 'hello' }],
    ['emitevent', { event: 'alias', alias: 'sale' }],
    ['command', { title: 'Terra' }],
    ['kwcolor', { header: { bg: 'red' } }],
    ['identify', { user_id: 'olena' }],
    ['logout', {}],
  ]);
  chat.close();
  chat.hide();
  await settled();
  expect((inside().firstElementChild as HTMLElement).hidden).toBe(true);
});

test('each handle is of its bot, and its handlers go with it', async () => {
  server.settings[2] = {};
  const one = load({ src, bot_id: 1 });
  const two = load({ src, bot_id: 2, widgetButton: { position: { x: 'left' } } });
  const heard: string[] = [];
  one.on('opened', ({ bot_id }) => heard.push(bot_id));
  const off = two.on('opened', ({ bot_id }) => heard.push(bot_id));
  two.open();
  await settled();
  expect(heard).toEqual(['2']);
  expect(frames()).toHaveLength(1);
  off();
  two.close();
  two.open();
  one.open();
  await settled();
  expect(heard).toEqual(['2', '1']);
  one.destroy();
  expect(widgets()).toHaveLength(1);
  expect(server.asked.filter((path) => path.endsWith('kw.js'))).toHaveLength(1);
});

test('two of one bot are told apart by their places', async () => {
  document.body.innerHTML = '<div id="chat"></div>';
  const container = document.getElementById('chat')!;
  const corner = load({ src });
  const part = load({ src, container });
  const heard: string[] = [];
  const shared = () => heard.push('shared');
  corner.on('opened', () => heard.push('corner'));
  corner.on('opened', shared);
  part.on('opened', () => heard.push('part'));
  part.on('opened', shared);
  await settled();
  expect(heard).toEqual(['part', 'shared']);
  part.setTitle('Terra');
  part.destroy();
  expect([container.childElementCount, widgets().length]).toEqual([0, 1]);
  corner.open();
  await settled();
  expect(heard.slice(2)).toEqual(['corner', 'shared']);
  expect(frames()[0]!.title).not.toBe('Terra');
  part.open();
  part.destroy();
  expect(widgets()).toHaveLength(1);
  corner.destroy();
  expect(widgets()).toHaveLength(0);
});

test('who comes later to the same place shares the widget, or has its own until it goes', async () => {
  server.settings[2] = {};
  const bots: string[] = [];
  const see = () => {
    bots.push(new URL(frames()[0]!.src).searchParams.get('bot-id')!);
  };
  const first = load({ src, params_from_site: { a: 1 } });
  const same = load({ src, widgetButton: { position: { x: 'right' } } });
  await settled();
  const [widget] = widgets();
  first.destroy();
  expect(widgets()).toEqual([widget]);
  const other = load({ src, bot_id: 2 });
  await settled();
  same.hide();
  same.open();
  other.open();
  await settled();
  see();
  other.destroy();
  await settled();
  same.open();
  await settled();
  see();
  same.destroy();
  expect([bots, widgets().length]).toEqual([['2', '1'], 0]);
});

test('a loader that cannot be had is an error, and is tried again', async () => {
  const { kw } = server.parts;
  delete server.parts.kw;
  const failed = vi.fn();
  const chat = load({ src });
  chat.on('error', failed);
  await settled();
  expect(failed).toHaveBeenCalledExactlyOnceWith({ bot_id: '1', code: 'unavailable', message: `${src} cannot be loaded` });
  server.parts.kw = kw;
  load({ src });
  await settled();
  expect(widgets()).toHaveLength(1);
});

test('the embed code is what it says, and nothing ends it early', () => {
  const options = { bot_id: '1', params_from_site: { name: '</script><script>alert(1)//\u2028' } };
  const code = createEmbedCode({ src, ...options });
  expect(code.match(/<\/script>/g)).toHaveLength(1);
  const calls: unknown[] = [];
  const body = code.replace(/^<script>|<\/script>$/g, '');
  document.head.innerHTML = '<script></script>';
  new Function('kw', body)((...args: unknown[]) => calls.push(args));
  expect(calls).toEqual([['init', options]]);
  expect(document.head.querySelector('script')!.src).toBe(src);
});
