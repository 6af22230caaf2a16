// The bubble beside the launcher, with what is new or what the bot says by itself.
import css from './bubble.css';
import { addSheet, make } from './dom.ts';
import type { Bubble, Launcher } from './parts.ts';

/** Makes the bubble of a widget, empty. */
export function makeBubble({ host, box, look }: Launcher, taken: () => void, dismissed: () => void): Bubble {
  const by = make('b', '');
  const said = make('span', '');
  const read = make('button', '', by, said);
  const dismiss = make('button', 'x', '×');
  const bubble = make('div', 'p');
  const theme = look('theme');
  addSheet(host.shadowRoot!, css);
  if (/^(light|dark)$/.test(theme)) box.classList.add(theme);
  bubble.setAttribute('role', 'status');
  dismiss.setAttribute('aria-label', look('words.dismiss'));
  by.dir = said.dir = 'auto';
  const show = (text = '', author = '') => {
    by.textContent = author;
    said.textContent = text;
    // A status is told by what comes into it.
    bubble.replaceChildren(...(text ? [read, dismiss] : []));
  };
  read.onclick = () => {
    show();
    taken();
  };
  dismiss.onclick = () => {
    show();
    dismissed();
  };
  box.append(bubble);
  return { show };
}
