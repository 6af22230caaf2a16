// The choice of messengers and the chat: a menu that the launcher opens.
import css from './channels.css';
import { isRtl } from '../wire/options.ts';
import { addSheet, make } from './dom.ts';
import { icon } from './icon.ts';
import { isStrange } from './known.ts';
import { give, type Front, type Launcher } from './parts.ts';

/** A messenger: its name, its colour, and lines on 28 by 28 that remind of it. */
const MESSENGERS: Record<string, [string, string, string]> = {
  viber: ['Viber', '#665cac', 'M5 4h18v15h-8l-5 5v-5H5zM11 9q0 5 6 6'],
  telegram: ['Telegram', '#1d8fcb', 'M3 13L25 4l-4 20-8-6zM13 18l12-14'],
  facebook: ['Messenger', '#0a6cf0', 'M14 3a11 10 0 0 0-7 18v5l4-3a11 10 0 1 0 3-20M8 15l5-4 3 3 5-3'],
  whatsapp: ['WhatsApp', '#14803f', 'M4 24l2-6a10.5 10.5 0 1 1 4 4zM10 10q1 7 8 8'],
};
const CHAT = 'M4 4h20v15H11l-7 6z';
/** Nothing else may be opened: no script, no file. */
const SAFE = /^(https:\/\/|viber:|tg:)/i;

export function makeChannels(it: Launcher): Front {
  const { base, bot, host, box, button, look, signal } = it;
  const title = make('p', '', look('multi_channel.button_title') || look('words.channels') || '');
  const chat = make('button', '', badge(CHAT, '#4b3fae'), look('words.chat'));
  const links = Object.entries(MESSENGERS).flatMap(([key, [name, color, shape]]) => {
    const address = look(`multi_channel.messengers.${key}`);
    if (!SAFE.test(address)) return [];
    const link = make('a', '', badge(shape, color), name);
    link.href = address;
    link.target = '_blank';
    link.rel = 'noopener noreferrer';
    return [link];
  });
  const items: HTMLElement[] = [...links, chat];
  const list = make('div', '', ...items);
  const menu = make('nav', 'm', title, list);
  addSheet(host.shadowRoot!, css);
  box.dir = isRtl(it.layers[0]!.language_code) ? 'rtl' : 'ltr';
  if (/^(light|dark)$/.test(look('theme'))) box.classList.add(look('theme'));
  menu.hidden = true;
  menu.id = 'm';
  title.id = 't';
  list.setAttribute('role', 'menu');
  for (const named of [menu, list]) named.setAttribute('aria-labelledby', 't');
  // A link it was, while there were none.
  button.role = null;
  for (const item of items) {
    item.setAttribute('role', 'menuitem');
    item.tabIndex = -1;
    item.onclick = () => {
      toggle(false);
      if (item !== chat) return;
      // Where the frame is kept away.
      const leave = () => open(`${base}chat/?bot-id=${bot}`, '_blank', 'noopener');
      if ('left' in box.dataset) leave();
      else
        it.withPart('panel', () => it.obey('openchat', 1), (why) => {
          it.fire('error', why);
          leave();
        });
    };
  }

  const toggle = (asked?: boolean, back = true) => {
    // The chat that was chosen is closed by the launcher.
    if (box.classList.contains('open')) return void (asked || it.obey('openchat', 0));
    const open = asked ?? menu.hidden;
    menu.hidden = !open;
    button.setAttribute('aria-expanded', String(open));
    button.setAttribute('aria-controls', 'm');
    if (open) items[0]!.focus();
    else if (back) button.focus();
  };

  menu.onkeydown = (event) => {
    const at = items.indexOf(host.shadowRoot!.activeElement as HTMLElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1 + items.length, Home: 0, End: items.length - 1 }[event.key];
    if (to !== undefined) items[to % items.length]!.focus();
    else if (event.key === 'Escape') toggle(false);
    // Tab leaves a menu.
    else if (event.key === 'Tab') return toggle(false);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  // A press anywhere else closes it.
  addEventListener('pointerdown', (event) => !menu.hidden && !event.composedPath().includes(box) && toggle(false, false), { passive: true, signal });
  // However the chat is opened.
  host.addEventListener('kw:opened', () => (menu.hidden = true), { signal });
  box.append(menu);
  if (isStrange(it.given)) it.withPart('check');
  return { toggle };
}

function badge(shape: string, color: string): HTMLElement {
  const drawn = icon(shape);
  const round = make('i', '', drawn);
  drawn.setAttribute('viewBox', '0 0 28 28');
  round.style.setProperty('--k', color);
  return round;
}

give<'channels'>(makeChannels);
