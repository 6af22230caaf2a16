// HTTP long-polling against the official server, and the choice between it and a WebSocket.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { chooseCarrier, polling } from '../app/polling/polling.ts';
import { createSocket, type Socket, type SocketOptions } from '../app/socket.ts';
import { openStorage } from '../app/storage.ts';
import { type Connect, type Receiver } from '../app/transport.ts';
import { startGateway, type Gateway } from './gateway.mjs';

let gateway: Gateway | undefined;
let socket: Socket | undefined;
let server: Server | undefined;

afterEach(async () => {
  vi.useRealTimers();
  socket?.close();
  await gateway?.close();
  server?.closeAllConnections();
  server?.close();
  gateway = socket = server = undefined;
});

const until = (check: () => unknown) => vi.waitFor(() => expect(check()).toBeTruthy(), { timeout: 5_000, interval: 5 });

async function setUp(options: Parameters<typeof startGateway>[0] = {}, more: Partial<SocketOptions> = {}) {
  gateway = await startGateway(options);
  const events: unknown[][] = [];
  const states: boolean[] = [];
  socket = createSocket({
    url: `${gateway.url}/socket.io/`,
    auth: () => ({ token: 'token-1' }),
    event: (name, args) => events.push([name, ...args]),
    connected: (on) => states.push(on),
    refused: () => 'later',
    reconnect: { min: 10, max: 40 },
    connect: polling,
    ...more,
  });
  socket.open();
  return { gateway, socket, events, states };
}

const connections = (of: Gateway) => [...of.io.sockets.sockets.values()].map(({ conn }) => conn) as unknown as { transport: { name: string }; close(): void; sendPacket(type: string, data: unknown): void }[];

test('connects, sends with acknowledgements, in order, and stays on polling', async () => {
  const { gateway, socket, events } = await setUp();
  await until(() => events.length === 2);
  const answers = await Promise.all(['a', 'b', 'c'].map((id) => socket.request('message', { id, type: 'text', text: `Привіт 👋 ${id}` })));
  expect(answers).toMatchObject([{ ok: true, offset: 'g1-1' }, { ok: true, offset: 'g1-2' }, { ok: true, offset: 'g1-3' }]);
  expect(events.slice(2).map(([, m]) => (m as { text: string }).text)).toEqual(['a', 'b', 'c'].map((id) => `Привіт 👋 ${id}`));
  expect(connections(gateway).map(({ transport }) => transport.name)).toEqual(['polling']);
});

test('a session that is gone is resumed by another one, without gap or repeat', async () => {
  const { gateway, events, states } = await setUp();
  await until(() => events.length === 2);
  gateway.publish({ type: 'text', text: 'one' });
  await until(() => events.length === 3);
  connections(gateway)[0]!.close();
  gateway.publish({ type: 'text', text: 'two' });
  await until(() => events.length === 5);
  expect(gateway.auths.map((auth) => auth.offset)).toEqual([undefined, 'g1-1']);
  expect(events.filter(([name]) => name === 'message').map(([, m]) => (m as { text: string }).text)).toEqual(['one', 'two']);
  expect(states).toEqual([true, false, true]);
});

test('heartbeats are answered', async () => {
  const { gateway, states } = await setUp({ pingInterval: 50, pingTimeout: 500 });
  await until(() => states.length === 1);
  let pongs = 0;
  [...gateway.io.sockets.sockets.values()][0]!.conn.on('packet', ({ type }) => type === 'pong' && pongs++);
  await until(() => pongs >= 3);
  expect(states).toEqual([true]);
});

test('closing is told to the server, and nothing is asked any more', async () => {
  const { gateway, socket, states } = await setUp();
  await until(() => states.length === 1);
  socket.close();
  await until(() => gateway.io.sockets.sockets.size === 0);
  expect(states).toEqual([true, false]);
});

for (const [name, connect] of Object.entries({ 'a WebSocket': undefined, polling })) {
  test(`binary packets over ${name} are left out and the connection goes on`, async () => {
    const { gateway, events, states } = await setUp({}, connect ? {} : { connect });
    await until(() => events.length === 2);
    gateway.io.emit('blob', Buffer.from('never text'));
    gateway.io.emit('message', { id: 'x', type: 'text', bytes: Buffer.alloc(8) }, 'g1-1');
    connections(gateway)[0]!.sendPacket('message', Buffer.from([1, 2, 3]));
    gateway.publish({ type: 'text', text: 'still here' });
    await until(() => events.some(([, m]) => (m as { text?: string }).text === 'still here'));
    expect(events.map(([event]) => event)).toEqual(['session', 'history', 'message']);
    expect(states).toEqual([true]);
  });
}

