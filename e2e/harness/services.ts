// Every service as a process of its own, with two gateways, a NATS server and MongoDB between them,
// and an ingress before them.
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { publishSample } from './admin.ts';
import { chatUrl, loopback, type Deployment } from './deployment.ts';
import { startIngress } from './ingress.ts';
import { startMongo } from './mongo.ts';
import { bin } from './paths.ts';
import { freePorts, Program } from './program.ts';

const START_MS = 60_000;
const SERVICES = ['config', 'history', 'operator', 'scenario', 'gateway-1', 'gateway-2'] as const;
type Service = (typeof SERVICES)[number];

/** `flags` are more of the gateways. */
export async function startServices(flags: string[]): Promise<Deployment> {
  /** What has been started, the last first. */
  const stops: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    const failures: unknown[] = [];
    for (const end of stops.splice(0)) await end().catch((error: unknown) => failures.push(error));
    if (failures.length) throw new AggregateError(failures, failures.join('\n'));
  };
  try {
    return { ...(await start(flags, (end) => stops.unshift(end))), stop };
  } catch (error) {
    await stop().catch(() => {}); // the first failure is the cause
    throw error;
  }
}

async function start(flags: string[], onStop: (end: () => Promise<unknown>) => void): Promise<Omit<Deployment, 'stop'>> {
  const mongo = await startMongo();
  onStop(mongo.stop);
  const dir = await mkdtemp(join(tmpdir(), 'switchboard-'));
  onStop(() => rm(dir, { recursive: true }));
  const secret = join(dir, 'secret');
  await writeFile(secret, randomBytes(48).toString('base64'), { mode: 0o600 });

  const nats = new Program(join(bin, 'nats'), ['-store-dir', join(dir, 'nats')]);
  onStop(() => nats.stop());
  const [, natsUrl] = await nats.says(/^NATS_URL=(.*)$/, START_MS);

  const ports = await freePorts(2 * SERVICES.length);
  const publicAt = (of: Service) => `127.0.0.1:${ports[2 * SERVICES.indexOf(of)]}`;
  const insideAt = (of: Service) => `127.0.0.1:${ports[2 * SERVICES.indexOf(of) + 1]}`;
  const admin = { email: 'admin@example.com', password: randomBytes(12).toString('base64url') };
  const own: Record<Service, string[]> = {
    config: ['-store', mongo.store('config'), '-admin-email', admin.email, '-admin-password', admin.password],
    history: ['-store', mongo.store('history')],
    // What they say to a visitor goes in by one gateway and comes out of the other.
    operator: ['-store', mongo.store('operator'), '-gateway', insideAt('gateway-2')],
    scenario: ['-store', mongo.store('scenario'), '-gateway', insideAt('gateway-1'), '-operator', insideAt('operator')],
    // What is uploaded to one gateway is read from the other.
    'gateway-1': ['-history', insideAt('history'), '-blobs', `file:${join(dir, 'blobs')}`, '-allow-eio3', ...flags],
    'gateway-2': ['-history', insideAt('history'), '-blobs', `file:${join(dir, 'blobs')}`, '-allow-eio3', ...flags],
  };
  const launch = (name: Service, folder = bin) => {
    const common = ['-nats-url', natsUrl!, '-secret-file', secret, '-addr', publicAt(name), '-internal-addr', insideAt(name)];
    return new Program(join(folder, name.replace(/-\d$/, '')), [...common, ...own[name]]);
  };
  const ready = (i: number) => programs[i]!.answers(`http://${publicAt(SERVICES[i]!)}/readyz`, START_MS);
  const programs = SERVICES.map((name) => launch(name));
  onStop(async () => {
    const ends = await Promise.allSettled(programs.map((program) => program.stop()));
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  });
  await Promise.all(programs.map((_, i) => ready(i)));

  const gateways = (['gateway-1', 'gateway-2'] as const).map(publicAt);
  let serving = gateways;
  const ingress = await startIngress([
    [/^\/switchboard\.(config|history|operator|scenario)\.v1\./, (_, [, name]) => publicAt(name as Service)],
    [/^\/console(\/|$)/, () => publicAt('operator')],
    [/^\//, (count) => serving[count % serving.length]!],
  ]);
  onStop(ingress.stop);
  const url = chatUrl(ingress.port);
  await publishSample(url, admin);
  return {
    url,
    gateways: gateways.map((address) => chatUrl(address.split(':')[1]!)),
    grpc: { operator: publicAt('operator'), history: publicAt('history') },
    admin,
    async restart(url, how, meanwhile, folder) {
      const address = new URL(loopback(url)).host;
      const i = SERVICES.findIndex((name) => publicAt(name) === address);
      if (how === 'stop') serving = serving.filter((other) => other !== address);
      await programs[i]![how]();
      await meanwhile?.();
      programs[i] = launch(SERVICES[i]!, folder);
      await ready(i);
      serving = gateways;
    },
    output: () => programs.map((program, i) => `== ${SERVICES[i]}\n${program.output()}`).join('\n'),
  };
}
