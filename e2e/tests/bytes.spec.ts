// The official client's published bundles and bytes, against the protocol alone: no event of the product
// has any.
import { join } from 'node:path';
import { openBundles, type Pair } from '../harness/bundles.ts';
import { bin } from '../harness/paths.ts';
import { freePorts, Program } from '../harness/program.ts';
import { expect, test } from '../harness/test.ts';

test('every version over every transport sends bytes and gets them back', async ({ site, page }) => {
  const [port] = await freePorts(1);
  const server = new Program(join(bin, 'conformance'), ['-addr', `127.0.0.1:${port}`, '-ping-interval', '1s', '-ping-timeout', '5s', '-allow-eio3']);
  try {
    await openBundles(page, site.origin);
    const echoes = await page.evaluate(async (url) => {
      const { Client, pairs } = window.peers;
      const read = async (value: any): Promise<any> => {
        if (value instanceof Blob) value = await value.arrayBuffer();
        if (value instanceof ArrayBuffer) return [...new Uint8Array(value)].join(' ');
        if (Array.isArray(value)) return Promise.all(value.map(read));
        if (typeof value !== 'object' || !value) return value;
        return Object.fromEntries(await Promise.all(Object.entries(value).map(async ([key, of]) => [key, await read(of)])));
      };
      const bytes = new Uint8Array([0, 1, 30, 127, 128, 254, 255]);
      const args = [bytes.buffer, { deep: [new Blob([bytes]), 'привіт'] }, bytes.slice(1, 3)];
      const send = async (pair: Pair) => {
        const client = new Client(pair, url);
        await client.connected();
        const got = [];
        // Once by what it begins with, and once by what it goes over to.
        for (let i = 0; i < 2; i++) {
          client.socket.emit('message', ...args);
          got.push(await read(await client.next('message-back')), await read(await client.ask('message-with-ack', ...args)));
          await client.settled();
        }
        client.socket.on('question', (data, answer) => answer(data, [data]));
        client.socket.emit('ask', bytes.buffer);
        const answered = await read(await client.next('answered'));
        client.close();
        return { ...pair, got, answered };
      };
      return Promise.all(pairs.map(send));
    }, `http://127.0.0.1:${port}`);
    const all = '0 1 30 127 128 254 255';
    const sent = [all, { deep: [all, 'привіт'] }, '1 30'];
    expect(echoes).toHaveLength(9);
    for (const { version, way, got, answered } of echoes) {
      expect(got, `version ${version}, ${way}`).toEqual([sent, sent, sent, sent]);
      expect(answered, `version ${version}, ${way}`).toEqual([all, [all]]);
    }
  } finally {
    await server.stop();
  }
});
