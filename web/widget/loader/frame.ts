// The chat's iframe and the messages to and from it (protocol §4).
import { ours, type FromFrame, type FromLoader } from '../wire/frame.ts';

/** The iframe of one bot. */
export interface Frame {
  element: HTMLIFrameElement;
  /** Sends now, or after the frame has said that it is ready. */
  post(message: FromLoader): void;
}

/** Makes the iframe; `ready` gives the first message, also when the frame has been reloaded. */
export function createFrame(base: URL, bot: string, lang: string, ready: () => FromLoader, received: (message: FromFrame) => void): Frame {
  const element = document.createElement('iframe');
  // What the frame needs before it can hear from us; a fragment is not sent to the server.
  const hint = new URLSearchParams({ lang, site: location.origin });
  element.src = `${new URL(`frame/?bot-id=${bot}`, base)}#${hint}`;
  element.allow = 'clipboard-write';
  let isReady = false;
  let waiting: FromLoader[] = [];

  const send = (message: FromLoader) => element.contentWindow?.postMessage({ kw: 1, ...message }, base.origin);

  addEventListener('message', (event) => {
    if (event.source !== element.contentWindow || event.origin !== base.origin) return;
    const message = ours<FromFrame>(event.data);
    if (message?.type === 'ready') {
      isReady = true;
      send(ready());
      waiting.forEach(send);
      waiting = [];
    } else if (message) received(message);
  });

  return { element, post: (message) => void (isReady ? send(message) : waiting.push(message)) };
}
