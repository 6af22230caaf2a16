// The hook and the components, with the real loader, as React draws them: twice at first, and in any order.
import { StrictMode } from 'react';
import { act, cleanup, render } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CHAT, frames, inside, newPage, page, settled, widgets, type Server } from '../../widget/test/browser.ts';
import { Chat, ChatLauncher, useWidget } from '../src/react.js';
import type { WidgetHandle } from '../src/load.js';

const src = `${CHAT}/widget/v2/kw.js`;
let server: Server;

beforeEach(() => {
  server = newPage();
  document.head.innerHTML = '';
  for (const name of ['kw', 'kw_event', 'KwizbotWidget']) delete (page as unknown as Record<string, unknown>)[name];
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

test('a launcher is there for as long as its component, once', async () => {
  const opened = vi.fn();
  const { rerender, unmount } = render(<ChatLauncher src={src} on={{ opened }} />, { wrapper: StrictMode });
  await act(settled);
  expect(widgets()).toHaveLength(1);
  const [first] = widgets();
  rerender(<ChatLauncher src={src} params_from_site={{ route: 2 }} colors={{ header: { bg: 'green' } }} on={{ opened }} />);
  await act(settled);
  expect(widgets()[0]).toBe(first);
  expect(inside().querySelector('button')!.style.background).toBe('green');
  page.kw_event('openchat', 1);
  await act(settled);
  expect(opened).toHaveBeenCalledTimes(1);
  rerender(<ChatLauncher src={src} user_id="olena" />);
  await act(settled);
  expect(widgets()).toHaveLength(1);
  expect(widgets()[0]).not.toBe(first);
  unmount();
  expect(widgets()).toHaveLength(0);
});

test('a chat fills its element', async () => {
  const { container, unmount } = render(<Chat src={src} className="chat" style={{ height: 600 }} />, { wrapper: StrictMode });
  await act(settled);
  expect(container.querySelector('.chat > kw-widget')).toBe(widgets()[0]);
  expect(frames()).toHaveLength(1);
  unmount();
  expect(widgets()).toHaveLength(0);
});

test('components of one bot come and go in any order, and none disturbs another', async () => {
  const made = ['launcher', 'second', 'chat', 'left'] as const;
  let state = Number(process.env.SEED ?? Date.now() % 1e9);
  const seed = state;
  const dice = (below: number) => (state = (state * 48271) % 2147483647) % below;
  const heard: string[] = [];
  const on = (name: string) => ({ opened: () => heard.push(name) });
  const Page = ({ there }: { there: Set<string> }) => (
    <>
      {there.has('launcher') && <ChatLauncher src={src} on={on('launcher')} />}
      {there.has('second') && <ChatLauncher src={src} widgetButton={{ position: { x: 'right', y: 'bottom' } }} on={on('second')} />}
      {there.has('chat') && <Chat src={src} className="chat" on={on('chat')} />}
      {there.has('left') && <ChatLauncher src={src} widgetButton={{ position: { x: 'left' } }} on={on('left')} />}
    </>
  );
  const there = new Set<string>();
  const { rerender } = render(<Page there={there} />, { wrapper: StrictMode });
  const done: string[] = [`SEED=${seed}`];
  for (let i = 0; i < 60; i++) {
    const name = made[dice(made.length)]!;
    if (!there.delete(name)) there.add(name);
    done.push(name);
    rerender(<Page there={new Set(there)} />);
    if (dice(2)) continue;
    await act(settled);
    const corners = Number(there.has('launcher') || there.has('second')) + Number(there.has('left'));
    expect([widgets().length, document.querySelectorAll('.chat kw-widget').length], done.join()).toEqual([corners + Number(there.has('chat')), Number(there.has('chat'))]);
  }
  rerender(<Page there={new Set(made)} />);
  await act(settled);
  heard.length = 0;
  page.kw('event', 'openchat', 1, 'left,bottom');
  await act(settled);
  expect(heard, done.join()).toEqual(['left']);
});

test('the hook gives the handle', async () => {
  let chat: WidgetHandle | undefined;
  const Page = () => {
    chat = useWidget({ src });
    return null;
  };
  render(<Page />);
  await act(settled);
  chat!.open();
  await act(settled);
  expect(inside().firstElementChild!.classList).toContain('open');
  expect(server.asked.filter((path) => path.endsWith('kw.js'))).toHaveLength(1);
});
