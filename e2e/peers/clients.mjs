// The official clients, each over each transport.
import io2 from 'io2';
import { io as io3 } from 'io3';
import { io as io4 } from 'io4';

const versions = { 2: io2, 3: io3, 4: io4 };
const transports = { polling: ['polling'], websocket: ['websocket'], upgrade: ['polling', 'websocket'] };

/** Every pair of a client's version and a way to connect. */
export const pairs = Object.keys(versions).flatMap((version) => Object.keys(transports).map((way) => ({ version: Number(version), way })));

const WAIT_MS = 15_000;

/** A client that keeps every event until it is asked for. */
export class Client {
  /** `auth` is the payload of CONNECT; a client of version 2 has its query for it. */
  constructor({ version, way }, url, { auth, ...options } = {}) {
    const payload = version === 2 ? { query: auth } : { auth };
    this.version = version;
    this.way = way;
    this.socket = versions[version](url, { transports: transports[way], forceNew: true, reconnectionDelay: 50, reconnectionDelayMax: 200, ...payload, ...options });
    this.events = [];
    this.waiting = [];
    const emit = this.socket.onevent;
    this.socket.onevent = (packet) => {
      this.events.push([...packet.data]);
      emit.call(this.socket, packet);
      this.#tell();
    };
  }

  #tell() {
    this.waiting.slice().forEach((look) => look());
  }

  /** Takes the first event of that name. */
  async next(name) {
    return within(
      new Promise((resolve) => {
        const look = () => {
          const i = this.events.findIndex((event) => event[0] === name);
          if (i < 0) return;
          this.waiting = this.waiting.filter((other) => other !== look);
          resolve(this.events.splice(i, 1)[0].slice(1));
        };
        this.waiting.push(look);
        look();
      }),
      `event ${name}`,
    );
  }

  /** Waits for what the library itself tells. */
  async told(name) {
    return within(new Promise((resolve) => this.socket.once(name, (...args) => resolve(args))), name);
  }

  async connected() {
    if (!this.socket.connected) await this.told('connect');
  }

  /** Emits and waits for the acknowledgement. */
  async ask(...args) {
    return within(new Promise((resolve) => this.socket.emit(...args, (...answer) => resolve(answer))), `acknowledgement of ${args[0]}`);
  }

  /** Waits until the connection is carried by what it is to be carried by. */
  async settled() {
    const { engine } = this.socket.io;
    const want = this.way === 'polling' ? 'polling' : 'websocket';
    if (engine.transport.name !== want) await within(new Promise((resolve) => engine.once('upgrade', resolve)), 'upgrade');
    if (engine.transport.name !== want) throw new Error(`carried by ${engine.transport.name}`);
  }

  /** Loses the connection as a network does, without a word to the server. */
  lose() {
    this.socket.io.engine.close();
  }

  close() {
    this.socket.disconnect();
    this.socket.io.engine?.close();
  }
}

/** Fails a wait that lasts too long. */
export function within(wanted, what) {
  let timer;
  const late = new Promise((_, reject) => (timer = setTimeout(() => reject(new Error(`no ${what} within ${WAIT_MS} ms`)), WAIT_MS)));
  return Promise.race([wanted, late]).finally(() => clearTimeout(timer));
}
