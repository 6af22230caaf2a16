// The whole conversation without a view, against the official server.
import { expect, test, vi } from 'vitest';
import { unread } from '../app/store.ts';
import { webSocket } from '../app/transport.ts';
import { gateway, noStorage, open, texts, until } from './chats.ts';

test('a new visitor gets a token, starts the conversation once, and talks', async () => {
  const { chat, told } = open();
  const other = open({ token: 'token-1' });
  await until(() => chat.state.loaded && other.chat.state.loaded);
  await until(() => gateway.log.length === 1);
  expect(gateway.log[0]).toMatchObject({ id: `${gateway.conversation}/${gateway.conversation}`, type: 'start', language_code: 'uk', page_url: 'https://shop.example.com/x' });
  expect(chat.sendText('  Hi ')).toBe(true);
  expect(texts(chat)).toEqual(['Hi:sending']);
  await until(() => texts(other.chat)[0] === 'Hi:sent');
  expect(texts(chat)).toEqual(['Hi:sent']);
  expect(gateway.log.filter((m) => m.type === 'start')).toHaveLength(1);
  expect(gateway.auths[0]).toMatchObject({ params_from_site: { name: 'Olena' }, settings: 7 });
  expect(told).toContain('keep token-');
});

test('the connection dies after the log has it: shown once, stored once', async () => {
  const { chat } = open();
  await until(() => gateway.log.length === 1);
  gateway.loseAck = true;
  // The event must not settle it either: it is lost with the connection.
  gateway.io.sockets.sockets.forEach((socket) => (socket.conn.transport.send = () => {}));
  chat.sendText('once');
  await until(() => gateway.log.length === 2);
  gateway.loseAck = false;
  gateway.drop();
  await until(() => texts(chat)[0] === 'once:sent');
  expect(gateway.log).toHaveLength(2);
  expect(gateway.seen.filter((m) => m.text === 'once')).toHaveLength(1);
});

test('what is written without a connection is sent in order when it is back', async () => {
  const { chat } = open();
  await until(() => gateway.log.length === 1);
  gateway.refuseConnect = { code: 'unavailable', message: 'starting' };
  gateway.drop();
  await until(() => !chat.state.connected);
  for (const text of ['a', 'b', 'c']) chat.sendText(text);
  expect(texts(chat)).toEqual(['a:sending', 'b:sending', 'c:sending']);
  gateway.refuseConnect = undefined;
  chat.wake();
  await until(() => texts(chat).every((text) => text.endsWith(':sent')));
  expect(gateway.log.slice(1).map((m) => m.text)).toEqual(['a', 'b', 'c']);
});

test('a final refusal is shown and can be tried again or given up', async () => {
  const { chat } = open();
  await until(() => gateway.log.length === 1);
  gateway.refuseMessage = { code: 'blocked', message: 'blocked' };
  chat.sendText('a');
  chat.sendText('b');
  await until(() => texts(chat).join() === 'a:failed,b:failed');
  gateway.refuseMessage = undefined;
  const [a, b] = chat.state.pending;
  chat.discard(a!.id);
  chat.retry(b!.id);
  await until(() => texts(chat).join() === 'b:sent');
});

test('thinking blocks sending, and cannot stick when the connection is cut in the middle', async () => {
  const { chat } = open();
  await until(() => gateway.log.length === 1);
  gateway.live('thinking', { text: 'searching', ttl_ms: 250 });
  await until(() => chat.state.thinking?.text === 'searching');
  expect(chat.sendText('hi')).toBe(false);
  gateway.refuseConnect = { code: 'unavailable', message: 'down' };
  gateway.drop();
  await until(() => !chat.state.thinking);
  expect(chat.sendText('hi')).toBe(true);
});

