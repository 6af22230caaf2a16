// The client against the official server: what it says is what any Socket.IO server understands.
import { afterEach, expect, test, vi } from 'vitest';
import { createSocket, type Socket, type SocketOptions } from '../app/socket.ts';
import { webSocket, type Connect } from '../app/transport.ts';
import { startGateway, type Gateway } from './gateway.mjs';

let gateway: Gateway | undefined;
let socket: Socket | undefined;

afterEach(async () => {
  socket?.close();
  await gateway?.close();
  gateway = socket = undefined;
});

/** A socket to a gateway and what it has told. */
async function setUp(options: Parameters<typeof startGateway>[0] = {}, more: Partial<SocketOptions> = {}) {
  gateway = await startGateway(options);
  const events: unknown[][] = [];
  const states: boolean[] = [];
  const refused = vi.fn(() => 'later' as const);
  socket = createSocket({
    url: `${gateway.url}/socket.io/`,
    auth: () => ({ token: 'token-1' }),
    event: (name, args) => events.push([name, ...args]),
    connected: (on) => states.push(on),
    refused,
    reconnect: { min: 10, max: 40 },
    ...more,
  });
  socket.open();
  return { gateway, socket, events, states, refused };
}

const until = (check: () => unknown) => vi.waitFor(() => expect(check()).toBeTruthy(), { timeout: 5_000, interval: 5 });
const names = (events: unknown[][]) => events.map(([name]) => name);

test('connects, is told its session and history, sends with an acknowledgement', async () => {
  const { gateway, socket, events } = await setUp();
  await until(() => events.length === 2);
  expect(names(events)).toEqual(['session', 'history']);
  expect(await socket.request('message', { id: 'a', type: 'text', text: 'Привіт 👋' })).toEqual({ ok: true, id: `${gateway.conversation}/a`, offset: 'g1-1' });
  expect(events.at(-1)).toMatchObject(['message', { text: 'Привіт 👋' }, 'g1-1']);
  socket.emit('typing');
  await until(() => gateway.seen.some((m) => m.type === 'typing'));
});

test('a dropped connection is resumed from the last offset, without gap or repeat', async () => {
  const { gateway, events, states } = await setUp();
  await until(() => events.length === 2);
  gateway.publish({ type: 'text', text: 'one' });
  await until(() => events.length === 3);
  gateway.live('typing', { author: 'bot', name: 'x' });
  await until(() => events.length === 4);
  gateway.drop();
  gateway.publish({ type: 'text', text: 'two' });
  await until(() => names(events).filter((name) => name === 'session').length === 2);
  gateway.publish({ type: 'text', text: 'three' });
  await until(() => events.length === 7);
  expect(gateway.auths.map((auth) => auth.offset)).toEqual([undefined, 'g1-1']);
  expect(events.filter(([name]) => name === 'message').map(([, m]) => (m as { text: string }).text)).toEqual(['one', 'two', 'three']);
  expect(states).toEqual([true, false, true]);
});

test('a request that loses its connection, or has none, is rejected', async () => {
  const { gateway, socket, states } = await setUp();
  await expect(socket.request('message', {})).rejects.toThrow('not connected');
  await until(() => states.length === 1);
  gateway.loseAck = true;
  const request = socket.request('message', { id: 'a', type: 'text', text: 'x' });
  await until(() => gateway.seen.length === 1);
  gateway.drop();
  await expect(request).rejects.toThrow('no acknowledgement');
});

test('a request without an answer is rejected in time', async () => {
  const { gateway, socket, states } = await setUp({}, { ackTimeout: 50 });
  await until(() => states.length === 1);
  gateway.loseAck = true;
  await expect(socket.request('message', { id: 'a', type: 'text', text: 'x' })).rejects.toThrow('no acknowledgement');
});

test('a refusal is told with its code; “now” tries at once, but not twice in a row', async () => {
  const verdicts: number[] = [];
  const { gateway, states } = await setUp({}, { auth: () => ({ token: verdicts.length > 2 ? 'token-2' : 'stale' }), refused: ({ code }) => (verdicts.push(Date.now()), code === 'token_invalid' ? 'now' : 'never'), reconnect: { min: 200, max: 200 } });
  await until(() => states.length === 1);
  expect(verdicts).toHaveLength(3);
  expect(verdicts[2]! - verdicts[1]!).toBeGreaterThanOrEqual(190);
  expect(gateway.auths).toHaveLength(4);
});

test('“never” ends it', async () => {
  gateway = await startGateway();
  gateway.refuseConnect = { code: 'origin_forbidden', message: 'origin: not on the list' };
  const refused = vi.fn(() => 'never' as const);
  const connect = vi.fn(webSocket);
  socket = createSocket({ connect, url: `${gateway.url}/socket.io/`, auth: () => ({ token: 'token-1' }), event: () => {}, connected: () => {}, refused, reconnect: { min: 1, max: 2 } });
  socket.open();
  await until(() => refused.mock.calls.length === 1);
  // Waking up cuts a wait short, if there is one.
  socket.wake();
  expect(connect).toHaveBeenCalledOnce();
  expect(refused).toHaveBeenCalledWith({ code: 'origin_forbidden', message: 'origin: not on the list' });
});

test('a failed authentication is tried again', async () => {
  let asked = 0;
  const { states } = await setUp({}, { auth: () => (++asked < 3 ? Promise.reject(new Error('no token')) : { token: 'token-1' }) });
  await until(() => states.length === 1);
  expect(asked).toBe(3);
});

test('heartbeats are answered, and a silent server is left', async () => {
  const { gateway, states, events } = await setUp({ pingInterval: 100, pingTimeout: 1_000 });
  await until(() => states.length === 1);
  const [connection] = gateway.io.sockets.sockets.values();
  let pongs = 0;
  connection!.conn.on('packet', ({ type }) => type === 'pong' && pongs++);
  await until(() => pongs >= 2);
  expect(states).toEqual([true]);
  // It goes on to speak to nobody: no packet leaves any more.
  connection!.conn.transport.send = () => {};
  await until(() => states.length >= 2);
  expect(states[1]).toBe(false);
  await until(() => names(events).filter((name) => name === 'session').length === 2);
});

test('waking up cuts a wait short', async () => {
  const { gateway, socket, states } = await setUp({}, { reconnect: { min: 60_000, max: 60_000 } });
  await until(() => states.length === 1);
  gateway.drop();
  await until(() => states.length === 2);
  socket.wake();
  await until(() => states.length === 3);
  expect(states).toEqual([true, false, true]);
});

test('closing is final until it is opened again', async () => {
  const { gateway, socket, states } = await setUp();
  await until(() => states.length === 1);
  socket.close();
  await until(() => gateway.io.sockets.sockets.size === 0);
  socket.wake();
  socket.lost();
  expect(states).toEqual([true, false]);
  socket.open();
  await until(() => states.length === 3);
});

test('a server that is not there yet is found when it is', async () => {
  const other = await startGateway();
  const { port } = new URL(other.url);
  await other.close();
  const states: boolean[] = [];
  let ended = 0;
  const connect: Connect = (url, { packet, ended: tell }) => webSocket(url, { packet, ended: () => (ended++, tell()) });
  socket = createSocket({ connect, url: `${other.url}/socket.io/`, auth: () => ({ token: 'token-1' }), event: () => {}, connected: (on) => states.push(on), refused: () => 'later', reconnect: { min: 20, max: 40 } });
  socket.open();
  await until(() => ended >= 2);
  gateway = await startGateway({ port: Number(port) });
  await until(() => states.length === 1);
});
