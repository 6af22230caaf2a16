// The second carrier of Engine.IO packets: HTTP long-polling, for visitors whose network lets no WebSocket through.
// One GET waits for packets, one POST at a time brings ours.
import type { Store } from '../storage.ts';
import { POLLS, webSocket, type Connect } from '../transport.ts';

const SEPARATOR = '\x1e';
/** What the gateway takes in one body if it does not say (protocol §3). */
const MAX_BODY = 65_536;
/** What is behind a client at most, with room for the escapes: more is not a gateway of ours. */
const MAX_ANSWER = 16 * 2 ** 20;
/** Packets of ours that wait. */
const MAX_WAITING = 1_000;

/** Opens a session that polls; it never goes over to another carrier. */
export const polling: Connect = (url, receiver) => {
  const cut = new AbortController();
  const waiting: string[] = [];
  let address = `${url}?EIO=4&transport=polling`;
  let maxBody = MAX_BODY;
  let isPosting = false;
  let isOver = false;

  const end = () => {
    if (isOver) return;
    isOver = true;
    cut.abort();
    receiver.ended();
  };

  const ask = async (init?: RequestInit): Promise<string> => {
    const response = await fetch(address, { ...init, cache: 'no-store', credentials: 'omit', signal: cut.signal });
    if (!response.ok) throw new Error(String(response.status));
    return readBounded(response);
  };

  const poll = async () => {
    while (!isOver) {
      const body = await ask();
      // A page of some proxy's, say: it would come again and again.
      if (!/^[0-6b]/.test(body)) throw new Error('no packets');
      for (const packet of body.split(SEPARATOR)) {
        if (isOver) return;
        if (packet[0] === '0') opened(packet);
        receiver.packet(packet);
      }
    }
  };

  const opened = (packet: string) => {
    const { sid, maxPayload } = JSON.parse(packet.slice(1)) as { sid: string; maxPayload?: number };
    address += `&sid=${encodeURIComponent(sid)}`;
    if (maxPayload! > 0) maxBody = maxPayload!;
  };

  const post = async () => {
    if (isPosting) return;
    isPosting = true;
    while (waiting[0] !== undefined && !isOver) await ask({ method: 'POST', body: nextBody(waiting, maxBody), headers: { 'Content-Type': 'text/plain;charset=UTF-8' } });
    isPosting = false;
  };

  poll().catch(end);
  return {
    send(packet) {
      if (isOver) return;
      if (waiting.push(packet) > MAX_WAITING) end();
      else post().catch(end);
    },
    close() {
      if (isOver) return;
      isOver = true;
      cut.abort();
      // The server need not find out by itself. Nobody waits for the answer.
      if (address.includes('&sid=')) fetch(address, { method: 'POST', body: [...waiting, '1'].join(SEPARATOR), keepalive: true, credentials: 'omit' }).catch(() => {});
    },
  };
};

/** Takes as many packets as one body may have; at least one, which the server will refuse if it is too large. */
function nextBody(waiting: string[], max: number): string {
  const encoder = new TextEncoder();
  let size = 0;
  let n = 0;
  for (const packet of waiting) {
    size += encoder.encode(packet).length + 1;
    if (n && size > max) break;
    n++;
  }
  return waiting.splice(0, n).join(SEPARATOR);
}

async function readBounded(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  const reader = response.body!.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    text += decoder.decode(value, { stream: !done });
    if (done) return text;
    if (text.length > MAX_ANSWER) throw new Error('too much at once');
  }
}

/** A carrier failed to open so often: another one is tried. */
const TRIES = 2;
/** For so long a WebSocket is not tried again where polling has worked instead. */
const POLL_MS = 5 * 60_000;

/** Chooses the carrier of each connection, after a WebSocket has `failed`. Until when polling is the better one is remembered for the next page, too. */
export function chooseCarrier(store: Store, carriers = [webSocket, polling], failed = TRIES): Connect {
  return (url, receiver) => {
    const remembered = Number(store.get(POLLS)) - Date.now();
    const polls = (remembered > 0 && remembered <= POLL_MS) || failed >= TRIES;
    // Counted until the first packet; one that waits for ever is given up by its owner. After polling it is the other's turn.
    failed = polls ? 0 : failed + 1;
    return carriers[+polls]!(url, {
      ...receiver,
      packet(data) {
        failed = 0;
        if (polls && !(remembered > 0)) store.set(POLLS, String(Date.now() + POLL_MS));
        receiver.packet(data);
      },
    });
  };
}