test('a stale token is replaced, and another conversation starts empty', async () => {
  const { chat, told } = open({ token: 'stale' });
  await until(() => chat.state.loaded);
  expect(told[0]).toBe('keep token-');
  gateway.publish({ type: 'text', author: 'bot', text: 'old' });
  await until(() => texts(chat).length === 1);
  const before = gateway.conversation;
  Object.assign(gateway, { conversation: '0190b2a0-0000-7000-8000-000000000000', log: [], refuseConnect: { code: 'token_expired', message: 'expired' } });
  gateway.drop();
  await until(() => told.filter((t) => t === 'keep token-').length > 1);
  gateway.refuseConnect = undefined;
  chat.wake();
  await until(() => chat.state.conversation !== before && chat.state.loaded);
  expect(texts(chat)).toEqual([]);
});

test('another conversation starts empty although its token comes with the next connection', async () => {
  const { chat } = open({
    keep: () => {
      gateway.refuseConnect = undefined;
    },
  });
  await until(() => gateway.log.length === 1);
  gateway.publish({ type: 'text', author: 'bot', text: 'old' });
  await until(() => texts(chat).length === 1);
  const conversation = '0190b2a0-0000-7000-8000-000000000000';
  Object.assign(gateway, { conversation, log: [], refuseConnect: { code: 'token_expired', message: 'expired' } });
  gateway.drop();
  await until(() => chat.state.conversation === conversation);
  await until(() => gateway.log.length === 1);
  expect(gateway.auths.at(-1)).not.toHaveProperty('offset');
  expect(texts(chat)).toEqual([]);
});

test('a stored token is shown first, with the user as they are now', async () => {
  const { chat } = open({ token: 'stored', options: { params_from_site: {}, user_id: 7 as unknown as string } });
  await until(() => chat.state.loaded);
  expect(gateway.asked).toEqual([{ bot_id: '1', site: 'https://shop.example.com', token: 'stored', user_id: '7' }]);
  expect(gateway.auths).toMatchObject([{ token: expect.stringMatching(/^token-/) }]);
});

test('the identity that the site signed goes with the request for a token', async () => {
  const { chat } = open({ options: { params_from_site: {}, user_token: 'signed' } });
  await until(() => chat.state.loaded);
  expect(gateway.asked).toMatchObject([{ user_token: 'signed' }]);
});

test('whoever is blocked is told so by the bot, and the chat stays', async () => {
  const refused: unknown[] = [];
  gateway.refuseConnect = { code: 'blocked', message: 'Call us instead.' };
  const { chat } = open({ refused: (problem) => refused.push(problem) });
  await until(() => !!chat.state.blocked);
  expect(chat.state).toMatchObject({ blocked: 'Call us instead.', loaded: true, connected: false });
  expect(refused).toEqual([]);
});

test('a token that another tab has made meanwhile is taken up at the first opening', async () => {
  const { chat } = open({}, 'of the other tab');
  await until(() => chat.state.loaded);
  expect(gateway.asked).toMatchObject([{ token: 'of the other tab' }]);
});

test('parameters that the site signed go along, and are left out once they are refused', async () => {
  const refused: string[] = [];
  const event = (name: string, detail?: unknown) => {
    if (name !== 'error') return;
    refused.push((detail as { code: string }).code);
    gateway.refuseConnect = undefined;
  };
  const { chat } = open({ event, options: { params_from_site: { name: 'Olena' }, params_token: 'signed' } });
  await until(() => chat.state.loaded);
  expect(gateway.auths).toMatchObject([{ params_token: 'signed' }]);
  gateway.refuseConnect = { code: 'params_expired', message: 'sign fresh ones', field: 'auth.params_token' };
  gateway.drop();
  await until(() => refused[0] && chat.state.connected);
  expect(refused).toEqual(['params_expired']);
  expect(gateway.auths.at(-1)).toMatchObject({ params_from_site: { name: 'Olena' }, params_token: '' });
});

test('the page hears whose the conversation is before it is ready, and when that changes', async () => {
  Object.assign(gateway, { owner: { kind: 'queue' }, epoch: 1 });
  const heard: unknown[] = [];
  const { chat } = open({ event: (name, detail) => name !== 'message' && heard.push([name, detail]) });
  await until(() => chat.state.loaded);
  expect(heard).toEqual([['owner', { kind: 'queue' }], ['ready', undefined]]);
  gateway.publish({ id: 'o', type: 'owner', author: 'system', owner: { kind: 'bot' }, epoch: 2 });
  await until(() => chat.state.owner.kind === 'bot');
  expect(heard.slice(2)).toEqual([['owner', { kind: 'bot' }]]);
});

