// What carries Engine.IO packets: a WebSocket, or HTTP long-polling where that does not get through.
import { lazy, loaded } from './lazy.ts';
import type { Store } from './storage.ts';

/** Until when polling is the better one, in the frame's storage. */
export const POLLS = 'polls';

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

/** A WebSocket failed to open so often: the other carrier is tried. */
const TRIES = 2;

/** A WebSocket; once that does not get through, whatever the chunk that knows of polling takes for better. */
export function openCarrier(store: Store): Connect {
  let failed = 0;
  let choose: Connect | undefined;
  // What was better on the page before is here, too.
  if (store.get(POLLS)) void lazy('polling').catch(() => {});
  return (url, receiver) => {
    choose ??= loaded('polling')?.chooseCarrier(store);
    if (choose) return choose(url, receiver);
    if (++failed >= TRIES) void lazy('polling').catch(() => {});
    return webSocket(url, {
      ...receiver,
      packet(data) {
        failed = 0;
        receiver.packet(data);
      },
    });
  };
}
