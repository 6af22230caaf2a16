// One message.
import { h } from '../dom.ts';
import { lazy, loaded, type Chunks } from '../lazy.ts';
import { plainWords } from '../preview.ts';
import type { MessageRow } from '../rows.ts';
import type { Message } from '../../wire/message.ts';
import { Avatar } from './avatar.tsx';
import { view } from './context.ts';
import { ClockIcon, TickIcon } from './icons.ts';
import { Keyboard } from './keyboard.tsx';
import { renderPlain } from './link.ts';

/** A message with what surrounds it: avatar, name, time, delivery. `active`: its inline buttons answer. */
export function Bubble({ row, active }: { row: MessageRow; active: boolean }) {
  const { message, own, first, last, pending, problem } = row;
  const { author, author_name, type } = message;
  const isOperator = author === 'operator';
  const name = author_name || view.words.t(own ? 'you' : isOperator ? 'operator' : 'bot');
  return (
    <div class={`row ${own ? 'own' : 'other'}${first ? ' first' : ''}${last ? ' last' : ''}`}>
      {!own && last && <Avatar name={isOperator ? name : ''} />}
      <div class="stack">
        {first && <span class={isOperator ? 'name' : 'hidden'}>{name}</span>}
        <div class={`bubble is-${type}`} dir="auto">
          {content(message)}
        </div>
        {type === 'inline_keyboard' && <Keyboard message={message} active={active} inline />}
        {problem ? byExtras(problem, ({ drawFailed }) => drawFailed(pending!, problem, view)) : last && <Meta row={row} />}
      </div>
    </div>
  );
}

/** Drawn once for each message or problem, not at every change of the state. */
const drawn = new WeakMap<object, Node>();

/** Plain text, or what the extras draw; until they are there, the message's words. */
function content(message: Message) {
  const { type, parse_mode, text = '' } = message;
  if (!parse_mode && !/image|file/.test(type)) return <div class="text">{renderPlain(text)}</div>;
  return byExtras(message, ({ draw }) => draw(message, view)) ?? <div class="text">{plainWords(message)}</div>;
}

/** What the extras draw, or undefined until they are there. */
function byExtras(of: object, draw: (extras: Chunks['extras']) => Node) {
  const found = loaded('extras');
  if (!found) {
    lazy('extras').then(view.redraw, () => {});
    return undefined;
  }
  if (!drawn.has(of)) drawn.set(of, draw(found));
  const node = drawn.get(of)!;
  return <div key="drawn" ref={(element) => void (element?.firstChild !== node && element?.replaceChildren(node))} />;
}

function Meta({ row: { message, own, delivery } }: { row: MessageRow }) {
  const { words } = view;
  const time = new Date(message.time ?? '');
  const label = words.t(delivery === 'sending' ? 'sending' : 'sent');
  return (
    <div class="meta">
      {+time > 0 && <time dateTime={message.time}>{time.toLocaleTimeString(words.tag, { hour: '2-digit', minute: '2-digit' })}</time>}
      {own && (
        <span role="img" aria-label={label} title={label}>
          {delivery === 'sending' ? <ClockIcon /> : <TickIcon />}
        </span>
      )}
    </div>
  );
}
