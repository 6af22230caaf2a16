// The rules that the public conformance suites of the two protocols check (socketio/socket.io,
// docs/engine.io-protocol/v4-test-suite and docs/socket.io-protocol/v5-test-suite), against
// cmd/conformance with the flags that fit their constants, by tests of our own:
//
//   suite      part        cases
//   engine.io  handshake   opens; no or a wrong EIO, transport or method (polling and WebSocket)
//              message     one, several, bytes; not a packet; a second poll; a poll that is given up
//              heartbeat   three rounds; none
//              close       by the client
//              upgrade     done; a poll afterwards; a second WebSocket afterwards
//   socket.io  engine.io   handshake, heartbeat, close and upgrade again, at its path, without waiting
//              connect     main and custom namespace, with and without payload; unknown; not a packet; never
//              disconnect  from the main namespace; from a custom one
//              message     event, acknowledgement, each with bytes; wrong type, payload and ack id
//
// A peer here is as strict as theirs: it asks a WebSocket of the npm package ws for one message after
// the other, so what comes at once with another is missed, and an error that nobody handles is a failure.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pass } from 'node:timers/promises';
import { within } from './clients.mjs';
import { freePort, start } from './program.mjs';

// The one that the official client of version 4 comes with.
const client = createRequire(import.meta.url).resolve('io4');
const { WebSocket } = createRequire(createRequire(client).resolve('engine.io-client'))('ws');

const PING_INTERVAL = 300;
const PING_TIMEOUT = 200;
const MAX_PAYLOAD = 1_000_000;
const flags = ['-ping-interval', `${PING_INTERVAL}ms`, '-ping-timeout', `${PING_TIMEOUT}ms`, '-max-payload', `${MAX_PAYLOAD}`, '-connect-timeout', '1s'];

let port, server;
const open = new Set();

before(async () => {
  port = await freePort();
  server = await start('conformance', ['-addr', `127.0.0.1:${port}`, ...flags], `http://127.0.0.1:${port}/engine.io/`);
});
after(async () => {
  open.forEach((socket) => socket.terminate());
  await server.kill();
});

/** Sends a request of a peer that polls. */
async function ask(path, query, options) {
  const response = await fetch(`http://127.0.0.1:${port}${path}?${query}`, options);
  return { status: response.status, body: await response.text() };
}

const post = (path, query, body) => ask(path, query, { method: 'POST', body });

/** Opens a session that polls and returns the query of its requests. */
async function poller(path) {
  const { body } = await ask(path, 'EIO=4&transport=polling');
  return `EIO=4&transport=polling&sid=${JSON.parse(body.slice(1)).sid}`;
}

function socket(path, query) {
  const ws = new WebSocket(`ws://127.0.0.1:${port}${path}?${query}`);
  ws.binaryType = 'arraybuffer';
  open.add(ws);
  return ws;
}

/** Waits for the next event of that kind, as who was not there before. */
const next = (ws, kind) => within(new Promise((resolve) => ws.addEventListener(kind, resolve, { once: true })), kind);
const message = async (ws) => (await next(ws, 'message')).data;
const bytes = (...values) => Uint8Array.from(values).buffer;

/** Takes so many messages that come at once, but no pings. */
function messages(ws, count) {
  const got = [];
  const all = new Promise((resolve) => {
    ws.addEventListener('message', ({ data }) => data !== '2' && got.push(data) === count && resolve(got));
  });
  return within(all, `${count} messages`);
}

/** Opens a session on a WebSocket. */
async function engine(path) {
  const ws = socket(path, 'EIO=4&transport=websocket');
  await message(ws);
  return ws;
}

/** Opens the WebSocket beside a session that polls. */
async function beside(path, query) {
  const ws = socket(path, query.replace('polling', 'websocket'));
  await next(ws, 'open');
  return ws;
}

const isOpenPacket = (packet, upgrades) => {
  assert.equal(packet[0], '0');
  const { sid, ...rest } = JSON.parse(packet.slice(1));
  assert.equal(typeof sid, 'string');
  assert.deepEqual(rest, { upgrades, pingInterval: PING_INTERVAL, pingTimeout: PING_TIMEOUT, maxPayload: MAX_PAYLOAD });
};

