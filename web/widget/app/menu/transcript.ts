// The conversation as a text to keep.
import { set, make } from '../extras/dom.ts';
import { renderHtml } from '../extras/html.ts';
import { safeResource } from '../links.ts';
import { isShown, talk } from '../store.ts';
import type { Chat } from '../parts.ts';
import type { View } from '../view/context.ts';
import type { Message } from '../../wire/message.ts';

/** How long it is said that there is none. */
const SAID_MS = 5_000;
/** Pages that are fetched at most. */
const MAX_PAGES = 200;

/** All that was said, oldest first; rejects when it cannot be fetched. */
export async function allMessages(chat: Chat): Promise<Message[]> {
  for (let pages = 0; chat.state.hasMore && pages < MAX_PAGES; pages++) {
    const before = chat.state.items.length;
    await chat.loadOlder();
    if (chat.state.hasMore && chat.state.items.length === before) throw new Error('older messages cannot be fetched');
  }
  return talk(chat.state).filter(isShown);
}

/** Fetches all that was said and gives it to the browser as a file. */
export async function saveTranscript(view: View): Promise<void> {
  const { more: t, options, words } = view;
  try {
    const text = transcript(await allMessages(view.chat), view);
    const url = URL.createObjectURL(new Blob(['\ufeff', text], { type: 'text/plain;charset=utf-8' }));
    const day = new Date().toISOString().slice(0, 10);
    const link = Object.assign(make('a', ''), { href: url, download: `${(options.title || words.t('title')).replace(/[\\/:*?"<>|\p{Cc}]/gu, '').slice(0, 60)} ${day}.txt` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  } catch {
    const note = set(make('div', 'saved-not', t.saveFailed), { role: 'alert' });
    document.body.append(note);
    setTimeout(() => note.remove(), SAID_MS);
  }
}

/** One line or more for each message: when, who, what. */
export function transcript(messages: Message[], { options, words }: View): string {
  const moment = new Intl.DateTimeFormat(words.tag, { dateStyle: 'medium', timeStyle: 'short' });
  const lines = messages.flatMap((message) => {
    const { type, author, author_name, time } = message;
    const said = type === 'deleted' ? words.t('deleted') : sayOf(message);
    if (!said) return [];
    const who = author_name || (author === 'system' ? '' : words.t(author === 'visitor' ? 'you' : author === 'operator' ? 'operator' : 'bot'));
    const when = +new Date(time ?? '') ? `[${moment.format(new Date(time!))}] ` : '';
    return [`${when}${who && `${who}: `}${said}`];
  });
  return `${options.title || words.t('title')}\n\n${lines.join('\n')}\n`.replace(/\n/g, '\r\n');
}

/** What a message says, in plain words; empty for one that is not shown. */
function sayOf({ type, text = '', parse_mode, url, name, caption, alt, cards }: Message): string {
  const address = safeResource(url);
  if (type === 'image') return [caption || alt, address].filter(Boolean).join(' ');
  if (type === 'file') return [name, address].filter(Boolean).join(' ');
  if (type === 'cards') return (Array.isArray(cards) ? cards : []).map((card) => [card?.title, card?.text].filter((words) => typeof words === 'string' && words).join(': ')).filter(Boolean).join('\n');
  if (!/^(text|button|(inline_)?keyboard|form|form_answer|system)$/.test(type)) return '';
  // Markdown can be read as it is.
  return parse_mode === 'HTML' ? renderHtml(text).map((part) => (typeof part === 'string' ? part : part.textContent)).join('') : text;
}
