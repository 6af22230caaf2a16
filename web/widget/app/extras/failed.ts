// What could not be sent.
import type { Problem } from '../../wire/message.ts';
import type { View } from '../view/context.ts';
import { button, make } from './dom.ts';

/** Says why a message was refused, and offers what can be done. */
export function drawFailed(id: string, { code, message }: Problem, { chat, more: t }: View): Node {
  const reason = code === 'blocked' ? t.blocked : message;
  const again = button('', () => chat.retry(id), t.retry);
  const discard = button('', () => chat.discard(id), t.delete);
  return make('div', 'failed', make('span', '', t.failed + (reason && `: ${reason}`)), again, discard);
}
