// What carries Engine.IO packets: a WebSocket, or HTTP long-polling where that does not get through.
import { lazy } from './lazy.ts';
import type { Store } from './storage.ts';

/** An open or opening carrier. After `close` it calls nothing. */
export interface Transport {
  send(packet: string): void;
  close(): void;
}

/** What a carrier tells: every packet, and once that it has ended. */
export interface Receiver {
  packet(data: unknown): void;
  ended(): void;
}

/** Opens a carrier to an Engine.IO endpoint, an http or https URL without a query. */
export type Connect = (url: string, receiver: Receiver) => Transport;

/** The WebSocket carrier. */
export const webSocket: Connect = (url, receiver) => {
  const socket = new WebSocket(url.replace('http', 'ws') + '?EIO=4&transport=websocket');
  let open = true;
  socket.onmessage = (event) => open && receiver.packet(event.data);
  socket.onclose = () => open && receiver.ended();
  return {
    send: (packet) => socket.readyState === WebSocket.OPEN && socket.send(packet),
    close() {
      open = false;
      socket.close();
    },
  };
};

/** A carrier failed to open so often: another one is tried. */
const TRIES = 2;
/** For so long a WebSocket is not tried again where polling has worked instead. */
const POLL_MS = 5 * 60_000;
const KEY = 'polls';

/** The polling carrier, whose script is loaded when it is needed. */
const polling: Connect = (url, receiver) => {
  let transport: Transport | undefined;
  let open = true;
  lazy('polling').then(
    (chunk) => open && (transport = chunk.polling(url, receiver)),
    () => open && receiver.ended(),
  );
  return {
    // Nothing is sent before the first packet has come.
    send: (packet) => transport!.send(packet),
    close() {
      open = false;
      transport?.close();
    },
  };
};

/** Chooses the carrier of each connection. Until when polling is the better one is remembered for the next page, too. */
export function chooseCarrier(store: Store, carriers = [webSocket, polling]): Connect {
  let failed = 0;
  return (url, receiver) => {
    const remembered = Number(store.get(KEY)) - Date.now();
    const polls = (remembered > 0 && remembered <= POLL_MS) || failed >= TRIES;
    // Counted until the first packet; one that waits for ever is given up by its owner. After polling it is the other's turn.
    failed = polls ? 0 : failed + 1;
    return carriers[+polls]!(url, {
      ...receiver,
      packet(data) {
        failed = 0;
        if (polls && !(remembered > 0)) store.set(KEY, String(Date.now() + POLL_MS));
        receiver.packet(data);
      },
    });
  };
}
