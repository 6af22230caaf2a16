// An ingress: one origin before several processes, as a cluster has it. It looks at the path alone.
import { once } from 'node:events';
import { createServer, request as send, type IncomingMessage } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** Paths, and whose they are: host:port, by how many requests there have been and the match. */
export type Route = [path: RegExp, address: (count: number, match: RegExpExecArray) => string];

/** Starts an ingress on a free port of the loopback. The first route that matches is taken. */
export async function startIngress(routes: Route[]): Promise<{ port: number; stop(): Promise<void> }> {
  const sockets = new Set<Duplex>();
  let count = 0;

  const target = (request: IncomingMessage): URL => {
    for (const [path, address] of routes) {
      const match = path.exec(request.url!);
      if (match) return new URL(`http://${address(count++, match)}`);
    }
    throw new Error(`no route for ${request.url}`);
  };

  const server = createServer((request, response) => {
    const { hostname, port } = target(request);
    const onward = send({ hostname, port, path: request.url, method: request.method, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode!, answer.headers);
      response.flushHeaders();
      answer.pipe(response);
    });
    onward.on('error', () => (response.headersSent ? response.destroy() : response.writeHead(502).end()));
    response.on('close', () => onward.destroy());
    request.pipe(onward);
  });

  server.on('upgrade', (request: IncomingMessage, client: Duplex, head: Buffer) => {
    const { hostname, port } = target(request);
    const onward: Socket = connect(Number(port), hostname, () => {
      const lines = [`${request.method} ${request.url} HTTP/1.1`];
      for (let i = 0; i < request.rawHeaders.length; i += 2) lines.push(`${request.rawHeaders[i]}: ${request.rawHeaders[i + 1]}`);
      onward.write(`${lines.join('\r\n')}\r\n\r\n`);
      onward.write(head);
      client.pipe(onward).pipe(client);
    });
    for (const [socket, other] of [[client, onward], [onward, client]] as const) {
      sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
  });

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      sockets.forEach((socket) => socket.destroy());
      await closed;
    },
  };
}
