// One card, or several to leaf through: by finger, by arrows, by keys.
import { choose } from '../paint/paint.ts';
import { button, icon, make, OUT, set } from '../extras/dom.ts';
import type { View } from '../view/context.ts';
import { safeResource } from '../links.ts';
import { safeBackground } from '../../wire/css.ts';
import type { Button } from '../../wire/message.ts';
import type { Drawn } from './form.ts';
import { renderPlain } from './plain.ts';

const MAX_CARDS = 10;
const MAX_BUTTONS = 6;
const PREVIOUS = 'm14 6-6 6 6 6';
const NEXT = 'm10 6 6 6-6 6';

interface Card {
  title?: unknown;
  text?: unknown;
  image?: { url?: unknown; alt?: unknown; width?: unknown; height?: unknown };
  buttons?: unknown;
}

/** Draws cards as they come from the network; what is not one is left out. */
export function drawCards(given: unknown, view: View): Drawn {
  const { more: t } = view;
  const cards = (Array.isArray(given) ? given : []).filter((card): card is Card => typeof card === 'object' && card !== null).slice(0, MAX_CARDS);
  /** Buttons that answer, which they can only while the message is the newest question. */
  const answers: HTMLButtonElement[] = [];
  const drawn = cards.map((card, i) => {
    const node = drawCard(card, !cards[1], view, answers);
    if (cards[1]) set(node, { role: 'group', 'aria-label': t.step.replace('{n}', String(i + 1)).replace('{max}', String(cards.length)) });
    return node;
  });
  const node = cards[1] ? leaf(drawn, view) : make('div', 'cards', ...drawn);
  // The chat's own direction: the words of a card have theirs.
  node.dir = document.documentElement.dir;
  return {
    node,
    update: (active) => answers.forEach((answer) => (answer.disabled = !active)),
  };
}

/** A row that scrolls from card to card. */
function leaf(cards: HTMLElement[], { more: t }: View): HTMLElement {
  const row = set(make('div', 'leaves', ...cards), { tabindex: 0, role: 'group', 'aria-label': t.cards });
  const sign = document.documentElement.dir === 'rtl' ? -1 : 1;
  const turn = (by: number) => {
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    row.scrollBy({ left: by * sign * cards[0]!.offsetWidth, behavior: still ? 'instant' : 'smooth' });
  };
  const arrow = (name: string, label: string, by: number) => set(button(`round arrow ${name}`, () => turn(by), icon(by * sign < 0 ? PREVIOUS : NEXT)), { 'aria-label': label });
  const back = arrow('back', t.previous, -1);
  const on = arrow('on', t.next, 1);
  const judge = () => {
    // Measured from the row's own start, which in some languages is at the right and goes down from 0.
    const at = Math.abs(row.scrollLeft);
    back.hidden = at < 2;
    on.hidden = at > row.scrollWidth - row.clientWidth - 2;
  };
  row.onscroll = judge;
  row.onkeydown = (event) => {
    if (event.target !== row || !/^Arrow(Left|Right)$/.test(event.key)) return;
    event.preventDefault();
    turn((event.key === 'ArrowRight' ? 1 : -1) * sign);
  };
  new ResizeObserver(judge).observe(row);
  return make('div', 'cards many', row, back, on);
}

function drawCard({ title, text, image, buttons }: Card, alone: boolean, view: View, answers: HTMLButtonElement[]): HTMLElement {
  const card = make('div', 'card');
  const src = safeResource(image?.url);
  if (src) card.append(drawImage(src, image!, alone));
  const words = make('div', 'words');
  if (title && typeof title === 'string') words.append(set(make('b', '', title), { dir: 'auto' }));
  if (text && typeof text === 'string') words.append(set(make('p', 'text', ...renderPlain(text)), { dir: 'auto' }));
  if (words.firstChild) card.append(words);
  const keys = (Array.isArray(buttons) ? (buttons as Button[]) : []).filter((key) => typeof key?.Text === 'string').slice(0, MAX_BUTTONS);
  if (keys[0]) card.append(set(make('div', 'inline', ...keys.map((key) => drawKey(key, view, answers))), { role: 'group', 'aria-label': view.words.t('keyboard') }));
  return card;
}

/** In a box that is there before the picture, and stays if that never comes. */
function drawImage(src: string, { alt, width, height }: NonNullable<Card['image']>, alone: boolean): HTMLElement {
  const image = Object.assign(make('img', ''), { alt: typeof alt === 'string' ? alt : '', loading: 'lazy', decoding: 'async' });
  const box = make('div', 'picture', image);
  const ratio = Number(width) / Number(height);
  // Side by side all have the same.
  box.style.aspectRatio = String(alone && ratio > 0 && ratio < Infinity ? Math.min(Math.max(ratio, 0.8), 3) : 1.6);
  image.onerror = () => box.replaceChildren(image.alt || icon('M4 5h16v14H4Zm0 11 5-5 4 4 2-2 5 5M15 9h.01'));
  image.src = src;
  return box;
}

function drawKey(key: Button, view: View, answers: HTMLButtonElement[]): HTMLElement {
  const { Text, ActionType = 'reply', ActionBody = '', Columns, BgColor, TextColor } = key;
  const url = ActionType === 'open-url' && /^https?:\/\//i.test(ActionBody) ? ActionBody : '';
  const element =
    ActionType === 'none'
      ? make('span', 'key', Text)
      : button('key', () => (url ? void ask(url, view).catch(() => {}) : view.chat.press(key)), Text, ...(url ? [icon(OUT)] : []));
  if (element instanceof HTMLButtonElement) {
    if (ActionType === 'open-url') element.disabled = !url;
    else answers.push(element);
  }
  element.dir = 'auto';
  element.style.gridColumn = `span ${Math.min(Math.max(Math.round(Number(Columns)) || 6, 1), 6)}`;
  if (safeBackground(BgColor)) {
    element.style.background = BgColor;
    element.style.color = choose(BgColor, safeBackground(TextColor) ? TextColor : '#fff');
  }
  return element;
}

/** Asks before it opens a link; without the question there is no link. */
async function ask(url: string, view: View): Promise<void> {
  (await import('../extras/confirm.ts')).confirmLink(url, view);
}
