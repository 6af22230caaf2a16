// What could not be sent.
import type { Problem } from '../../wire/message.ts';
import type { View } from '../view/context.ts';
import { make } from './dom.ts';

/** Says why a message was refused, and offers what can be done. */
export function drawFailed(id: string, { code, message }: Problem, { chat, more: t }: View): Node {
  const reason = code === 'blocked' ? t.blocked : message;
  const retry = Object.assign(make('button', '', t.retry), { type: 'button', onclick: () => chat.retry(id) });
  const discard = Object.assign(make('button', '', t.delete), { type: 'button', onclick: () => chat.discard(id) });
  return make('div', 'failed', make('span', '', t.failed + (reason && `: ${reason}`)), retry, discard);
}