test('a visitor who logs out leaves nothing, here and at the gateway', async () => {
  const store = noStorage();
  const { chat, told } = open({ store });
  await until(() => chat.state.loaded);
  chat.sendText('my secret');
  await until(() => texts(chat)[0] === 'my secret:sent');
  store.set('draft', 'and another');
  const token = await chat.token();
  await chat.logout();
  expect(gateway.loggedOut).toEqual([{ token }]);
  expect(chat.state.items).toEqual([]);
  expect(store.keys('')).toEqual([]);
  expect(told.slice(-2)).toEqual(['keep ', 'reload']);
});

test('a tab whose visitor is logged out elsewhere shows nothing any more', async () => {
  const store = noStorage();
  const { chat, told } = open({ store });
  await until(() => chat.state.loaded);
  chat.sendText('my secret');
  await until(() => texts(chat)[0] === 'my secret:sent');
  store.set('draft', 'and another');
  gateway.live('problem', { code: 'token_revoked', message: 'logged out' });
  await until(() => told.includes('reload'));
  expect(texts(chat)).toEqual([]);
  expect(store.keys('')).toEqual([]);
});

test('what another visitor was writing in this browser is not shown', async () => {
  const store = noStorage();
  store.set('draft', 'my secret');
  const { told } = open({ store, token: 'of somebody else' });
  await until(() => told.includes('reload'));
  expect(store.keys('')).toEqual([]);
  expect(told.slice(-2)).toEqual(['keep token-', 'reload']);
});

test('a refused renewal asks with the newest token', async () => {
  const { chat } = open();
  await until(() => chat.state.loaded);
  const { token } = gateway.auths[0]!;
  gateway.refuseConnect = { code: 'token_invalid', message: 'revoked' };
  gateway.drop();
  await until(() => gateway.asked.length === 2);
  expect(gateway.asked[1]).toMatchObject({ token });
});

for (const [what, problem] of Object.entries({
  'parameters that the gateway does not take': { code: 'bad_request', message: 'want an object', field: 'params_from_site' },
  'parameters that are too many': { code: 'too_large', message: 'too large', field: 'auth' },
})) {
  test(`${what} are left out; the chat goes on`, async () => {
    gateway.refuseConnect = problem;
    const details: unknown[] = [];
    const { chat } = open({
      event: (name, detail) => {
        if (name !== 'error') return;
        details.push(detail);
        gateway.refuseConnect = undefined;
      },
    });
    await until(() => chat.state.loaded);
    expect(details).toEqual([problem]);
    expect(gateway.auths.map((auth) => auth.params_from_site)).toEqual([{ name: 'Olena' }, {}]);
  });
}

test('parameters that are too many for a connection are left out at once; the chat goes on without them', async () => {
  const complaint = vi.spyOn(console, 'error').mockImplementation(() => {});
  const details: unknown[] = [];
  const { chat } = open({
    options: { params_from_site: { name: 'x'.repeat(70_000) } },
    event: (name, detail) => name === 'error' && details.push(detail),
  });
  await until(() => chat.state.loaded);
  chat.setParams({ note: 'y'.repeat(70_000) });
  chat.setParams({ name: 'Olena' });
  await until(() => (gateway.log.at(-1)?.params_from_site as Record<string, string> | undefined)?.name);
  const problem = { code: 'too_large', message: 'more than 8192 bytes', field: 'params_from_site' };
  expect(details).toEqual([problem, problem]);
  expect(complaint.mock.calls).toEqual([1, 2].map(() => ['[kw]', problem]));
  expect(gateway.auths.map((auth) => auth.params_from_site)).toEqual([{}]);
  expect(gateway.log.at(-1)).toMatchObject({ type: 'params', params_from_site: { name: 'Olena' } });
});

test('a page can leave its visitor out of what operators are told', async () => {
  const { chat } = open({ options: { params_from_site: {}, recognize_user_meta: 0 } });
  await until(() => chat.state.loaded);
  expect(gateway.auths[0]).toMatchObject({ recognize_user_meta: 0 });
});

