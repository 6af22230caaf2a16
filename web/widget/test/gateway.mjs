// A gateway for tests, on the official Socket.IO server: the widget's side of the protocol over a log
// in memory. It is no model of the real gateway; it only says what the contract says.
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';
import { randomUUID } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { Server } from 'socket.io';

const dist = join(fileURLToPath(new URL('.', import.meta.url)), '../dist');
const TYPES = { '.js': 'text/javascript', '.css': 'text/css', '.html': 'text/html; charset=utf-8' };
const CSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: http: data:; connect-src 'self'; base-uri 'none'; form-action 'none'";

/**
 * Starts a gateway on a free port of the loopback.
 *
 * options.bot(event, gateway) answers what a visitor does; options.origins are the sites that are
 * allowed (undefined: all); options.settings is what the settings script gives.
 */
export async function startGateway(options = {}) {
  const http = createServer((request, response) => void serve(request, response));
  const io = new Server(http, { pingInterval: options.pingInterval ?? 25_000, pingTimeout: options.pingTimeout ?? 20_000, serveClient: false });
  const gateway = {
    url: '',
    io,
    generation: 'g1',
    conversation: options.conversation ?? randomUUID(),
    log: [],
    owner: { kind: 'bot' },
    epoch: 0,
    /** Every `message` that came in, duplicates and refused ones too. */
    seen: [],
    /** Bodies of token requests. */
    asked: [],
    /** Bodies of requests for a transcript by e-mail. */
    mailed: [],
    /** Bodies of logouts. */
    loggedOut: [],
    /** CONNECT payloads. */
    auths: [],
    /** Set to an error to refuse the next connections or messages with it. */
    refuseConnect: undefined,
    refuseMessage: undefined,
    /** Set to lose the next acknowledgements after the message has been stored. */
    loseAck: false,
    pageSize: 30,
    settings: { title: 'Switchboard', position: { x: 'right', y: 'bottom', offset: 25 }, ...options.settings },
    offsetOf: (index) => `${gateway.generation}-${index + 1}`,
    wire: (entry, index) => ({ ...entry, offset: gateway.offsetOf(index) }),
    /** Stores an event and sends it to every socket. */
    publish(message) {
      const entry = { id: `${gateway.conversation}/${randomUUID()}`, time: new Date().toISOString(), ...message };
      gateway.log.push(entry);
      if (entry.type === 'owner') {
        gateway.owner = entry.owner;
        gateway.epoch = gateway.log.length;
        entry.epoch = gateway.epoch;
      }
      io.emit('message', entry, gateway.offsetOf(gateway.log.length - 1));
      return entry;
    },
    live: (name, data) => io.emit(name, data),
    /** Cuts every connection without a word. */
    drop: () => io.sockets.sockets.forEach((socket) => socket.conn.transport.socket.terminate()),
    async close() {
      await io.close();
      await new Promise((resolve) => http.close(resolve));
    },
  };

  io.use((socket, next) => {
    gateway.auths.push(socket.handshake.auth);
    const problem = gateway.refuseConnect ?? (String(socket.handshake.auth.token ?? '').startsWith('token-') ? undefined : { code: 'token_invalid', message: 'token: not one of ours' });
    if (!problem) return next();
    next(Object.assign(new Error(problem.message), { data: problem }));
  });

  io.on('connection', (socket) => {
    const { offset } = socket.handshake.auth;
    const [, generation, sequence] = /^(.*)-(\d+)$/.exec(offset ?? '') ?? [];
    const resumed = generation === gateway.generation;
    socket.emit('session', { conversation: gateway.conversation, visitor: 'visitor', generation: gateway.generation, resumed, owner: gateway.owner, epoch: gateway.epoch });
    if (resumed) gateway.log.slice(Number(sequence)).forEach((entry, i) => socket.emit('message', entry, gateway.offsetOf(Number(sequence) + i)));
    else {
      const from = Math.max(0, gateway.log.length - gateway.pageSize);
      const messages = gateway.log.map(gateway.wire).slice(from);
      socket.emit('history', { messages, has_more: from > 0 }, `${gateway.generation}-${gateway.log.length}`);
    }
    socket.on('message', (data, ack) => {
      gateway.seen.push(data);
      if (gateway.refuseMessage) return ack({ ok: false, error: gateway.refuseMessage });
      const id = `${gateway.conversation}/${data.id}`;
      const at = gateway.log.findIndex((entry) => entry.id === id);
      const { attempt: _, ...body } = data;
      if (at < 0) gateway.publish({ ...body, id, author: 'visitor' });
      const index = at < 0 ? gateway.log.length - 1 : at;
      if (!gateway.loseAck) ack({ ok: true, offset: gateway.offsetOf(index), id, ...(at >= 0 && { duplicate: true }) });
      if (at < 0) options.bot?.(data, gateway);
    });
    socket.on('history', ({ before, page_size: size = 30 }, ack) => {
      const end = Number(/-(\d+)$/.exec(before)?.[1] ?? 1) - 1;
      const from = Math.max(0, end - size);
      ack({ ok: true, messages: gateway.log.map(gateway.wire).slice(from, end), has_more: from > 0 });
    });
    socket.on('typing', () => gateway.seen.push({ type: 'typing' }));
  });

  async function serve(request, response) {
    const { pathname, searchParams } = new URL(request.url, gateway.url);
    const send = (status, type, body, headers = {}) => response.writeHead(status, { 'Content-Type': type, ...headers }).end(body);
    const settings = /^\/widget\/v2\/settings\/([\w-]+)\.js$/.exec(pathname);
    if (settings) {
      const { origin } = request.headers;
      const isAllowed = !options.origins || !origin || origin === gateway.url || options.origins.includes(origin);
      const call = isAllowed ? ['settings', gateway.settings] : ['refused', { code: 'origin_forbidden', message: `origin ${origin} is not on the list` }];
      return send(200, 'text/javascript', `__kw.${call[0]}(${JSON.stringify(settings[1])},${JSON.stringify(call[1])})`, { 'Access-Control-Allow-Origin': '*' });
    }
    if (pathname === '/widget/v2/token') {
      const asked = JSON.parse(await text(request));
      gateway.asked.push(asked);
      const renewed = !!asked.token?.startsWith('token-');
      return send(200, 'application/json', JSON.stringify({ token: `token-${randomUUID()}`, conversation: gateway.conversation, visitor: 'visitor', renewed }));
    }
    if (pathname === '/widget/v2/logout') {
      gateway.loggedOut.push(JSON.parse(await text(request)));
      return send(200, 'application/json', '{"ok":true}');
    }
    if (pathname === '/widget/v2/preview') {
      const { url } = JSON.parse(await text(request));
      return send(200, 'application/json', JSON.stringify({ url, title: 'How to keep a plant alive', description: 'Light, water and patience: what our gardeners have learnt in twenty years.', image: `${gateway.url}/widget/v2/pictures/90-200x200.svg`, site_name: 'Terra' }));
    }
    if (pathname === '/widget/v2/transcript') {
      gateway.mailed.push(JSON.parse(await text(request)));
      return send(202, 'application/json', '{}');
    }
    const picture = /^\/widget\/v2\/pictures\/(\d+)-(\d+)x(\d+)\.svg$/.exec(pathname);
    if (picture) {
      const [, hue, width, height] = picture;
      const leaf = `<path d="M${width / 2} ${height}q-${width / 5}-${height / 2} 0-${height * 0.8}q${width / 5} ${height * 0.3} 0 ${height * 0.8}" fill="hsl(${hue} 45% 38%)"/>`;
      return send(200, 'image/svg+xml', `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="hsl(${hue} 40% 82%)"/>${leaf}</svg>`);
    }
    const custom = /^\/widget\/v2\/custom\/[\w-]+\.(css|html|js)$/.exec(pathname);
    if (custom && options.custom?.[custom[1]]) return send(200, TYPES[`.${custom[1]}`], options.custom[custom[1]]);
    const page = options.pages?.[pathname];
    if (page) return send(200, 'text/html; charset=utf-8', page.body ?? page, page.headers);
    const file = pathname.startsWith('/widget/v2/')
      ? pathname.slice('/widget/v2/'.length).replace(/^frame\/$/, 'frame/index.html')
      : /^\/widget\/[\w-]+\/$/.test(pathname)
        ? 'demo/configurator.html'
        : pathname === '/'
          ? 'demo/index.html'
          : '';
    const path = normalize(join(dist, file));
    try {
      if (!file || !path.startsWith(dist)) throw new Error('no such file');
      const isFrame = file.startsWith('frame/');
      send(200, TYPES[extname(path)] ?? 'application/octet-stream', await readFile(path), {
        ...(isFrame && { 'Content-Security-Policy': CSP }),
        ...(file === 'kw.js' && { 'Access-Control-Allow-Origin': '*' }),
      });
    } catch {
      send(404, 'text/plain', `not found: ${pathname} ${searchParams}`);
    }
  }

  await new Promise((resolve) => http.listen(options.port ?? 0, '127.0.0.1', resolve));
  gateway.url = `http://${options.host ?? '127.0.0.1'}:${http.address().port}`;
  return gateway;
}
