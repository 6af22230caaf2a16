// What could not be sent.
import type { Problem } from '../../wire/message.ts';
import type { View } from '../view/context.ts';
import { button, make } from './dom.ts';

/** Says why a message was refused, and offers what can be done. */
export function drawFailed(id: string, { code, message }: Problem, { chat, more: t }: View): Node {
  // What the gateway says of it is English, and for whoever has made the client.
  const reason = { blocked: t.blocked, too_large: t.tooLong }[code];
  const again = button('', () => chat.retry(id), t.retry);
  const discard = button('', () => chat.discard(id), t.delete);
  return make('div', 'failed', Object.assign(make('span', '', t.failed + (reason ? `: ${reason}` : '')), { title: message }), again, discard);
}
