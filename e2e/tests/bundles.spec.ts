// The official client's published bundles, in Chromium, on a page of a customer's site that connects
// directly, as docs/protocol.md lets it.
import { BOT } from '../harness/admin.ts';
import { openBundles, type Client, type Pair } from '../harness/bundles.ts';
import { expect, test } from '../harness/test.ts';

const versions = [2, 3, 4] as const;
const ways = ['polling', 'websocket', 'upgrade'] as const;
const pairs: Pair[] = versions.flatMap((version) => ways.map((way) => ({ version, way })));

test('every version over every transport is a visitor by the origin of its page', async ({ deployment, site, admin, page }) => {
  expect(admin).toBeTruthy();
  await openBundles(page, site.origin);
  const visitors = await page.evaluate(
    ({ pairs, url, bot }) => {
      const { Client } = window.peers;
      const visit = async (pair: Pair) => {
        const client = new Client(pair, url, { auth: { bot_id: bot } });
        try {
          const [session] = await client.next('session');
          const [history] = await client.next('history');
          const [started] = await client.ask('message', { id: session.conversation, type: 'start' });
          const shown = await client.next('message');
          await client.settled();
          const [said] = await client.ask('message', { id: crypto.randomUUID(), type: 'text', text: 'привіт 👋' });
          const heard = [];
          while (heard.at(-1)?.[0].text !== 'привіт 👋') heard.push(await client.next('message'));
          const [bytes] = await client.ask('message', new Uint8Array([1, 2]).buffer);
          client.socket.emit('message', { deep: [new Blob(['x'])] });
          const [problem] = await client.next('problem');
          const [older] = await client.ask('history', { before: said.offset });
          return { session, history, started, shown, said, heard: heard.at(-1)!, bytes, problem, older, connected: client.socket.connected };
        } finally {
          client.close();
        }
      };
      return Promise.all(pairs.map(visit));
    },
    { pairs, url: deployment.url, bot: BOT },
  );
  const refused = { code: 'bad_request', field: 'event', message: 'want JSON without bytes' };
  for (const [i, visitor] of visitors.entries()) {
    const { version, way } = pairs[i]!;
    expect(visitor, `version ${version}, ${way}`).toMatchObject({
      session: { resumed: false, token: expect.any(String) },
      history: { messages: [], has_more: false },
      started: { ok: true, id: expect.stringContaining(visitor.session.conversation) },
      shown: [{ type: 'start', id: visitor.started.id }, visitor.started.offset],
      said: { ok: true },
      heard: [{ author: 'visitor', id: visitor.said.id }, visitor.said.offset],
      bytes: { ok: false, error: refused },
      problem: refused,
      older: { ok: true, has_more: false }, // what has been recorded already
      connected: true,
    });
  }
  expect(new Set(visitors.map(({ session }) => session.conversation)).size).toBe(pairs.length);
});

test('every version over every transport is refused with the reason', async ({ deployment, site, admin, page }) => {
  expect(admin).toBeTruthy();
  const refusals = (auth: Record<string, string>) =>
    page.evaluate(
      ({ pairs, url, auth }) => {
        const refuse = async (pair: Pair) => {
          const client = new window.peers.Client(pair, url, { auth });
          // Version 2 has the reason in an event, later ones in an error.
          const [error] = await client.told(pair.version === 2 ? 'error' : 'connect_error');
          client.close();
          return error.data ?? error;
        };
        return Promise.all(pairs.map(refuse));
      },
      { pairs, url: deployment.url, auth },
    );

  await openBundles(page, site.origin);
  const badToken = await refusals({ token: 'not.a.token' });
  expect(badToken).toEqual(pairs.map(() => expect.objectContaining({ code: 'token_invalid', field: 'auth.token' })));
  const noBot = await refusals({ bot_id: 'nobody' });
  expect(noBot).toEqual(pairs.map(() => expect.objectContaining({ code: 'bot_unknown', field: 'bot_id' })));

  await openBundles(page, site.stranger);
  const stranger = await refusals({ bot_id: BOT });
  expect(stranger).toEqual(pairs.map(() => expect.objectContaining({ code: 'origin_forbidden', message: expect.stringContaining(site.stranger) })));
});