test('the address of the page is cut to what the gateway takes', async () => {
  open({ options: { params_from_site: {}, page_url: `https://shop.example.com/?${'x'.repeat(4_000)}` } });
  await until(() => gateway.log.length === 1);
  expect(gateway.log[0]!.page_url).toHaveLength(2_048);
});

test('parameters that change while it connects are not lost', async () => {
  const { chat } = open({
    connect: (url, receiver) => {
      const { send, close } = webSocket(url, receiver);
      const sendAndChange = (packet: string) => {
        send(packet);
        if (packet.startsWith('40')) chat.setParams({ company_name: 'TV' });
      };
      return { send: sendAndChange, close };
    },
  });
  await until(() => gateway.log.length === 2);
  expect(gateway.log[1]).toMatchObject({ type: 'params', params_from_site: { name: 'Olena', company_name: 'TV' } });
});

test('a forbidden page is told so and left alone', async () => {
  gateway.refuseConnect = { code: 'origin_forbidden', message: 'no' };
  const { told } = open({ token: 'token-1' });
  await until(() => told.includes('refused origin_forbidden'));
});

test('older pages are fetched until there are no more', async () => {
  for (let i = 0; i < 70; i++) gateway.publish({ type: 'text', author: 'bot', text: `m${i}` });
  const { chat } = open();
  await until(() => chat.state.loaded);
  expect([chat.state.items.length, chat.state.hasMore]).toEqual([30, true]);
  await chat.loadOlder();
  await chat.loadOlder();
  expect([chat.state.items.length, chat.state.hasMore]).toEqual([70, false]);
  expect(texts(chat)[0]).toBe('m0:sent');
  await chat.loadOlder();
  expect(chat.state.items).toHaveLength(70);
});

test('what was on its way when the page went is sent by the next one', async () => {
  const store = noStorage();
  const first = open({ store });
  await until(() => gateway.log.length === 1);
  gateway.refuseMessage = { code: 'unavailable', message: 'full' };
  first.chat.sendText('kept');
  await until(() => gateway.seen.some((m) => m.text === 'kept'));
  first.chat.suspend();
  gateway.refuseMessage = undefined;
  const second = open({ store });
  await until(() => texts(second.chat)[0] === 'kept:sent');
  expect(gateway.seen.at(-1)).toMatchObject({ text: 'kept', attempt: 2 });
});

test('parameters and jumps of the page are told in order', async () => {
  const { chat } = open();
  chat.jump('product-inquiry');
  await until(() => gateway.log.length === 2);
  chat.setParams({ company_name: 'TV' });
  await until(() => gateway.log.length === 3);
  expect(gateway.log.map((m) => m.type)).toEqual(['start', 'alias', 'params']);
  expect(gateway.log[2]).toMatchObject({ params_from_site: { name: 'Olena', company_name: 'TV' } });
});

test('a returning visitor has read what was there, not what comes', async () => {
  gateway.publish({ type: 'text', author: 'bot', text: 'old' });
  const counts = new Set<number>();
  const { chat } = open({ token: 'token-1', changed: () => chat.state.loaded && counts.add(unread(chat.state).length) });
  await until(() => chat.state.loaded);
  expect(unread(chat.state)).toEqual([]);
  expect([...counts]).toEqual([0]); // at no moment: a moment is enough to open the panel
  gateway.publish({ type: 'text', author: 'operator', text: 'news' });
  await until(() => unread(chat.state).length === 1);
  chat.seen();
  expect(unread(chat.state)).toEqual([]);
});

test('malformed events break nothing', async () => {
  const { chat } = open();
  await until(() => gateway.log.length === 1);
  for (const args of [[null], [7], [{}], [{ id: 1, type: 'text' }], [{ id: 'x' }], []]) gateway.io.emit('message', ...args);
  for (const name of ['typing', 'thinking', 'command', 'settings', 'problem', 'unheard']) gateway.io.emit(name, null);
  gateway.publish({ type: 'text', author: 'bot', text: 'still here' });
  await until(() => texts(chat).includes('still here:sent'));
});