for (const path of ['/engine.io/', '/socket.io/']) {
  describe(`engine.io at ${path}`, () => {
    it('opens a session', async () => {
      const { status, body } = await ask(path, 'EIO=4&transport=polling');
      assert.equal(status, 200);
      isOpenPacket(body, ['websocket']);
      const ws = socket(path, 'EIO=4&transport=websocket');
      isOpenPacket(await message(ws), []);
    });

    const wrong = { 'no EIO': 'transport=', 'wrong EIO': 'EIO=abc&transport=', 'no transport': 'EIO=4', 'wrong transport': 'EIO=4&transport=abc' };
    for (const [name, query] of Object.entries(wrong)) {
      it(`opens none with ${name}`, async () => {
        const whole = (transport) => (query.endsWith('=') ? query + transport : query);
        assert.equal((await ask(path, whole('polling'))).status, 400);
        const ws = socket(path, whole('websocket'));
        ws.on('error', () => {});
        await next(ws, 'close');
      });
    }

    for (const method of ['POST', 'PUT']) {
      it(`opens none by ${method}`, async () => {
        assert.equal((await ask(path, 'EIO=4&transport=polling', { method })).status, 400);
      });
    }

    it('pings who polls', async () => {
      const session = await poller(path);
      for (let i = 0; i < 3; i++) {
        assert.deepEqual(await ask(path, session), { status: 200, body: '2' });
        assert.equal((await post(path, session, '3')).status, 200);
      }
    });

    it('pings who has a WebSocket', async () => {
      const ws = await engine(path);
      if (path === '/socket.io/') ws.send('40'); // or the time to connect is over before
      for (let pings = 0; pings < 3; ) {
        if ((await message(ws)) !== '2') continue;
        ws.send('3');
        pings++;
      }
    });

    it('ends a session without pongs', async () => {
      const session = await poller(path);
      const ws = socket(path, 'EIO=4&transport=websocket');
      const closed = next(ws, 'close');
      await pass(PING_INTERVAL + PING_TIMEOUT); // exactly the time that it has
      await closed; // which began later: on a busy machine both may be late
      assert.equal((await ask(path, session)).status, 400);
    });

    it('ends a session that its client closes', async () => {
      const session = await poller(path);
      const [poll] = await Promise.all([ask(path, session), post(path, session, '1')]);
      assert.deepEqual(poll, { status: 200, body: '6' });
      assert.equal((await ask(path, session)).status, 400);
      const ws = await engine(path);
      ws.send('1');
      await next(ws, 'close');
    });

    // Of "done" and its consequences: once by who waits for each answer, once by who does not.
    for (const waits of [true, false]) {
      const upgraded = async () => {
        const session = await poller(path);
        const ws = await beside(path, session);
        ws.send('2probe');
        if (waits) assert.equal(await message(ws), '3probe');
        ws.send('5');
        return { session, ws };
      };
      const how = waits ? 'that is waited for' : 'that nobody waits for';

      it(`refuses a poll after an upgrade ${how}`, async () => {
        const { session } = await upgraded();
        assert.equal((await ask(path, session)).status, 400);
      });

      it(`closes a second WebSocket after an upgrade ${how}`, async () => {
        const { session, ws } = await upgraded();
        await next(socket(path, session.replace('polling', 'websocket')), 'close');
        assert.equal(ws.readyState, WebSocket.OPEN);
      });
    }
  });
}

describe('engine.io', () => {
  const path = '/engine.io/';

  for (const payload of ['4hello', '4test1\x1e4test2\x1e4test3', '4hello\x1ebAQIDBA==']) {
    it(`sends ${JSON.stringify(payload)} back to who polls`, async () => {
      const session = await poller(path);
      assert.deepEqual(await post(path, session, payload), { status: 200, body: 'ok' });
      assert.deepEqual(await ask(path, session), { status: 200, body: payload });
    });
  }

  it('ends a session that posts what is no packet', async () => {
    const session = await poller(path);
    assert.equal((await post(path, session, 'abc')).status, 400);
    assert.equal((await ask(path, session)).status, 400);
  });

  it('ends a session that polls twice', async () => {
    const session = await poller(path);
    const polls = await Promise.all([ask(path, session), ask(path, `${session}&t=burst`)]);
    polls.sort((a, b) => a.status - b.status); // whichever was there first
    assert.deepEqual(polls[0], { status: 200, body: '1' });
    assert.equal(polls[1].status, 400);
    assert.equal((await ask(path, session)).status, 400);
  });

  it('ends a session whose poll was given up', async () => {
    const session = await poller(path);
    const giveUp = new AbortController();
    const poll = ask(path, session, { signal: giveUp.signal }).catch(({ name }) => name);
    await pass(5); // as theirs does: nothing says that a poll waits
    giveUp.abort();
    assert.equal(await poll, 'AbortError');
    assert.equal((await ask(path, session)).status, 400);
  });

  it('sends messages back over a WebSocket', async () => {
    const ws = await engine(path);
    ws.send('4hello');
    assert.equal(await message(ws), '4hello');
    ws.send(bytes(1, 2, 3, 4));
    assert.deepEqual(await message(ws), bytes(1, 2, 3, 4));
  });

  it('closes a WebSocket over which no packet comes', async () => {
    const ws = await engine(path);
    ws.send('abc');
    await next(ws, 'close');
  });

  it('goes over to a WebSocket', async () => {
    const session = await poller(path);
    const ws = await beside(path, session);
    ws.send('2probe');
    assert.equal(await message(ws), '3probe');
    assert.deepEqual(await ask(path, session), { status: 200, body: '6' });
    ws.send('5');
    ws.send('4hello');
    assert.equal(await message(ws), '4hello');
    // It is not disturbed by what has no place any more.
    await next(socket(path, session.replace('polling', 'websocket')), 'close');
    assert.equal((await ask(path, session)).status, 400);
    ws.send('4still');
    assert.equal(await message(ws), '4still');
  });
});

