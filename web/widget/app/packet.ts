// Socket.IO revision 5 packets of the main namespace, inside Engine.IO revision 4 messages. Text only:
// nothing of ours is binary, and a server that sends it is not understood.

/** What an Engine.IO packet says, Socket.IO packets taken apart. */
export type Packet =
  | { type: 'open'; sid: string; pingInterval: number; pingTimeout: number }
  | { type: 'close' }
  | { type: 'ping'; data: string }
  | { type: 'noop' }
  | { type: 'connect'; data: unknown }
  | { type: 'disconnect' }
  | { type: 'event'; name: string; args: unknown[]; ack: number | undefined }
  | { type: 'ack'; id: number; args: unknown[] }
  | { type: 'refused'; data: unknown };

/** Reads one packet; undefined when it is malformed, binary, or of another namespace. */
export function decode(text: unknown): Packet | undefined {
  if (typeof text !== 'string') return undefined;
  const data = text.slice(1);
  switch (text[0]) {
    case '0': {
      const open = parse(data) as { sid?: unknown; pingInterval?: unknown; pingTimeout?: unknown } | undefined;
      if (typeof open?.sid !== 'string' || !isMs(open.pingInterval) || !isMs(open.pingTimeout)) return undefined;
      return { type: 'open', sid: open.sid, pingInterval: open.pingInterval, pingTimeout: open.pingTimeout };
    }
    case '1':
      return { type: 'close' };
    case '2':
      return { type: 'ping', data };
    case '3':
    case '6':
      return { type: 'noop' };
    case '4':
      return decodeMessage(data);
  }
  return undefined;
}

function decodeMessage(text: string): Packet | undefined {
  const parts = /^([0-4])(\d*)([^]*)$/.exec(text);
  if (!parts || parts[3]!.startsWith('/')) return undefined;
  const id = parts[2] ? Number(parts[2]) : undefined;
  const data = parts[3] ? parse(parts[3]) : undefined;
  if (parts[3] && data === undefined) return undefined;
  switch (parts[1]) {
    case '0':
      return { type: 'connect', data };
    case '1':
      return { type: 'disconnect' };
    case '2':
      if (!Array.isArray(data) || typeof data[0] !== 'string') return undefined;
      return { type: 'event', name: data[0], args: data.slice(1), ack: id };
    case '3':
      return Array.isArray(data) && id !== undefined ? { type: 'ack', id, args: data } : undefined;
    default:
      return { type: 'refused', data };
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

const isMs = (value: unknown): value is number => typeof value === 'number' && value > 0 && value < 1e6;

/** CONNECT to the main namespace. */
export const encodeConnect = (auth: unknown): string => `40${JSON.stringify(auth)}`;

/** DISCONNECT from the main namespace. */
export const encodeDisconnect = (): string => '41';

/** An EVENT, with an id when it is to be acknowledged. */
export const encodeEvent = (args: unknown[], id?: number): string => `42${id ?? ''}${JSON.stringify(args)}`;

/** The answer to a ping. */
export const encodePong = (data: string): string => `3${data}`;
