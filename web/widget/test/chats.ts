// Chats for tests, without a view, against the official server.
import { afterEach, beforeEach, expect, vi } from 'vitest';
import { createChat, type Chat } from '../app/chat.ts';
import { toRows } from '../app/rows.ts';
import { openStorage } from '../app/storage.ts';
import { startGateway, type Gateway } from './gateway.mjs';

export let gateway: Gateway;
let chats: Chat[] = [];

beforeEach(async () => {
  gateway = await startGateway();
  // The frame's own address; fetch resolves the token's against it.
  vi.stubGlobal('location', new URL(`${gateway.url}/widget/v2/frame/?bot-id=1`));
});
afterEach(async () => {
  for (const chat of chats) chat.suspend();
  chats = [];
  vi.unstubAllGlobals();
  await gateway.close();
});

export const noStorage = () => openStorage('kw:1:', () => { throw new Error('denied'); });

/** A chat that connects, and what it has told. */
export function open(more: Partial<Parameters<typeof createChat>[0]> = {}, newer?: string) {
  const told: string[] = [];
  const chat = createChat({
    bot: '1',
    site: 'https://shop.example.com',
    token: '',
    options: { params_from_site: { name: 'Olena' }, language_code: 'uk', version: 7, page_url: 'https://shop.example.com/x' },
    server: gateway.url,
    store: noStorage(),
    changed: () => {},
    keep: (token) => told.push(`keep ${token.slice(0, 6)}`),
    refused: ({ code }) => told.push(`refused ${code}`),
    event: (name) => told.push(name),
    reload: () => told.push('reload'),
    settings: () => {},
    look: (change) => told.push(`look ${JSON.stringify(change)}`),
    ...more,
  });
  chats.push(chat);
  chat.engage(newer);
  return { chat, told };
}

/** Waits until something is so. */
export const until = (check: () => unknown) => vi.waitFor(() => expect(check()).toBeTruthy(), { timeout: 6_000, interval: 5 });
/** What is shown and how far it has come. */
export const texts = (chat: Chat) => toRows(chat.state, 'Operator').flatMap((row) => (row.kind === 'message' ? [`${row.message.text}:${row.delivery}`] : []));
