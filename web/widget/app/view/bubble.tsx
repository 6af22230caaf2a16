// One message.
import { h } from '../dom.ts';
import { loaded } from '../lazy.ts';
import type { MessageRow } from '../rows.ts';
import { Avatar } from './avatar.tsx';
import { byChunk } from './chunk.tsx';
import { view } from './context.ts';
import { ClockIcon, SeenIcon, TickIcon } from './icons.ts';
import { Keyboard } from './keyboard.tsx';
import { renderPlain } from './link.ts';

/** A message with what surrounds it: avatar, name, what it answers, time, delivery. `active`: its buttons or fields answer. */
export function Bubble({ row, active }: { row: MessageRow; active: boolean }) {
  const { message, own, first, last, pending, problem, quoted, live } = row;
  const { type, author, author_name, text = '' } = message;
  const { options, words, chat } = view;
  const isOperator = author === 'operator';
  const name = author_name || words.t(own ? 'you' : isOperator ? 'operator' : 'bot');
  const reply = () => {
    chat.replyTo(message);
    document.querySelector('textarea')?.focus();
  };
  return (
    // What is being written is said once, when it is done.
    <div id={message.id} class={`row ${own ? 'own' : 'other'}${first ? ' first' : ''}${last ? ' last' : ''}${live ? ' grows' : ''}`} aria-live={live ? 'off' : undefined}>
      {!own && last && <Avatar name={isOperator ? name : ''} />}
      <div class="stack">
        {first && <span class={isOperator ? 'name' : 'hidden'}>{name}</span>}
        <div class={`bubble is-${type}`} dir="auto">
          {quoted && byChunk('side', message, (side) => side.quote(quoted, view), quoted)}
          {content(row, active)}
        </div>
        {type === 'inline_keyboard' && <Keyboard message={message} active={active} inline />}
        {options.link_previews && !own && !live && /https?:/.test(text) && byChunk('rich', message, (rich) => rich.preview(message, view))}
        {problem ? byChunk('extras', problem, ({ drawFailed }) => drawFailed(pending!, problem, view)) : (last || message.edited) && <Meta row={row} />}
        {loaded('side') && !pending && !live && type !== 'deleted' && (
          // Beside the keys in the composer: a stop at every message would be a long way to it.
          <button type="button" class="round reply" tabIndex={-1} aria-label={words.t('reply')} onClick={reply}>
          </button>
        )}
      </div>
    </div>
  );
}

/** Plain text, or what a chunk draws; until it is there, the message's words. */
function content({ message, live }: MessageRow, active: boolean) {
  const { type, parse_mode, text = '' } = message;
  // Another element once it is done: that it is new there is what a screen reader tells.
  const plain = <div class="text" key={live}>{type === 'deleted' ? view.words.t('deleted') : renderPlain(text)}</div>;
  if (/^(cards|form)$/.test(type)) return byChunk('rich', message, (rich) => rich.draw(message, view, active), active && (view.chat.state.thinking ?? active)) ?? plain;
  if (live && parse_mode === 'Markdown') return byChunk('extras', message, ({ drawGrowing }) => drawGrowing(message)) ?? plain;
  if (!parse_mode && !/image|file/.test(type)) return plain;
  return byChunk('extras', message, ({ draw }) => draw(message, view)) ?? plain;
}

function Meta({ row: { message, own, delivery } }: { row: MessageRow }) {
  const { words } = view;
  const time = new Date(message.time ?? '');
  const label = words.t(delivery as 'sent');
  return (
    <div class="meta" aria-live="off">
      {message.edited && words.t('edited')}
      {+time > 0 && <time dateTime={message.time}>{time.toLocaleTimeString(words.tag, { hour: 'numeric', minute: '2-digit' })}</time>}
      {own && (
        <span role="img" aria-label={label}>
          {delivery === 'sending' ? <ClockIcon /> : delivery === 'seen' ? <SeenIcon /> : <TickIcon />}
        </span>
      )}
    </div>
  );
}
