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
