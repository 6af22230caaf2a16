// What the page hears: kw('on', …), and DOM events that begin with "kw:".

export type Handler = (detail: object) => void;

let handlers: [event: string, handler: Handler, of?: unknown][] = [];

/** Says whether `of`, a bot's id or a place, means a widget; nothing means all. */
export const isMeant = (of: unknown, bot: string, place: unknown): boolean => (of ?? bot) == bot || of === place;

/** Calls `handler` for the event, of what is meant. */
export const on = (...args: (typeof handlers)[0]): unknown => handlers.push(args);

/** Forgets a handler, or all of the event. */
export function off(event: string, handler?: Handler): void {
  handlers = handlers.filter(([of, one]) => of !== event || one !== (handler ?? one));
}

/** Tells everybody, at the widget's element where it is in the page. */
export function tell(event: string, detail: { bot_id: string }, place: unknown, at?: Element): void {
  (at?.isConnected ? at : document).dispatchEvent(new CustomEvent('kw:' + event, { bubbles: true, composed: true, detail }));
  // What one of them throws is reported, and does not reach us or the others.
  for (const [name, handler, of] of handlers) if (name === event && isMeant(of, detail.bot_id, place)) queueMicrotask(() => handler(detail));
}
