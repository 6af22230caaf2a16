// Socket.IO revision 5 packets of the main namespace, inside Engine.IO revision 4 messages. Text only:
// nothing of ours is binary, and a server that sends it is not understood.

/** What an Engine.IO packet says, Socket.IO packets taken apart. */
export type Packet =
  /** `heartbeat`: the longest silence of a healthy connection, in ms. */
  | { type: 'open'; heartbeat: number }
  | { type: 'ping'; data: string }
  | { type: 'connect' }
  | { type: 'event'; name: string; args: unknown[] }
  | { type: 'ack'; id: number; args: unknown[] }
  | { type: 'refused'; data: unknown }
  /** Of the connection or of the namespace. */
  | { type: 'close' };

/** Reads one packet; undefined when it says nothing to us: malformed, binary, or of another namespace. */
export function decode(packet: unknown): Packet | undefined {
  const parts = typeof packet === 'string' ? /^(4?\d)(\d*)([^]*)$/.exec(packet) : null;
  if (!parts) return undefined;
  const [, kind, id, text = ''] = parts;
  if (kind === '2') return { type: 'ping', data: id + text };
  if (kind === '1' || kind === '41') return { type: 'close' };
  let data;
  try {
    data = JSON.parse(text || 'null') as unknown;
  } catch {
    return undefined;
  }
  switch (kind) {
    case '0': {
      const { pingInterval, pingTimeout } = (data ?? {}) as Record<string, number>;
      const heartbeat = pingInterval! + pingTimeout!;
      return heartbeat > 0 && heartbeat < 1e6 ? { type: 'open', heartbeat } : undefined;
    }
    case '40':
      return { type: 'connect' };
    case '42':
      return Array.isArray(data) && typeof data[0] === 'string' ? { type: 'event', name: data[0], args: data.slice(1) } : undefined;
    case '43':
      return Array.isArray(data) && id ? { type: 'ack', id: +id, args: data } : undefined;
    case '44':
      return { type: 'refused', data };
  }
  return undefined;
}

/** An EVENT, with an id when it is to be acknowledged. */
export const encodeEvent = (args: unknown[], id?: number): string => `42${id ?? ''}${JSON.stringify(args)}`;
