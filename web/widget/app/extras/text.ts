// The words of a message, as its parse_mode says.
import css from './text.css';
import { adopt, make } from './dom.ts';
import { renderHtml } from './html.ts';
import { unmarked } from './unmarked.ts';
import type { ParseMode } from '../../wire/message.ts';

adopt(css);

/** Draws a text; an unknown mode is plain. What draws Markdown is loaded when there is some; until then there are its words. */
export function drawText(text: string, mode?: ParseMode): HTMLElement {
  if (mode !== 'Markdown') return make('div', 'text', ...(mode === 'HTML' ? renderHtml(text) : [text]));
  const box = make('div', 'md', unmarked(text));
  import('./markdown.ts').then(({ renderMarkdown }) => box.replaceChildren(...renderMarkdown(text)), () => {});
  return box;
}
