// What carries Engine.IO packets. There is one carrier so far; a second one has the same shape.

/** An open or opening carrier. After `close` it calls nothing. */
export interface Transport {
  send(packet: string): void;
  close(): void;
}

/** What a carrier tells: every packet, and once that it has ended. */
export interface Receiver {
  packet(data: unknown): void;
  ended(reason: string): void;
}

/** Opens a carrier to an Engine.IO endpoint, an http or https URL. */
export type Connect = (url: string, receiver: Receiver) => Transport;

/** The WebSocket carrier. */
export const webSocket: Connect = (url, receiver) => {
  const address = new URL(url);
  address.protocol = address.protocol.replace('http', 'ws');
  address.searchParams.set('EIO', '4');
  address.searchParams.set('transport', 'websocket');
  const socket = new WebSocket(address);
  let open = true;
  const end = (reason: string) => {
    if (!open) return;
    open = false;
    receiver.ended(reason);
  };
  socket.onmessage = (event) => open && receiver.packet(event.data);
  socket.onclose = (event) => end(`closed ${event.code}`);
  return {
    send: (packet) => socket.readyState === WebSocket.OPEN && socket.send(packet),
    close() {
      open = false;
      socket.close();
    },
  };
};