/** A server that answers each request with what `answer` says. */
async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  server = createServer(answer);
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/socket.io/`;
}

describe('what is no Engine.IO server ends the attempt', () => {
  const answers: Record<string, (response: ServerResponse) => void> = {
    'a page': (response) => response.end('<!doctype html><title>Please sign in</title>'),
    'nothing': (response) => response.end(),
    'an error': (response) => response.writeHead(403).end('no'),
    'an opening that is none': (response) => response.end('0{"sid":'),
    'a connection that breaks': (response) => response.socket!.destroy(),
    'an answer without an end': (response) => {
      const more = () => void (response.destroyed || response.write('x'.repeat(1 << 20), more));
      response.on('error', () => {});
      more();
    },
  };
  for (const [name, answer] of Object.entries(answers)) {
    test(name, async () => {
      const url = await serve((_, response) => answer(response));
      let ended = 0;
      const transport = polling(url, { packet: () => {}, ended: () => ended++ });
      await until(() => ended);
      transport.close();
      expect(ended).toBe(1);
    });
  }
});

test('what waits goes out in bodies of the size that the server takes', async () => {
  const bodies: string[] = [];
  let release = () => {};
  const url = await serve((request, response) => {
    const isFirst = !request.url!.includes('sid=');
    if (isFirst) return response.end('0{"sid":"a","maxPayload":20}');
    if (request.method === 'GET') return;
    let body = '';
    request.on('data', (data) => (body += data)).on('end', () => {
      bodies.push(body);
      const reply = () => response.end('ok');
      if (bodies.length === 1) release = reply;
      else reply();
    });
  });
  let isOpen = false;
  const transport = polling(url, { packet: () => (isOpen = true), ended: () => {} });
  await until(() => isOpen);
  transport.send('first');
  await until(() => bodies.length === 1);
  for (const packet of ['12345678', '1234567890', 'ї'.repeat(30), 'last']) transport.send(packet);
  release();
  await until(() => bodies.length === 4);
  expect(bodies).toEqual(['first', '12345678\x1e1234567890', 'ї'.repeat(30), 'last']);
  transport.close();
});

describe('the carrier', () => {
  /** Carriers that say which of them is used, and can open or not. */
  function carriers(works: boolean[]) {
    const used: number[] = [];
    const store = openStorage('kw:1:', () => { throw new Error('denied'); });
    const carrier = (which: number): Connect => (_, receiver: Receiver) => {
      used.push(which);
      if (works[which]) receiver.packet('0{}');
      return { send: () => {}, close: () => {} };
    };
    const connect = chooseCarrier(store, [carrier(0), carrier(1)], 0);
    const dial = (times: number, how = connect) => {
      for (let i = 0; i < times; i++) how('', { packet: () => {}, ended: () => {} });
    };
    return { used, dial, store, again: () => chooseCarrier(store, [carrier(0), carrier(1)], 0), works };
  }

  test('is a WebSocket as long as one opens', () => {
    const { used, dial } = carriers([true, true]);
    dial(4);
    expect(used).toEqual([0, 0, 0, 0]);
  });

  test('is polling when a WebSocket has failed twice, for some minutes and on the next page, too', () => {
    vi.useFakeTimers();
    const { used, dial, again } = carriers([false, true]);
    dial(4);
    expect(used).toEqual([0, 0, 1, 1]);
    dial(1, again());
    expect(used.at(-1)).toBe(1);
    vi.advanceTimersByTime(5 * 60_000 + 1);
    dial(2, again());
    expect(used.slice(-2)).toEqual([0, 0]);
  });

  test('is tried in turn when nothing opens: the server is not there', () => {
    const { used, dial } = carriers([false, false]);
    dial(7);
    expect(used).toEqual([0, 0, 1, 0, 0, 1, 0]);
  });

  test('is not believed to poll for longer than that, whatever the clock was', () => {
    const { used, dial, store } = carriers([true, true]);
    store.set('polls', String(Date.now() + 864e5));
    dial(1);
    expect(used).toEqual([0]);
  });
});
