// The line to the loader (protocol §4). Only the window that embeds us, and only its one origin.
import { ours, type FromFrame, type FromLoader } from '../wire/frame.ts';

/** What the loader told the frame in its address. */
export interface Hint {
  bot: string;
  lang: string;
  /** The origin of the page; proved by the first message, as only that origin hears us. */
  site: string;
}

/** Reads the frame's own address. */
export function readHint(address: string): Hint {
  const url = new URL(address);
  const fragment = new URLSearchParams(url.hash.slice(1));
  return { bot: url.searchParams.get('bot-id') ?? '', lang: fragment.get('lang') ?? '', site: fragment.get('site') ?? '' };
}

/** Listens to the loader; `received` gets the origin that the browser vouches for. Returns what tells the loader something. */
export function openHost(site: string, received: (message: FromLoader, origin: string) => void): (message: FromFrame) => void {
  addEventListener('message', (event) => {
    if (event.source !== parent || event.origin !== site) return;
    const message = ours<FromLoader>(event.data);
    if (message) received(message, event.origin);
  });
  return (message) => {
    if (site) parent.postMessage({ kw: 1, ...message }, site);
  };
}
