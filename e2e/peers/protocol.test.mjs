// The protocol alone: the official clients against cmd/conformance.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Client, pairs, within } from './clients.mjs';
import { freePort, start } from './program.mjs';

const values = [1, '2', { 3: [true, null] }, 'привіт 👋 \u2028', '', [], -1.5e-7];
const bytes = Buffer.from([0, 1, 2, 254, 255]);

for (const pair of pairs) {
  describe(`socket.io-client ${pair.version}, ${pair.way}`, () => {
    let port, url, server;
    const clients = [];

    const run = () => start('conformance', ['-addr', `127.0.0.1:${port}`, '-ping-interval', '200ms', '-ping-timeout', '2s', '-allow-eio3'], `${url}/engine.io/`);
    const open = (options, namespace = '') => {
      const client = new Client(pair, url + namespace, options);
      clients.push(client);
      return client;
    };

    before(async () => {
      port = await freePort();
      url = `http://127.0.0.1:${port}`;
      server = await run();
    });
    after(async () => {
      clients.forEach((client) => client.close());
      await server.kill();
    });

    it('connects with a payload', async () => {
      const client = open({ auth: { token: 'abc' } });
      const [auth] = await client.next('auth');
      assert.deepEqual(auth, { token: 'abc' });
      await client.settled();
    });

    it('gets events back as they were sent', async () => {
      const client = open();
      await client.connected();
      client.socket.emit('message', ...values);
      assert.deepEqual(await client.next('message-back'), values);
      await client.settled();
      client.socket.emit('message', ...values);
      assert.deepEqual(await client.next('message-back'), values);
    });

    it('gets acknowledgements', async () => {
      const client = open();
      await client.connected();
      assert.deepEqual(await client.ask('message-with-ack', ...values), values);
      assert.deepEqual(await client.ask('message-with-ack'), []);
    });

    it('sends bytes', async () => {
      const client = open();
      await client.connected();
      client.socket.emit('message', bytes, { deep: [bytes] });
      const [whole, { deep }] = await client.next('message-back');
      assert.deepEqual([Buffer.from(whole), Buffer.from(deep[0])], [bytes, bytes]);
      const [answer] = await client.ask('message-with-ack', bytes);
      assert.deepEqual(Buffer.from(answer), bytes);
    });

    it('answers questions', async () => {
      const client = open();
      await client.connected();
      client.socket.on('question', (text, data, answer) => answer(`${text}!`, data));
      client.socket.emit('ask', 'well', bytes);
      const [text, data] = await client.next('answered');
      assert.deepEqual([text, Buffer.from(data)], ['well!', bytes]);
    });

    it('sends much, in order', async () => {
      const client = open();
      await client.connected();
      const long = 'x'.repeat(200_000);
      for (let i = 0; i < 100; i++) client.socket.emit('message', i, i % 40 ? '' : long);
      for (let i = 0; i < 100; i++) assert.deepEqual(await client.next('message-back'), [i, i % 40 ? '' : long]);
    });

    it('stays connected while nothing happens', async () => {
      const client = open();
      await client.connected();
      let lost = false;
      client.socket.on('disconnect', () => (lost = true));
      // Version 2 pings by itself, and later ones are pinged.
      const beat = pair.version === 2 ? 'pong' : 'ping';
      let beats = 0;
      const three = new Promise((resolve) => client.socket.io.engine.on('packet', ({ type }) => type === beat && ++beats === 3 && resolve()));
      await within(three, 'heartbeat');
      assert.equal(lost, false);
      assert.deepEqual(await client.ask('message-with-ack', 1), [1]);
    });

    it('is refused with a reason', async () => {
      const client = open({ auth: { refuse: 'not you' } });
      const [error] = await client.told(pair.version === 2 ? 'error' : 'connect_error');
      if (pair.version === 2) return assert.deepEqual(error, { code: 'refused' });
      assert.equal(error.message, 'not you');
      assert.deepEqual(error.data, { code: 'refused' });
    });

    it('is in another namespace', async () => {
      const client = open(undefined, '/custom');
      assert.deepEqual(await client.next('auth'), [{}]);
    });

    it('is refused by a namespace that there is not', async () => {
      const client = open(undefined, '/random');
      const [error] = await client.told(pair.version === 2 ? 'error' : 'connect_error');
      assert.equal(error.message ?? error, 'Invalid namespace');
    });

    it('comes back when the server closes the connection', async () => {
      const client = open();
      await client.connected();
      client.socket.emit('leave');
      await client.told('disconnect');
      await client.connected();
      assert.deepEqual(await client.ask('message-with-ack', 2), [2]);
    });

    it('comes back when the server was killed', async () => {
      const client = open();
      await client.connected();
      await client.settled();
      const lost = client.told('disconnect');
      await server.kill();
      await lost;
      server = await run();
      await client.connected();
      assert.deepEqual(await client.ask('message-with-ack', 3), [3]);
    });
  });
}
