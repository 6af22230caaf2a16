// The words of a message, as its parse_mode says.
import css from './text.css';
import { adopt, make } from './dom.ts';
import { renderHtml } from './html.ts';
import { renderMarkdown } from './markdown.ts';
import type { ParseMode } from '../../wire/message.ts';

adopt(css);

/** Draws a text; an unknown mode is plain. */
export function drawText(text: string, mode?: ParseMode): HTMLElement {
  if (mode === 'Markdown') return make('div', 'md', ...renderMarkdown(text));
  return make('div', 'text', ...(mode === 'HTML' ? renderHtml(text) : [text]));
}
