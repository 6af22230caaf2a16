// A socket.io server with what the load tool asks of a server: "message" is sent back as "message-back",
// "shout" is sent to everybody as "shouted". POST /gc collects garbage, where node runs with --expose-gc.
// With RECOVERY=1 it has connection state recovery, and says hello so that a client has an offset.
// It listens on the loopback, at PORT or a free port, and prints where.
import { createServer } from 'node:http';
import { Server } from 'socket.io';

const recovery = process.env.RECOVERY === '1';
const http = createServer((req, res) => {
  if (req.method === 'POST' && req.url === '/gc') globalThis.gc?.();
  res.writeHead(req.url === '/gc' || req.url === '/readyz' ? 204 : 404).end();
});
const io = new Server(http, {
  transports: ['websocket'],
  perMessageDeflate: false,
  ...(recovery && { connectionStateRecovery: { maxDisconnectionDuration: 120_000 } }),
});
io.on('connection', (socket) => {
  socket.on('message', (m) => socket.emit('message-back', m));
  socket.on('shout', (m) => io.emit('shouted', m));
  if (recovery && !socket.recovered) socket.emit('hello');
});
http.listen({ host: '127.0.0.1', port: Number(process.env.PORT ?? 0), backlog: 4096 }, () => {
  console.log(`http://127.0.0.1:${http.address().port}`);
});
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => process.exit(0));
