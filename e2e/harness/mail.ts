// A mail server that takes everything and keeps it, as far as the protocol is needed to be sent mails (RFC 5321).
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

/** What somebody was sent. */
export interface Mail {
  to: string;
  /** The subject and the text, decoded. */
  text: string;
}

export interface MailServer {
  /** For -smtp-url. */
  url: string;
  received: Mail[];
  stop(): Promise<void>;
}

export async function startMail(): Promise<MailServer> {
  const received: Mail[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
    const say = (line: string) => socket.write(`${line}\r\n`);
    let to = '';
    let body: string[] | undefined;
    say('220 mail.localhost');
    createInterface(socket).on('line', (line) => {
      if (body) {
        if (line !== '.') return void body.push(line.replace(/^\./, ''));
        received.push({ to, text: decode(body.join('\n')) });
        body = undefined;
        return say('250 taken');
      }
      const [, command, address] = /^(\w+)(?:[^<]*<([^>]*)>)?/.exec(line) ?? [];
      switch (command?.toUpperCase()) {
        case 'RCPT':
          to = address!;
          return say('250 known');
        case 'DATA':
          body = [];
          return say('354 go on');
        case 'QUIT':
          say('221 bye');
          return void socket.end();
        default:
          say('250 mail.localhost');
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    async stop() {
      const closed = once(server, 'close');
      server.close();
      sockets.forEach((socket) => socket.destroy());
      await closed;
    },
  };
}

/** All of a mail with its quoted-printable parts decoded, whatever they are of. */
const decode = (mail: string): string =>
  mail.replaceAll(/=\n/g, '').replaceAll(/(?:=[0-9A-F]{2})+/g, (code) => Buffer.from(code.replaceAll('=', ''), 'hex').toString());
