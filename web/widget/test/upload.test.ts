// @vitest-environment jsdom
// The list of files on their way, with a gateway that answers when it is told to.
import { beforeEach, expect, test, vi } from 'vitest';
import { drawFailed } from '../app/extras/failed.ts';
import { upload } from '../app/extras/upload.ts';
import type { View } from '../app/view/context.ts';
import moreEn from '../app/words/en.ts';

/** A request that has been made. */
class Request {
  static all: Request[] = [];
  response: unknown = null;
  upload: { onprogress?: (event: { loaded: number; total: number }) => void; onload?: () => void } = {};
  onloadend = () => {};
  headers: Record<string, string> = {};
  url = '';
  body: File | undefined;
  aborted = false;
  open = (_: string, url: URL) => void (this.url = String(url));
  setRequestHeader = (name: string, value: string) => void (this.headers[name] = value);
  send(body: File) {
    this.body = body;
    Request.all.push(this);
  }
  abort() {
    this.aborted = true;
    this.onloadend();
  }
  answer(response: unknown) {
    this.response = response;
    this.onloadend();
  }
}

let sent: unknown[];
const retried: string[] = [];
const view = {
  words: { tag: 'en', t: (key: string) => key },
  more: moreEn,
  options: { uploads: { max_bytes: 2000, types: [] } },
  chat: {
    token: async () => 'token-1',
    state: {} as { thinking?: object | undefined },
    sendUpload: (body: unknown) => !view.chat.state.thinking && !!sent.push(body),
    retry: (id: string) => retried.push(id),
    discard: (id: string) => retried.push(`not ${id}`),
  },
} as unknown as View;

beforeEach(() => {
  Request.all = [];
  sent = [];
  vi.stubGlobal('XMLHttpRequest', Request);
  document.body.innerHTML = '<footer><form></form></footer>';
});

const file = (name: string, size = 10) => new File([new Uint8Array(size)], name);
const rows = () => Array.from(document.querySelectorAll('.tray li'), (row) => row.textContent);
const press = (label: string) => Array.from(document.querySelectorAll('button')).find((button) => button.textContent === label)!.click();
const request = (n: number) => vi.waitFor(() => Request.all[n - 1] ?? expect.unreachable());
const done = (id: string) => ({ id, type: 'file', url: `/widget/v2/files/${id}`, name: id, size: 10 });

test('one after the other, each a message as soon as it has arrived', async () => {
  upload([file('один.txt'), file('two.txt')], view);
  const first = await request(1);
  expect(new URL(first.url).searchParams.get('name')).toBe('один.txt');
  expect(first.headers.Authorization).toBe('Bearer token-1');
  first.upload.onprogress!({ loaded: 5, total: 10 });
  expect(document.querySelector('progress')!.value).toBe(0.5);
  expect(rows()).toHaveLength(2);
  expect(Request.all).toHaveLength(1);
  first.answer(done('a'));
  (await request(2)).answer(done('b'));
  await vi.waitFor(() => expect(sent).toEqual([{ type: 'file', upload: 'a' }, { type: 'file', upload: 'b' }]));
  expect(document.querySelector('.tray')).toBeNull();
});

test('one that is too large, and more than can be taken, are not sent', async () => {
  upload([file('large.bin', 2001)], view);
  expect(rows()).toEqual(['large.bin2 kBNot sent: Larger than 2 kBDelete']);
  press('Delete');
  upload(Array.from({ length: 12 }, (_, i) => file(`${i}.txt`)), view);
  expect(rows()).toHaveLength(11);
  expect(rows().at(-1)).toContain('Too many files at once');
  for (let i = 1; i <= 10; i++) (await request(i)).answer(done(`${i}`));
  await vi.waitFor(() => expect(sent).toHaveLength(10));
  press('Delete');
  expect(document.querySelector('.tray')).toBeNull();
});

test('cancelled before and while it is sent', async () => {
  upload([file('first.txt'), file('second.txt')], view);
  const first = await request(1);
  document.querySelectorAll<HTMLElement>('.tray button')[1]!.click();
  expect(rows()).toHaveLength(1);
  press('Cancel');
  expect(first.aborted).toBe(true);
  expect(document.querySelector('.tray')).toBeNull();
  upload([file('third.txt')], view);
  (await request(2)).answer(done('c'));
  await vi.waitFor(() => expect(sent).toEqual([{ type: 'file', upload: 'c' }]));
});

test('another attempt is offered only where it can help', async () => {
  upload([file('a.txt')], view);
  (await request(1)).answer({ error: { code: 'unavailable', message: 'try again' } });
  await vi.waitFor(() => expect(rows()).toEqual(['a.txt10 bytesNot sentTry againDelete']));
  press('Try again');
  (await request(2)).abort();
  await vi.waitFor(() => expect(rows()[0]).toContain('Not sent: The connection was lost'));
  press('Try again');
  (await request(3)).answer({ error: { code: 'type_forbidden', message: 'no' } });
  await vi.waitFor(() => expect(rows()).toEqual(['a.txt10 bytesNot sent: Files of this type cannot be sent hereDelete']));
  expect(sent).toEqual([]);
  press('Delete');
});

test('the gateway may take its time over what has come, but not over what stands still', async () => {
  vi.useFakeTimers();
  upload([file('a.txt'), file('b.txt')], view);
  await vi.advanceTimersByTimeAsync(0);
  const [first] = Request.all;
  first!.upload.onload!();
  await vi.advanceTimersByTimeAsync(120_000);
  expect(first!.aborted).toBe(false);
  first!.answer(done('a'));
  await vi.advanceTimersByTimeAsync(0);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(Request.all[1]!.aborted).toBe(true);
  expect(rows()).toEqual(['b.txt10 bytesNot sent: The connection was lostTry againDelete']);
  vi.useRealTimers();
  press('Delete');
});

test('an empty file is none', () => {
  upload([file('a.txt', 0)], view);
  expect(rows()).toEqual(['a.txt0 bytesNot sent: This file is emptyDelete']);
  press('Delete');
});

test('one that arrives while an agent thinks waits for the visitor, and is not uploaded again', async () => {
  view.chat.state.thinking = { text: 'Looking', until: Infinity };
  upload([file('a.txt')], view);
  (await request(1)).answer(done('a'));
  await vi.waitFor(() => expect(rows()).toEqual(['a.txt10 bytesNot sent: thinkingBlocksTry againDelete']));
  view.chat.state.thinking = undefined;
  press('Try again');
  await vi.waitFor(() => expect(sent).toEqual([{ type: 'file', upload: 'a' }]));
  expect(Request.all).toHaveLength(1);
});

test('a refused message says why and what can be done', () => {
  document.body.append(drawFailed('1', { code: 'blocked', message: 'x' }, view), drawFailed('2', { code: 'too_large', message: 'x' }, view), drawFailed('3', { code: 'bad_request', message: '<b>x</b>' }, view));
  expect(document.querySelectorAll('.failed span')[2]!.getAttribute('title')).toBe('<b>x</b>');
  expect(Array.from(document.querySelectorAll('.failed span'), (span) => span.textContent)).toEqual(['Not sent: You cannot write here at the moment', 'Not sent: This is too long', 'Not sent']);
  press('Try again');
  press('Delete');
  expect(retried).toEqual(['1', 'not 1']);
});
