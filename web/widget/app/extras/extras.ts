// What not every conversation needs, in a script of its own with a sheet of its own: HTML, Markdown,
// pictures, files, uploads, what failed, and the question before a link. It knows nothing of the
// app's renderer or of the rest of the app.
import css from './extras.css';
import type { Message } from '../../wire/message.ts';
import type { View } from '../view/context.ts';
import { adopt, make } from './dom.ts';
import { renderMarkdown } from './markdown.ts';
import { drawFile, drawPicture } from './media.ts';
import { drawText } from './text.ts';
import { uploaded } from './upload.ts';

export { confirmLink } from './confirm.ts';
export { drawFailed } from './failed.ts';
export { drawGrowing, growMarkdown } from './grow.ts';
export { upload } from './upload.ts';

adopt(css);

/** Own ones that the log does not have yet: their messages are made anew at every change. */
const own = new Map<string, Node>();

/** The content of a message that is more than plain text. */
export function draw(message: Message, view: View): Node {
  const { type, text = '', parse_mode, upload } = message;
  if (upload) {
    if (!own.has(upload)) own.set(upload, draw({ ...message, ...uploaded(upload), type, id: message.id, upload: '' }, view));
    return own.get(upload)!;
  }
  if (type === 'image') return drawPicture(message, view);
  if (type === 'file') return drawFile(message, view);
  return parse_mode === 'Markdown' ? make('div', 'md', ...renderMarkdown(text)) : drawText(text, parse_mode);
}
