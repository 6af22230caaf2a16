// What carries Engine.IO packets. There is one carrier so far; a second one has the same shape.

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
