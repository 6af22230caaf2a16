// A rolling restart of two gateways while pages with the official client talk through the ingress.
import { BOT } from '../harness/admin.ts';
import { openBundles, type Client, type Pair } from '../harness/bundles.ts';
import { expect, test } from '../harness/test.ts';

const PAUSE_MS = 250; // less than a connection may send

test('a rolling restart under load loses nothing and shows visitors no error', async ({ deployment, site, admin, page }) => {
  expect(admin).toBeTruthy();
  await openBundles(page, site.origin);

  await page.evaluate(
    async ({ url, bot, pause }) => {
      const { Client, pairs } = window.peers;
      const speak = async (pair: Pair) => {
        const retries = { retries: 100, ackTimeout: 3_000 }; // version 4 repeats by itself what was not acknowledged
        let token: string | undefined;
        let offset: string | undefined;
        const auth = (give: (auth: object) => void) => give(token ? { token, offset } : { bot_id: bot });
        const client = new Client(pair, url, pair.version === 4 ? { auth: { bot_id: bot }, ...retries } : { auth });
        const { socket } = client;
        const errors: unknown[] = [];
        const ends: string[] = [];
        const sessions: boolean[] = [];
        const sent: string[] = [];
        socket.on('connect_error', (error) => errors.push({ type: error.type, message: error.message, data: error.data }));
        socket.on('problem', (problem) => errors.push(problem));
        socket.on('disconnect', (reason) => ends.push(reason));
        for (const event of ['history', 'message']) socket.on(event, (_, at) => (offset = at));
        const ready = new Set<() => void>();
        socket.on('session', (session) => {
          token = session.token;
          sessions.push(session.resumed);
          ready.forEach((go) => go());
        });
        const session = () => new Promise<void>((resolve) => ready.add(resolve));
        /** Sends one until it is acknowledged, as docs/protocol.md has it. */
        const deliver = async (message: { id: string; type: string; text: string }) => {
          for (let attempt = 1; ; attempt++) {
            const answered = new Promise<any>((resolve) => {
              if (pair.version === 4) return socket.emit('message', message, (lost: unknown, answer: unknown) => resolve(lost ? { ok: false, error: String(lost) } : answer));
              socket.once('disconnect', () => resolve(undefined));
              socket.emit('message', { ...message, attempt }, resolve);
            });
            const back = session(); // before it is needed
            const answer = await answered;
            if (answer) return answer;
            await back;
          }
        };
        await session();
        const state = { stop: false };
        const done = (async () => {
          for (let i = 0; !state.stop; i++) {
            const answer = await deliver({ id: crypto.randomUUID(), type: 'text', text: `${pair.version} ${pair.way} ${i}` });
            sent.push(`${pair.version} ${pair.way} ${i}`);
            if (!answer.ok) errors.push(answer);
            await new Promise((resolve) => setTimeout(resolve, pause)); // the pace of the load
          }
        })();
        return { pair, client, state, done, errors, ends, sessions, sent, token: () => token };
      };
      const resuming = pairs.filter(({ version }) => version > 2);
      window.kept = await Promise.all([...resuming, ...resuming].map(speak));
    },
    { url: deployment.url, bot: BOT, pause: PAUSE_MS },
  );

  /** Waits until everybody has said that much. */
  const said = (count: number) => page.waitForFunction((count) => window.kept.every(({ sent }: { sent: string[] }) => sent.length >= count), count);
  await said(2);
  for (const gateway of deployment.gateways) {
    await deployment.restart(gateway, 'stop');
    await said(2 + (await page.evaluate(() => Math.max(...window.kept.map(({ sent }: { sent: string[] }) => sent.length)))));
  }

  const visitors = await page.evaluate(async (url) => {
    const { Client } = window.peers;
    const finish = async (visitor: any) => {
      const { client, state, done, errors, ends, sessions, sent, pair } = visitor as { client: Client } & typeof visitor;
      state.stop = true;
      await done;
      const heard = [];
      while (heard.at(-1) !== sent.at(-1)) {
        const [message] = await client.next('message');
        if (message.author === 'visitor') heard.push(message.text);
      }
      // What another page of the same visitor is shown: a page of history and what is newer than the record.
      const fresh = new Client({ version: 4, way: 'websocket' }, url, { auth: { token: visitor.token() } });
      const [{ messages }] = await fresh.next('history');
      while (!messages.some(({ text }: { text: string }) => text === sent.at(-1))) messages.push((await fresh.next('message'))[0]);
      const stored = messages.filter(({ author }: { author: string }) => author === 'visitor').map(({ text }: { text: string }) => text);
      const was = { pair, errors: [...errors], ends: [...ends], sessions, sent, heard, stored };
      client.close();
      fresh.close();
      return was;
    };
    return Promise.all(window.kept.map(finish));
  }, deployment.url);

  let moved = 0;
  for (const { pair, errors, ends, sessions, sent, heard, stored } of visitors) {
    const who = `version ${pair.version}, ${pair.way}`;
    expect(errors, who).toEqual([]);
    expect(heard, `${who}: shown`).toEqual(sent);
    expect(stored, `${who}: stored`).toEqual(sent.slice(-stored.length));
    expect(sessions, `${who}: resumed`).toEqual([false, ...ends.map(() => true)]);
    for (const end of ends) expect(['transport close', 'transport error'], who).toContain(end);
    moved += ends.length;
  }
  expect(moved).toBeGreaterThanOrEqual(visitors.length);
});
