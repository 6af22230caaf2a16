// The official client as pages have it: the published bundles of three versions on one page of a
// customer's site, driven by the same code as in Node (peers/clients.mjs).
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { root } from './paths.ts';
import type { Site } from './site.ts';

/** The path of the page. */
export const BUNDLES = '/peers/';

export interface Pair {
  version: 2 | 3 | 4;
  way: 'polling' | 'websocket' | 'upgrade';
}

/** The library's socket, as far as the tests reach into it. */
export interface Socket {
  id: string;
  connected: boolean;
  recovered?: boolean;
  io: { uri: string; engine: { transport: { name: string } } };
  connect(): void;
  on(event: string, listener: (...args: any[]) => void): void;
  once(event: string, listener: (...args: any[]) => void): void;
  emit(event: string, ...args: unknown[]): void;
}

/** What peers/clients.mjs has. */
export interface Client {
  readonly socket: Socket;
  events: any[][];
  next(event: string): Promise<any[]>;
  told(event: string): Promise<any[]>;
  connected(): Promise<void>;
  ask(event: string, ...args: unknown[]): Promise<any[]>;
  settled(): Promise<void>;
  lose(): void;
  close(): void;
}

declare global {
  interface Window {
    peers: {
      pairs: Pair[];
      Client: new (pair: Pair, url: string, options?: Record<string, unknown>) => Client;
      within<T>(wanted: Promise<T>, what: string): Promise<T>;
    };
    /** What one step of a test leaves for the next. */
    kept: any;
  }
}

const peers = join(root, 'e2e/peers');
const published = { 2: 'socket.io.js', 3: 'socket.io.min.js', 4: 'socket.io.min.js' };
const versions = Object.keys(published) as unknown as (keyof typeof published)[];

const page = `<!doctype html>
<meta charset="utf-8">
<link rel="icon" href="data:,">
<title>A shop with a client of its own</title>
<script>bundles = {}</script>
${versions.map((version) => `<script src="${BUNDLES}io${version}.js"></script><script>bundles[${version}] = io</script>`).join('\n')}
<script type="importmap">${JSON.stringify({ imports: Object.fromEntries(versions.map((version) => [`io${version}`, `${BUNDLES}io${version}.mjs`])) })}</script>
<script type="module">
  import { Client, pairs, within } from '${BUNDLES}clients.mjs';
  window.peers = { Client, pairs, within };
</script>`;

/** A file of the page, or nothing. */
export async function bundleFile(path: string): Promise<{ type: string; body: string | Buffer } | undefined> {
  const script = 'text/javascript; charset=utf-8';
  if (path === BUNDLES) return { type: 'text/html; charset=utf-8', body: page };
  if (path === `${BUNDLES}clients.mjs`) return { type: script, body: await readFile(join(peers, 'clients.mjs')) };
  for (const version of versions) {
    const name = `io${version}`;
    if (path === `${BUNDLES}${name}.js`) return { type: script, body: await readFile(join(peers, 'node_modules', name, 'dist', published[version])) };
    if (path === `${BUNDLES}${name}.mjs`) return { type: script, body: `export const io = globalThis.bundles[${version}];\nexport default io;` };
  }
  return undefined;
}

/** Opens the page and waits until its bundles are there. */
export async function openBundles(page: Page, origin: Site['origin']): Promise<void> {
  await page.goto(origin + BUNDLES);
  await page.waitForFunction(() => !!window.peers);
}
