// The official Socket.IO client against the gateway.
import type { Peer } from '../harness/peer.ts';
import { expect, test } from '../harness/test.ts';

test('the official client connects, sends with an acknowledgement, and receives the reply', async ({ visit }) => {
  const peer = visit();
  const session = await peer.connected();
  expect(session).toMatchObject({ resumed: false, token: expect.any(String), conversation: expect.any(String) });
  expect(await peer.start()).toMatchObject({ ok: true, offset: expect.any(String) });
  await peer.hears('Hello, Ivan!');
  await peer.sees((event) => event.type === 'keyboard', 'keyboard');

  const ack = await peer.send({ type: 'text', text: 'Good evening' });
  expect(ack).toMatchObject({ ok: true, id: expect.stringContaining(session.conversation) });
  await peer.hears('Shall I show them your message?');
  expect(peer.events.map(({ author, type }) => `${author} ${type}`)).toEqual([
    'visitor start',
    'bot text',
    'bot keyboard',
    'visitor text',
    'bot keyboard',
  ]);
  expect(peer.events[3]!.id).toBe(ack.id);
});

for (const [name, transports] of Object.entries({ polls: ['polling'], 'polls and goes over to a WebSocket': ['polling', 'websocket'] })) {
  // Where there are two gateways, the ingress leads each request to the other one.
  test(`the official client ${name}`, async ({ visit }) => {
    const peer = visit({ transports });
    const { conversation } = await peer.connected();
    const { engine } = peer.socket.io;
    const carrier = transports.at(-1)!;
    await expect.poll(() => engine.transport.name).toBe(carrier);
    await peer.start();
    await peer.hears('Hello, Ivan!');
    await peer.send({ type: 'text', text: 'Good evening' });
    await peer.hears('Shall I show them your message?');

    await peer.cut();
    peer.socket.connect();
    expect(await peer.connected()).toMatchObject({ resumed: true, conversation });
    expect(peer.socket.recovered).toBe(true);
    expect(await peer.send({ type: 'text', text: 'again' })).toMatchObject({ ok: true });
  });
}

test('a message that is sent again is stored once', async ({ visit }) => {
  const peer = visit();
  const { conversation } = await peer.connected();
  await peer.start();
  await peer.sees((event) => event.type === 'keyboard', 'keyboard');
  const message = { id: '01900000-0000-7000-8000-000000000001', type: 'text', text: 'twice' };
  const first = await peer.send(message);
  const second = await peer.send({ ...message, attempt: 2 });
  const third = await peer.send(message);
  expect(second).toEqual({ ...first, duplicate: true });
  expect(third).toEqual({ ...first, duplicate: true });
  await peer.send({ type: 'text', text: 'the next' });
  await peer.sees((event) => event.text === 'the next', 'the next');
  expect(peer.events.filter((event) => event.id === `${conversation}/${message.id}`)).toHaveLength(1);
});

test('a client that was cut off resumes by its offset, without loss or repeat', async ({ deployment, visit }) => {
  const peer = visit({ gateway: deployment.gateways[0] });
  const { token, conversation } = await peer.connected();
  await peer.start();
  await peer.sees((event) => event.type === 'keyboard', 'keyboard');
  const before = peer.events.length;
  await peer.cut();

  // Meanwhile another tab goes on, on another gateway where there is one.
  const other = visit({ gateway: deployment.gateways.at(-1), token });
  expect(await other.connected()).toMatchObject({ conversation });
  for (const text of ['one', 'two', 'three']) expect(await other.send({ type: 'text', text })).toMatchObject({ ok: true });
  await hearsTimes(other, 'Shall I', 3);

  peer.socket.connect();
  expect(await peer.connected()).toMatchObject({ resumed: true, conversation });
  await other.send({ type: 'text', text: 'four' });
  await hearsTimes(other, 'Shall I', 4);
  await hearsTimes(peer, 'Shall I', 4);

  expect(peer.events.length).toBeGreaterThan(before);
  expect(new Set(peer.events.map(({ id }) => id)).size).toBe(peer.events.length);
  const fresh = visit({ token });
  await fresh.connected();
  await hearsTimes(fresh, 'Shall I', 4);
  expect(peer.events).toEqual(fresh.events);
  expect(other.events).toEqual(fresh.events);
});

