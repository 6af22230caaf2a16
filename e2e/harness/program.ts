// Programs: children of this process, with their output kept, that end when it ends.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { basename } from 'node:path';
import { createInterface } from 'node:readline';

const STOP_MS = 20_000;
const KEPT_LINES = 200;

/** What is running, to be ended with this process however that ends. */
const running = new Set<ChildProcess>();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** A running program. */
export class Program {
  readonly lines: string[] = [];
  private readonly child: ChildProcess;
  private readonly name: string;
  private readonly ended: Promise<unknown>;
  private readonly waiting = new Set<(line: string) => void>();

  /** The product's settings have an environment to fall back on, so programs get an empty one. */
  constructor(file: string, args: string[], env: NodeJS.ProcessEnv = {}) {
    this.name = basename(file);
    this.child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'], env });
    running.add(this.child);
    this.ended = once(this.child, 'exit').finally(() => running.delete(this.child));
    this.ended.catch(() => {}); // it was never started; whoever waits for it is told
    for (const stream of [this.child.stdout!, this.child.stderr!]) {
      createInterface(stream).on('line', (line) => {
        if (this.lines.push(line) > KEPT_LINES) this.lines.shift();
        this.waiting.forEach((read) => read(line));
      });
    }
  }

  /** Waits for a line that matches, said already or not. */
  async says(pattern: RegExp, timeoutMs: number): Promise<RegExpExecArray> {
    let read: (line: string) => void;
    const said = new Promise<RegExpExecArray>((resolve) => {
      read = (line) => {
        const match = pattern.exec(line);
        if (match) resolve(match);
      };
      this.lines.forEach(read);
      this.waiting.add(read);
    });
    return this.orEnds(said, `say ${pattern}`, timeoutMs).finally(() => this.waiting.delete(read));
  }

  /** Waits until a probe over HTTP answers with 200. */
  async answers(url: string, timeoutMs: number): Promise<void> {
    const until = Date.now() + timeoutMs;
    const ask = async () => {
      for (let last = ''; Date.now() < until; await pause(50)) {
        try {
          const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
          if (response.ok) return;
          last = await response.text();
        } catch {
          // Nobody listens there yet.
        }
        if (Date.now() + 100 > until) throw new Error(`${this.name}: ${url} is not ready: ${last}\n${this.output()}`);
      }
    };
    await this.orEnds(ask(), `answer at ${url}`, timeoutMs + 1_000);
  }

  /** Ends its input, for programs that live as long as it. */
  async hangUp(timeoutMs: number): Promise<void> {
    this.child.stdin!.end();
    await this.orLate(this.ended, 'end with its input', timeoutMs);
  }

  /** Asks it to stop, and makes it if it does not. */
  async stop(): Promise<void> {
    this.child.kill('SIGTERM');
    try {
      await this.orLate(this.ended, 'stop', STOP_MS);
    } catch (error) {
      this.child.kill('SIGKILL');
      throw error;
    }
  }

  /** Ends it as a power cut would. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.orLate(this.ended, 'die', STOP_MS);
  }

  /** The last that it said. */
  output(): string {
    return this.lines.join('\n');
  }

  private async orEnds<T>(wanted: Promise<T>, what: string, timeoutMs: number): Promise<T> {
    const ended = this.ended.then(() => {
      throw new Error(`${this.name} ended instead of going to ${what}:\n${this.output()}`);
    });
    return this.orLate(Promise.race([wanted, ended]), what, timeoutMs);
  }

  private async orLate<T>(wanted: Promise<T>, what: string, timeoutMs: number): Promise<T> {
    let timer: NodeJS.Timeout;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`${this.name} did not ${what} within ${timeoutMs} ms:\n${this.output()}`)), timeoutMs);
    });
    return Promise.race([wanted, late]).finally(() => clearTimeout(timer));
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Ports of the loopback that nobody uses at the moment. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => server.listening || once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
