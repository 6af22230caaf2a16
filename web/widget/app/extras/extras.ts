// What not every conversation needs, in a script of its own with a sheet of its own: HTML, Markdown,
// pictures, files and the question before a link. It knows nothing of Preact or of the rest of the app.
import css from './extras.css';
import type { Message } from '../../wire/message.ts';
import { make } from './dom.ts';
import { renderHtml } from './html.ts';
import { renderMarkdown } from './markdown.ts';
import { drawFile, drawPicture } from './media.ts';

export { confirmLink } from './confirm.ts';

const sheet = new CSSStyleSheet();
sheet.replaceSync(css);
document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];

/** The content of a message that is more than plain text. */
export function draw(message: Message, tag: string): Node {
  const { type, text = '', parse_mode } = message;
  if (type === 'image') return drawPicture(message, tag);
  if (type === 'file') return drawFile(message, tag);
  return parse_mode === 'HTML' ? make('div', 'text', ...renderHtml(text)) : make('div', 'md', ...renderMarkdown(text));
}