/** Waits until a reply has come so many times. */
const hearsTimes = (peer: Peer, text: string, times: number) =>
  peer.sees(() => peer.events.filter((event) => event.author === 'bot' && event.text?.includes(text)).length >= times, `${text} ${times} times`);

test.describe('a connection is refused with a reason', () => {
  const refusals: Record<string, { how: { site?: string; token?: string; auth?: Record<string, unknown> }; code: string; field?: string }> = {
    'unknown bot': { how: { auth: { bot_id: 'nobody' } }, code: 'bot_unknown', field: 'bot_id' },
    'bad token': { how: { token: 'not.a.token' }, code: 'token_invalid', field: 'auth.token' },
    'no token and no bot': { how: { auth: {} }, code: 'token_missing', field: 'auth.token' },
    'forbidden origin': { how: { site: 'https://copycat.example.com' }, code: 'origin_forbidden' },
    'unknown field': { how: { auth: { bot_id: '1', colour: 'red' } }, code: 'bad_request', field: 'colour' },
    'too many parameters': {
      how: { auth: { bot_id: '1', params_from_site: Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`p${i}`, i])) } },
      code: 'too_large',
      field: 'params_from_site',
    },
  };
  for (const [name, { how, code, field }] of Object.entries(refusals)) {
    test(name, async ({ visit }) => {
      const problem = await visit(how).refused();
      expect(problem).toMatchObject({ code, message: expect.stringMatching(/\w{2,} \w{2,}/) });
      expect(problem.field).toBe(field);
      if (how.site) expect(problem.message).toContain(how.site);
    });
  }
});

test.describe('a message is refused with a reason, and the connection goes on', () => {
  const refusals: Record<string, { event?: string; message: Record<string, unknown>; code: string; field: string }> = {
    'unknown field': { message: { type: 'text', text: 'x', colour: 'red' }, code: 'bad_request', field: 'colour' },
    'unknown type': { message: { type: 'shout' }, code: 'bad_request', field: 'type' },
    'no text': { message: { type: 'text', text: '  ' }, code: 'bad_request', field: 'text' },
    'wrong type of a field': { message: { type: 'text', text: 5 }, code: 'bad_request', field: 'text' },
    'a field of another type': { message: { type: 'text', text: 'x', alias: 'y' }, code: 'bad_request', field: 'alias' },
    'bad id': { message: { id: '7', type: 'text', text: 'x' }, code: 'bad_request', field: 'id' },
    'too long': { message: { type: 'text', text: 'x'.repeat(5_000) }, code: 'too_large', field: 'text' },
    'another conversation': { message: { type: 'text', text: 'x', reply_to: 'elsewhere/1' }, code: 'bad_request', field: 'reply_to' },
    'unknown event': { event: 'shout', message: {}, code: 'bad_request', field: 'event' },
  };
  for (const [name, { event = 'message', message, code, field }] of Object.entries(refusals)) {
    test(name, async ({ visit }) => {
      const peer = visit();
      await peer.connected();
      const ack = event === 'message' ? await peer.send(message) : await peer.emit(event, message);
      expect(ack).toMatchObject({ ok: false, error: { code, field } });
      expect(await peer.start()).toMatchObject({ ok: true });
      await peer.hears('Hello, Ivan!');
      expect(peer.events[0]).toMatchObject({ type: 'start' });
    });
  }
});

test('a frame beyond all bounds ends its connection and nothing else', async ({ visit }) => {
  const peer = visit();
  const bystander = visit();
  const { token } = await peer.connected();
  await bystander.connected();
  const gone = new Promise((resolve) => peer.socket.once('disconnect', resolve));
  peer.socket.emit('message', { id: '01900000-0000-7000-8000-000000000002', type: 'text', text: 'x'.repeat(100_000) });
  await gone;
  expect(await bystander.start()).toMatchObject({ ok: true });
  await bystander.hears('Hello, Ivan!');
  const again = visit({ token });
  await again.connected();
  expect(again.events).toEqual([]); // nothing was stored
});
