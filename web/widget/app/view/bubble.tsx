// One message.
import { useMemo, useState } from 'preact/hooks';
import { renderHtml } from '../html.ts';
import { safeResource } from '../links.ts';
import { renderMarkdown } from '../markdown.ts';
import type { MessageRow } from '../rows.ts';
import type { Locale } from '../locales/en.ts';
import type { Message, ParseMode } from '../../wire/message.ts';
import { Avatar } from './avatar.tsx';
import { useView } from './context.ts';
import { AlertIcon, ClockIcon, FileIcon, TickIcon } from './icons.tsx';
import { InlineKeyboard } from './keyboard.tsx';
import { externalLink, renderPlain } from './link.tsx';

/** A message with what surrounds it: avatar, name, time, delivery. `active`: its inline buttons answer. */
export function Bubble({ row, active }: { row: MessageRow; active: boolean }) {
  const { words, avatar } = useView();
  const { message, own, first, last, delivery } = row;
  const name = message.author_name || words.t(own ? 'you' : message.author === 'operator' ? 'operator' : 'bot');
  return (
    <div class={`row ${own ? 'own' : 'other'}${first ? ' first' : ''}${last ? ' last' : ''}`}>
      {!own && last && <Avatar url={message.author === 'bot' ? avatar : ''} name={message.author === 'operator' ? name : ''} />}
      <div class="stack">
        {first && <span class={own || message.author === 'bot' ? 'hidden' : 'name'}>{name}</span>}
        <Content message={message} />
        {message.type === 'inline_keyboard' && <InlineKeyboard message={message} active={active} />}
        {delivery === 'failed' ? <Failed row={row} /> : last && <Meta row={row} />}
      </div>
    </div>
  );
}

function Content({ message }: { message: Message }) {
  switch (message.type) {
    case 'image':
      return <Picture message={message} />;
    case 'file':
      return <FileCard message={message} />;
    default:
      return (
        <div class="bubble" dir="auto">
          <Rich text={message.text ?? ''} mode={message.parse_mode} />
        </div>
      );
  }
}

/** A text in its parse mode. */
export function Rich({ text, mode }: { text: string; mode?: ParseMode | undefined }) {
  const drawn = useMemo(() => (mode === 'HTML' ? renderHtml(text) : mode === 'Markdown' ? renderMarkdown(text) : renderPlain(text)), [text, mode]);
  return <div class={`text${mode === 'Markdown' ? ' md' : ''}`}>{drawn}</div>;
}

function Picture({ message }: { message: Message }) {
  const { words } = useView();
  const [broken, setBroken] = useState(false);
  const src = safeResource(message.url);
  const { width, height } = message;
  // The box is reserved before the picture is there, and it stays: the list never jumps.
  const ratio = width && height ? Math.min(Math.max(width / height, 0.6), 3) : 4 / 3;
  return (
    <figure class="bubble media">
      {src && !broken ? (
        externalLink(src, [<img src={src} alt={message.alt || message.caption || words.t('image')} style={{ aspectRatio: String(ratio) }} loading="lazy" onError={() => setBroken(true)} />])
      ) : (
        <div class="broken" style={{ aspectRatio: String(ratio) }}>
          <AlertIcon />
          {message.alt || words.t('imageFailed')}
        </div>
      )}
      {message.caption && <figcaption dir="auto">{message.caption}</figcaption>}
    </figure>
  );
}

function FileCard({ message }: { message: Message }) {
  const { words } = useView();
  const href = safeResource(message.url);
  const body = (
    <>
      <span class="mark">
        <FileIcon />
      </span>
      <span class="titles">
        <b dir="auto">{message.name || words.t('file')}</b>
        {message.size ? <small>{formatSize(message.size, words.tag)}</small> : null}
      </span>
    </>
  );
  return <div class="bubble file">{href ? externalLink(href, [body]) : body}</div>;
}

function Meta({ row }: { row: MessageRow }) {
  const { words } = useView();
  const { message, own, delivery } = row;
  const time = new Date(message.time ?? '');
  const label = words.t(delivery === 'sending' ? 'sending' : 'sent');
  return (
    <div class="meta">
      {!Number.isNaN(time.getTime()) && <time dateTime={message.time}>{time.toLocaleTimeString(words.tag, { hour: '2-digit', minute: '2-digit' })}</time>}
      {own && (
        <span class={delivery} role="img" aria-label={label} title={label}>
          {delivery === 'sending' ? <ClockIcon /> : <TickIcon />}
        </span>
      )}
    </div>
  );
}

function Failed({ row }: { row: MessageRow }) {
  const { chat, words } = useView();
  const known = `e_${row.problem!.code}` as keyof Locale;
  const reason = /^e_(bad_request|too_large|blocked)$/.test(known) ? words.t(known) : row.problem!.message;
  return (
    <div class="failed">
      <span>
        <AlertIcon />
        {words.t('failed')}
        {reason && `: ${reason}`}
      </span>
      <button type="button" onClick={() => chat.retry(row.pending!)}>
        {words.t('retry')}
      </button>
      <button type="button" onClick={() => chat.discard(row.pending!)}>
        {words.t('delete')}
      </button>
    </div>
  );
}

function formatSize(bytes: number, tag: string): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'];
  const step = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), 3);
  return new Intl.NumberFormat(tag, { style: 'unit', unit: units[step]!, maximumFractionDigits: step ? 1 : 0 }).format(bytes / 1000 ** step);
}
