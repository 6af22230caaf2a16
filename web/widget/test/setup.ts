// What a browser has and this Node or jsdom has not.
import { WebSocket } from 'ws';

/** The ws package throws an error event that nobody listens to; a browser does not. */
class BrowserSocket extends WebSocket {
  constructor(url: string | URL) {
    super(url);
    this.on('error', () => {});
  }
}

globalThis.WebSocket ??= BrowserSocket as unknown as typeof globalThis.WebSocket;
URL.canParse ??= (url) => {
  try {
    return !!new URL(url);
  } catch {
    return false;
  }
};
