// Cards, forms and link previews, in a script of its own with a sheet of its own. What is drawn stays the same node
// for as long as the chat is there, so that what a visitor has put into a form survives every drawing.
import css from './rich.css';
import { adopt, make } from '../extras/dom.ts';
import type { View } from '../view/context.ts';
import type { Message } from '../../wire/message.ts';
import { drawCards } from './cards.ts';
import { drawForm, type Asked, type Drawn } from './form.ts';
import { firstLink } from './plain.ts';
import { drawSettingsForm } from './settings.ts';

adopt(css);

/** Bounded; the oldest go first, and are drawn anew if they are wanted again. */
const MAX_DRAWN = 500;
const drawn = new Map<string, Drawn>();

function keep(key: string, draw: () => Drawn): Drawn {
  const found = drawn.get(key) ?? draw();
  drawn.set(key, found);
  if (drawn.size > MAX_DRAWN) drawn.delete(drawn.keys().next().value!);
  return found;
}

/** The content of a message of the type cards or form. `active`: it can be answered. To be called at every drawing. */
export function draw(message: Message & { cards?: unknown } & Asked, view: View, active: boolean): Node {
  const { id, type } = message;
  if (type === 'cards') {
    const cards = keep(id, () => drawCards(message.cards, view));
    cards.update(active && !view.chat.state.thinking);
    return cards.node;
  }
  const form = keep(id, () => drawForm(message, `form:${id}`, view, (values, text) => view.chat.answer(id, values, text)));
  form.update(active, answerTo(id, view));
  return form.node;
}

/** A form of the bot's settings: before the chat, while nobody is there, or of how it was. */
export function settingsForm(kind: 'prechat' | 'offline' | 'rating', view: View): Node {
  const { conversation, epoch } = view.chat.state;
  // What is written before the chat stays when the conversation begins.
  const key = kind === 'rating' ? `rating ${conversation} ${epoch}` : kind;
  const form = keep(key, () => drawSettingsForm(kind, view));
  form.update(true);
  return form.node;
}

const previews = new WeakMap<Message, HTMLElement>();

/** What is behind the first link of a bot's or an operator's message. */
export function preview(message: Message, view: View): Node {
  const there = previews.get(message);
  if (there) return there;
  const place = make('div', 'preview');
  previews.set(message, place);
  const url = /^(bot|operator)$/.test(message.author ?? '') && firstLink(message);
  if (url) import('./preview.ts').then(({ fillPreview }) => fillPreview(place, url, view), () => {});
  return place;
}

/** What was answered last, stored or on its way; what was refused was not. */
function answerTo(form: string, { chat: { state } }: View): Record<string, unknown> | undefined {
  const bodies = [...state.items.map(({ message }) => message), ...state.pending.flatMap(({ body, problem }) => (problem ? [] : [body]))] as { type: string; form?: unknown; values?: unknown }[];
  const answer = bodies.findLast((body) => body.type === 'form_answer' && body.form === form);
  return answer && ((answer.values ?? {}) as Record<string, unknown>);
}