test('after a drop version 4 recovers on another gateway, and version 3 resumes by its offset', async ({ deployment, site, admin, page }) => {
  expect(admin).toBeTruthy();
  await openBundles(page, site.origin);
  const lost = pairs.filter(({ version }) => version > 2);
  const returns = await page.evaluate(
    ({ lost, from, to, bot }) => {
      const { Client } = window.peers;
      const say = async (client: Client, text: string) => (await client.ask('message', { id: crypto.randomUUID(), type: 'text', text }))[0].ok as boolean;
      const goAndReturn = async (pair: Pair) => {
        let offset: string | undefined;
        let token: string | undefined;
        const own = pair.version === 4 ? { bot_id: bot } : (give: (auth: object) => void) => give(token ? { token, offset } : { bot_id: bot });
        const client = new Client(pair, from, { auth: own, reconnection: false });
        client.socket.on('message', (_, at) => (offset = at));
        const [session] = await client.next('session');
        token = session.token;
        await client.next('history');
        const { id } = client.socket;
        const tab = new Client(pair, to, { auth: { token } });
        await tab.next('history');
        await say(tab, 'before');
        while ((await client.next('message'))[0].text !== 'before');

        client.lose();
        client.events = [];
        const told = [await say(tab, 'one'), await say(tab, 'two')];
        client.socket.io.uri = to;
        client.socket.connect();
        const [again] = await client.next('session');
        told.push(await say(tab, 'three'));
        const heard: string[] = [];
        while (heard.at(-1) !== 'three') {
          const [message] = await client.next('message');
          if (message.author === 'visitor') heard.push(message.text);
        }
        await client.settled();
        const sends = await say(client, 'four');
        const { recovered, id: now } = client.socket;
        client.close();
        tab.close();
        return { again, told, heard, sends, recovered, same: now === id, conversation: session.conversation };
      };
      return Promise.all(lost.map(goAndReturn));
    },
    { lost, from: deployment.gateways[0]!, to: deployment.gateways.at(-1)!, bot: BOT },
  );
  for (const [i, { conversation, ...returned }] of returns.entries()) {
    const { version, way } = lost[i]!;
    expect(returned, `version ${version}, ${way}`).toEqual({
      again: expect.objectContaining({ resumed: true, conversation }),
      told: [true, true, true],
      heard: ['one', 'two', 'three'],
      sends: true,
      recovered: version === 4 ? true : undefined,
      same: version === 4,
    });
  }
});

test('every version over every transport comes back to a gateway that has died', async ({ deployment, site, admin, page }) => {
  expect(admin).toBeTruthy();
  await openBundles(page, site.origin);
  const at = { pairs, url: deployment.gateways[0]!, bot: BOT };
  await page.evaluate(async ({ pairs, url, bot }) => {
    const { Client } = window.peers;
    const first = new Client({ version: 4, way: 'websocket' }, url, { auth: { bot_id: bot } });
    const [{ token }] = await first.next('session');
    await first.next('history');
    const tabs = pairs.map((pair) => new Client(pair, url, { auth: { token } }));
    await Promise.all(tabs.map((tab) => tab.next('history')));
    await Promise.all(tabs.map((tab) => tab.settled()));
    await first.ask('message', { id: crypto.randomUUID(), type: 'text', text: 'before' });
    // What comes back has an offset to come back with.
    for (const tab of tabs) while ((await tab.next('message'))[0].text !== 'before');
    for (const client of [first, ...tabs]) client.events = [];
    window.kept = { first, tabs };
  }, at);
  await deployment.restart(deployment.gateways[0]!, 'kill');
  const returns = await page.evaluate(async () => {
    const { first, tabs } = window.kept as { first: Client; tabs: Client[] };
    const come = async (client: Client) => {
      const [{ resumed }] = await client.next('session');
      return resumed ? [] : (await client.next('history'))[0].messages;
    };
    const [, ...pages] = await Promise.all([first, ...tabs].map(come));
    const [answer] = await first.ask('message', { id: crypto.randomUUID(), type: 'text', text: 'after' });
    const hears = async (tab: Client, i: number) => {
      const shown = pages[i];
      while (shown.at(-1)?.text !== 'after') shown.push((await tab.next('message'))[0]);
      await tab.settled();
      const { recovered } = tab.socket;
      tab.close();
      return { recovered, texts: shown.filter(({ author }: { author: string }) => author === 'visitor').map(({ text }: { text: string }) => text) };
    };
    const all = await Promise.all(tabs.map(hears));
    first.close();
    return { answer, all };
  });
  expect(returns.answer).toMatchObject({ ok: true });
  // Version 4 comes back by itself with what it has missed; the others here keep nothing, and begin anew.
  const recovered = { recovered: true, texts: ['after'] };
  const begun = { recovered: undefined, texts: ['before', 'after'] };
  expect(returns.all).toEqual(pairs.map(({ version }) => (version === 4 ? recovered : begun)));
});