describe('socket.io', () => {
  const path = '/socket.io/';

  /** Connects to a namespace, and sees what it says. */
  const connected = async (ws, prefix = '', payload = '') => {
    ws.send(`40${prefix}${payload}`);
    const welcome = await message(ws);
    assert.ok(welcome.startsWith(`40${prefix}{`), welcome);
    assert.deepEqual(Object.keys(JSON.parse(welcome.slice(2 + prefix.length))), ['sid']);
    assert.equal(await message(ws), `42${prefix}["auth",${payload || '{}'}]`);
    return ws;
  };

  for (const prefix of ['', '/custom,']) {
    for (const payload of ['', '{"token":"123"}']) {
      it(`connects with 40${prefix}${payload}`, async () => {
        await connected(await engine(path), prefix, payload);
      });
    }
  }

  it('refuses an unknown namespace', async () => {
    const ws = await engine(path);
    ws.send('40/random');
    assert.equal(await message(ws), '44/random,{"message":"Invalid namespace"}');
  });

  it('closes who does not connect', async () => {
    const [garbage, nothing] = await Promise.all([engine(path), engine(path)]);
    garbage.send('4abc');
    await Promise.all([next(garbage, 'close'), next(nothing, 'close')]);
  });

  it('leaves the connection to who has left the main namespace', async () => {
    const ws = await connected(await engine(path));
    ws.send('41');
    assert.equal(await message(ws), '2');
  });

  it('leaves the main namespace to who has left another', async () => {
    const ws = await connected(await engine(path));
    assert.equal(await message(ws), '2'); // there is no pong: the rest has to be done in the time for it
    ws.send('40/custom');
    assert.match(await message(ws), /^40\/custom,/);
    assert.equal(await message(ws), '42/custom,["auth",{}]');
    ws.send('41/custom');
    ws.send('42["message","to the main namespace"]');
    assert.equal(await message(ws), '42["message-back","to the main namespace"]');
  });

  const holders = '{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}';
  const attachments = [bytes(1, 2, 3), bytes(4, 5, 6)];
  const events = {
    'an event': ['42["message",1,"2",{"3":[true]}]', '42["message-back",1,"2",{"3":[true]}]'],
    'an event with bytes': [`452-["message",${holders}]`, `452-["message-back",${holders}]`, attachments],
    'an acknowledgement': ['42456["message-with-ack",1,"2",{"3":[false]}]', '43456[1,"2",{"3":[false]}]'],
    'an acknowledgement with bytes': [`452-789["message-with-ack",${holders}]`, `462-789[${holders}]`, attachments],
  };
  for (const [name, [sent, back, attached = []]] of Object.entries(events)) {
    it(`answers ${name}`, async () => {
      const ws = await connected(await engine(path));
      const got = messages(ws, 1 + attached.length);
      [sent, ...attached].forEach((part) => ws.send(part));
      assert.deepEqual(await got, [back, ...attached]);
    });
  }

  for (const [name, packet] of Object.entries({ 'of no type': '4abc', 'whose payload is no list': '42{}', 'whose ack id is none': '42abc["message-with-ack",1]' })) {
    it(`closes who sends a packet ${name}`, async () => {
      const ws = await connected(await engine(path));
      ws.send(packet);
      await next(ws, 'close');
    });
  }
});
