// What stands beside the talk, in a script of its own: what is going on right now, what a message answers, when people
// are back, and a message in a few plain words.
import css from './side.css';
import { hasLeftWord } from '../desk.ts';
import { icon, make } from '../extras/dom.ts';
import { isShown, talk } from '../store.ts';
import type { View } from '../view/context.ts';
import type { Message } from '../../wire/message.ts';
import { counted } from './counted.ts';
import { plainWords } from './preview.ts';

export { written } from './written.ts';
export { plainWords };

const DOWN = 'M12 5v14m6-6-6 6-6-6';

const sheet = new CSSStyleSheet();
sheet.replaceSync(css);
document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];

/** How the visitor is told who has said it. */
const nameOf = ({ author, author_name }: Message, { words }: View) => author_name || words.t(author === 'visitor' ? 'you' : author === 'operator' ? 'operator' : 'bot');

function lines(message: Message, view: View): Node[] {
  const words = make('span', '', plainWords(message) || view.more[message.type === 'image' ? 'image' : message.type === 'file' ? 'file' : 'message']);
  if (message.type === 'deleted') words.textContent = view.words.t('deleted');
  words.dir = 'auto';
  return [make('b', '', nameOf(message, view)), words];
}

/** What a message answers, inside of it; a press shows it. */
export function quote(message: Message, view: View): Node {
  const box = Object.assign(make('button', 'quote', ...lines(message, view)), { type: 'button' });
  box.onclick = () => {
    const row = document.getElementById(message.id);
    row?.scrollIntoView({ block: 'center' });
    row?.animate({ opacity: [0.2, 1] }, 900);
  };
  return box;
}

/** What the visitor is answering, above the composer. */
export function answering(message: Message, view: View): Node {
  const cancel = Object.assign(make('button', 'round', '×'), { type: 'button', ariaLabel: view.more.cancel, onclick: () => view.chat.replyTo() });
  const box = make('div', 'answering', make('div', 'quote', ...lines(message, view)), cancel);
  box.setAttribute('role', 'status');
  return box;
}

/** Goes to the message before or after the one that is being answered; after the last one nothing is. */
export function choose({ chat }: View, up: boolean): void {
  const all = talk(chat.state).filter((m) => isShown(m) && !/owner|end|deleted/.test(m.type) && m.author !== 'system');
  const { reply } = chat.state;
  const at = reply ? all.findIndex(({ id }) => id === reply.id) : all.length;
  chat.replyTo(all[up ? Math.max(at - 1, 0) : at + 1]);
}

/** When people are back, as far as that is known; the day of the week is enough for less than one. */
export function away(view: View): Node {
  const { options, words, more, chat } = view;
  const now = Date.now();
  const back = new Date(options.hours?.opens_at ?? '');
  const time: Intl.DateTimeFormatOptions = { weekday: 'long', hour: 'numeric', minute: '2-digit' };
  if (+back - now > 6 * 864e5) Object.assign(time, { day: 'numeric', month: 'long' });
  return make('p', 'away', hasLeftWord(chat.state, now) ? more.thanks : +back ? more.awayUntil.replace('{time}', () => back.toLocaleString(words.tag, time)) : more.away);
}

/** Somebody is writing. */
export function typing(name: string, { more }: View): Node {
  return make('div', 'bubble dots', make('span', 'hidden', more.typing.replace('{name}', () => name)), make('i', ''), make('i', ''), make('i', ''));
}

/** An agent is working on it; the stage is the scenario's. */
export function thinking(stage: string): Node {
  const bubble = make('div', 'bubble thinking', make('i', ''), stage);
  bubble.dir = 'auto';
  return bubble;
}

/** Nobody has the conversation yet. */
export function waiting({ more }: View): Node {
  return make('div', 'waiting', make('i', ''), make('div', '', make('b', '', more.waiting), make('p', '', more.waitingMore)));
}

/** The way back to the end of the list, with how much has come meanwhile. */
export function pill(missed: number, { words, more }: View, toBottom: () => void): Node {
  const button = Object.assign(make('button', missed ? 'pill' : 'pill round', icon(DOWN), missed ? counted(missed, more.newMessages, words.tag) : ''), { type: 'button', onclick: toBottom });
  if (!missed) button.setAttribute('aria-label', more.toBottom);
  return button;
}
