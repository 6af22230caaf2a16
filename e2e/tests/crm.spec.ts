// A company's own system: the example in crm/ over gRPC with an API key.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Deployment } from '../harness/deployment.ts';
import { bin } from '../harness/paths.ts';
import { expect, test } from '../harness/test.ts';

const run = promisify(execFile);

const crm = ({ grpc }: Deployment, key: string, ...args: string[]) =>
  run(join(bin, 'crm'), ['-addr', grpc.operator, '-history', grpc.history, ...args], { env: { CRM_KEY: key }, timeout: 30_000 });

test('a CRM lists open dialogs, reads the history and speaks; without a key it is refused', async ({ deployment, admin, visit }) => {
  const visitor = visit();
  const { conversation } = await visitor.connected();
  await visitor.start();
  await visitor.hears('What can I do for you?');
  await visitor.send({ type: 'button', text: '💬 Talk to a person', action_body: 'person' });
  await visitor.sees((event) => event.owner?.kind === 'queue', 'queue');
  await visitor.send({ type: 'text', text: 'My order is 10482' });

  const key = await admin.makeKey('CRM');
  await expect(async () => {
    const { stdout } = await crm(deployment, key.secret, '-say', 'Your order left us today.');
    expect(stdout).toContain(`dialog ${conversation}/`);
    expect(stdout).toContain('of Ivan');
    expect(stdout).toContain("AUTHOR_BOT: Hello, Ivan! 👋 I'm Pip");
    expect(stdout).toContain('AUTHOR_VISITOR: 💬 Talk to a person');
    expect(stdout).toContain('AUTHOR_VISITOR: My order is 10482');
  }).toPass({ timeout: 15_000 }); // the record is a moment behind the log
  expect(await visitor.hears('Your order left us today.')).toMatchObject({ author: 'operator', author_name: 'CRM' });

  await expect(crm(deployment, '', '-say', 'x')).rejects.toThrow(/Unauthenticated.*Authorization: API-Key/s);
  await expect(crm(deployment, 'sbk_wrong', '-say', 'x')).rejects.toThrow(/Unauthenticated.*unknown or revoked/s);
  await expect(crm(deployment, key.secret, '-bot', 'another')).rejects.toThrow(/PermissionDenied|NotFound/);

  await admin.call('config.v1.AccessService/RevokeApiKey', { id: key.id });
  await expect(async () => {
    await expect(crm(deployment, key.secret, '-say', 'x')).rejects.toThrow(/Unauthenticated/);
  }).toPass({ timeout: 10_000 });
});

test('an AI agent with an API key thinks, writes word by word, and is done by the message itself', async ({ deployment, admin, visit }) => {
  const visitor = visit();
  const { conversation } = await visitor.connected();
  await visitor.start();
  await visitor.hears('What can I do for you?');
  await visitor.send({ type: 'button', text: '💬 Talk to a person', action_body: 'person' });
  await visitor.sees((event) => event.owner?.kind === 'queue', 'queue');

  const text = 'Two tins of *Sencha* 🍵 are left, and one of Assam.';
  const key = await admin.makeKey('Agent');
  await crm(deployment, key.secret, '-stream', '-say', text);
  const said = await visitor.hears('one of Assam');
  expect(said).toMatchObject({ author: 'operator', author_name: 'Agent', text });

  const pieces = visitor.live.filter(({ name }) => name === 'partial').map(({ payload }) => payload);
  expect(pieces.map((piece) => piece['text']).join('')).toBe(text);
  let at = 0;
  for (const piece of pieces) {
    expect(piece).toMatchObject({ id: said.id, at, author: 'operator', author_name: 'Agent', parse_mode: 'Markdown' });
    at += String(piece['text']).length;
  }
  expect(said.id.startsWith(`${conversation}/`)).toBe(true);
  expect(visitor.live[0]).toMatchObject({ name: 'thinking', payload: { text: 'Looking in the catalogue', ttl_ms: 30_000 } });
  await admin.call('config.v1.AccessService/RevokeApiKey', { id: key.id });
});
