// What is new, as a part: the number on the launcher, and the bubble with the newest message that is not read. The rules
// have the bubble in their own script.
import css from './preview.css';
import { makeBubble } from './bubble.ts';
import { addSheet, make } from './dom.ts';
import { give } from './parts.ts';

give<'preview'>((it) => {
  const badge = make('span', 'n');
  const bubble = makeBubble(it, () => it.obey('openchat', 1), () => {});
  addSheet(it.host.shadowRoot!, css);
  it.button.append(badge);
  return {
    show(count, text, author) {
      badge.textContent = count > 99 ? '99+' : count ? String(count) : '';
      bubble.show(text, author);
    },
  };
});
