// The all-in-one on a free port, with a new data directory.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chatUrl, loopback, type Deployment } from './deployment.ts';
import { bin } from './paths.ts';
import { Program } from './program.ts';

const START_MS = 30_000;

export async function startAllInOne(): Promise<Deployment> {
  const dir = await mkdtemp(join(tmpdir(), 'switchboard-'));
  const program = new Program(join(bin, 'switchboard'), ['-addr', '127.0.0.1:0', '-data-dir', dir]);
  const stop = async () => {
    await program.stop();
    await rm(dir, { recursive: true });
  };
  try {
    const [, port] = await program.says(/Demo page\s+http:\/\/localhost:(\d+)\//, START_MS);
    const [, email] = await program.says(/Sign in as\s+(\S+)/, START_MS);
    const [, password] = await program.says(/Password\s+(\S+)/, START_MS);
    const url = chatUrl(port!);
    await program.answers(`${loopback(url)}/readyz`, START_MS);
    const grpc = `127.0.0.1:${port}`;
    return {
      url,
      gateways: [url],
      grpc: { operator: grpc, history: grpc },
      admin: { email: email!, password: password! },
      output: () => program.output(),
      stop,
    };
  } catch (error) {
    await stop().catch(() => {}); // it says why already
    throw error;
  }
}
