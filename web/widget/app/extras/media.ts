// Pictures and files.
import { safeResource } from '../links.ts';
import type { Message } from '../../wire/message.ts';
import type { View } from '../view/context.ts';
import { link, make } from './dom.ts';
import { openViewer } from './viewer.ts';

/** A picture in a box that is reserved before it is there and that stays: the list never jumps. */
export function drawPicture({ url, alt, width, height, caption }: Message, view: View): Node {
  const t = view.more;
  const src = safeResource(url);
  const image = make('img', '');
  const box = make('div', 'frame', ...(src ? link(src, image) : []));
  const broken = () => box.replaceChildren(alt || t.imageFailed);
  box.style.aspectRatio = String(width && height ? Math.min(Math.max(width / height, 0.6), 3) : 4 / 3);
  image.alt = alt || caption || t.image;
  image.onerror = broken;
  image.decoding = 'async';
  if (src) image.src = src;
  else broken();
  const opener = box.querySelector('a');
  if (opener)
    opener.onclick = (event) => {
      // With a key held it is a link like any other.
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      openViewer(opener, view);
    };
  const figure = make('figure', '', box);
  if (caption) figure.append(make('figcaption', '', caption));
  return figure;
}

/** A file, to be opened. */
export function drawFile({ url, name, size }: Message, { more, words: { tag } }: View): Node {
  const titles = make('span', 'titles', make('b', '', name || more.file));
  if (size) titles.append(make('small', '', formatSize(size, tag)));
  return make('div', 'paper', ...link(safeResource(url), make('span', 'mark'), titles));
}

/** "1.4 MB" in a language's own way; bytes have no short name everywhere, so they are written out. */
export function formatSize(bytes: number, tag: string): string {
  const step = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), 3);
  const unit = ['byte', 'kilobyte', 'megabyte', 'gigabyte'][step]!;
  return new Intl.NumberFormat(tag, { style: 'unit', unit, unitDisplay: step ? 'short' : 'long', maximumFractionDigits: step ? 1 : 0 }).format(bytes / 1000 ** step);
}
