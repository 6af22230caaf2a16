// What the page hears: kw('on', …), and DOM events that begin with "kw:".

export type Handler = (detail: object) => void;

let handlers: [event: string, handler: Handler, bot?: string | number][] = [];

/** Calls `handler` for the event, of one bot or of all. */
export const on = (...args: (typeof handlers)[0]): unknown => handlers.push(args);

/** Forgets a handler, or all of the event. */
export function off(event: string, handler?: Handler): void {
  handlers = handlers.filter(([of, one]) => of !== event || one !== (handler ?? one));
}

/** Tells everybody, at the widget's element where it is in the page. */
export function tell(event: string, detail: { bot_id: string }, at?: Element): void {
  (at?.isConnected ? at : document).dispatchEvent(new CustomEvent('kw:' + event, { bubbles: true, composed: true, detail }));
  // What one of them throws is reported, and does not reach us or the others.
  for (const [of, handler, bot = detail.bot_id] of handlers) if (of === event && bot == detail.bot_id) queueMicrotask(() => handler(detail));
}
