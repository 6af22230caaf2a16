// The product: the official clients as visitors of the all-in-one.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Client, pairs } from './clients.mjs';
import { freePort, start } from './program.mjs';

const bot = '1';

/** What a visitor says. */
const text = (words) => ({ id: randomUUID(), type: 'text', text: words });

describe('gateway', () => {
  let port, url, dir, server;
  const clients = [];

  const run = () => start('switchboard', ['-addr', `127.0.0.1:${port}`, '-data-dir', dir, '-allow-eio3'], `${url}/readyz`);
  const open = (pair, auth, options) => {
    const client = new Client(pair, url, { auth, extraHeaders: { Origin: url }, ...options });
    clients.push(client);
    return client;
  };
  /** Says something and returns its offset. */
  const say = async (client, words) => {
    const [answer] = await client.ask('message', text(words));
    assert.equal(answer.ok, true, JSON.stringify(answer));
    return answer.offset;
  };
  /** Takes messages until one says that. */
  const hear = async (client, words) => {
    for (;;) {
      const [message, offset] = await client.next('message');
      if (message.text === words) return offset;
    }
  };

  before(async () => {
    port = await freePort();
    url = `http://127.0.0.1:${port}`;
    dir = await mkdtemp(join(tmpdir(), 'peers-'));
    server = await run();
  });
  after(async () => {
    clients.forEach((client) => client.close());
    await server.kill();
    await rm(dir, { recursive: true });
  });

  for (const pair of pairs) {
    describe(`socket.io-client ${pair.version}, ${pair.way}`, () => {
      it('is a visitor, in two tabs', async () => {
        const client = open(pair, { bot_id: bot });
        const [session] = await client.next('session');
        await client.next('history');
        const tab = open(pair, { token: session.token });
        assert.equal((await tab.next('session'))[0].conversation, session.conversation);
        const offset = await say(client, 'hello');
        assert.equal(await hear(client, 'hello'), offset);
        assert.equal(await hear(tab, 'hello'), offset);
        await client.settled();
      });

      it('is told what is wrong with what it sends', async () => {
        const client = open(pair, { bot_id: bot });
        await client.next('history');
        const [answer] = await client.ask('message', { type: 'text', text: 'no id' });
        assert.equal(answer.error.field, 'id');
        const [bytes] = await client.ask('message', Buffer.from('x'));
        assert.equal(bytes.error.code, 'bad_request');
      });

      it('is refused for a reason', async () => {
        const client = open(pair, { bot_id: 'nobody' });
        const [error] = await client.told(pair.version === 2 ? 'error' : 'connect_error');
        assert.equal((error.data ?? error).code, 'bot_unknown');
        const elsewhere = open(pair, { bot_id: bot }, { extraHeaders: { Origin: 'https://evil.example.com' } });
        const [refusal] = await elsewhere.told(pair.version === 2 ? 'error' : 'connect_error');
        assert.equal((refusal.data ?? refusal).code, 'origin_forbidden');
      });
    });
  }

  // Recovery is the library's from 4.6 on: the application keeps nothing.
  for (const pair of pairs.filter(({ version }) => version === 4)) {
    describe(`recovery, ${pair.way}`, () => {
      let client, tab, id;

      before(async () => {
        client = open(pair, { bot_id: bot }, { reconnection: false });
        const [session] = await client.next('session');
        await client.next('history');
        id = client.socket.id;
        assert.equal(client.socket.recovered, false);
        tab = open(pair, { token: session.token });
        await tab.next('history');
      });

      /** Comes back and finds itself to be the same socket, with what the tab said meanwhile. */
      const recovers = async (missed) => {
        client.socket.connect();
        await client.connected();
        assert.equal(client.socket.recovered, true);
        assert.equal(client.socket.id, id);
        assert.equal((await client.next('session'))[0].resumed, true);
        const heard = [];
        while (heard.length < missed.length) {
          const [message] = await client.next('message');
          if (message.author === 'visitor') heard.push(message.text);
        }
        assert.deepEqual(heard, missed);
      };

      it('brings what was missed', async () => {
        await say(tab, 'before');
        await hear(client, 'before');
        const lost = client.told('disconnect');
        client.lose();
        await lost;
        client.events = [];
        await say(tab, 'one');
        await say(tab, 'two');
        await recovers(['one', 'two']);
      });

      it('survives the death of the server', async () => {
        const lost = client.told('disconnect');
        await say(tab, 'stored');
        await hear(client, 'stored');
        await server.kill();
        await lost;
        client.events = [];
        server = await run();
        await tab.next('session');
        await say(tab, 'three');
        await recovers(['three']);
      });
    });
  }
});
