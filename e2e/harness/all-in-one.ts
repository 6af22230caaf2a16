// The all-in-one on a free port, with a new data directory.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chatUrl, loopback, type Deployment } from './deployment.ts';
import { bin } from './paths.ts';
import { freePorts, Program } from './program.ts';

const START_MS = 30_000;

/** `flags` are more of them. */
export async function startAllInOne(flags: string[]): Promise<Deployment> {
  const dir = await mkdtemp(join(tmpdir(), 'switchboard-'));
  const [port] = await freePorts(1);
  const url = chatUrl(port!);
  const launch = (programs = bin) => new Program(join(programs, 'switchboard'), ['-addr', `127.0.0.1:${port}`, '-data-dir', dir, '-allow-eio3', ...flags]);
  const ready = () => program.answers(`${loopback(url)}/readyz`, START_MS);
  let program = launch();
  const stop = async () => {
    await program.stop();
    await rm(dir, { recursive: true });
  };
  try {
    const [, email] = await program.says(/Sign in as\s+(\S+)/, START_MS);
    const [, password] = await program.says(/Password\s+(\S+)/, START_MS);
    await ready();
    const grpc = `127.0.0.1:${port}`;
    return {
      url,
      gateways: [url],
      grpc: { operator: grpc, history: grpc },
      admin: { email: email!, password: password! },
      async restart(_, how, meanwhile, programs) {
        await program[how]();
        await meanwhile?.();
        program = launch(programs);
        await ready();
      },
      output: () => program.output(),
      stop,
    };
  } catch (error) {
    await stop().catch(() => {}); // it says why already
    throw error;
  }
}
