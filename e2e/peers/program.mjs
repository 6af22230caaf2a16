// Programs under test: children of this process that end with it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';

const bin = process.env.BIN ?? join(import.meta.dirname, '../../.bin');
const START_MS = 30_000;
const POLL_MS = 50;

const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** A port of the loopback that nobody uses at the moment. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** Starts a program and waits until it answers at `url`, with whatever. */
export async function start(name, args, url) {
  const child = spawn(join(bin, name), args, { stdio: ['ignore', 'pipe', 'pipe'], env: {} });
  running.add(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output = (output + data).slice(-10_000)));
  const ended = once(child, 'exit').finally(() => running.delete(child));
  const end = async (signal) => {
    child.kill(signal);
    await ended;
  };
  for (const until = Date.now() + START_MS; ; await new Promise((resolve) => setTimeout(resolve, POLL_MS))) {
    assert.ok(running.has(child) && Date.now() < until, `${name} does not answer at ${url}:\n${output}`);
    try {
      const response = await fetch(url);
      await response.arrayBuffer();
      if (response.status < 500) break;
    } catch {
      // Nobody listens there yet.
    }
  }
  return { stop: () => end('SIGTERM'), kill: () => end('SIGKILL') };
}
