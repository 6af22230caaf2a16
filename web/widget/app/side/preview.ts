// A message as one line of plain words, for the bubble beside the launcher.
import { unmarked } from '../extras/unmarked.ts';
import type { Message } from '../../wire/message.ts';

const MAX = 160;

/** The words of a message; empty for one that has none. */
export function plainWords(message: Message): string {
  const [card] = message.cards ?? [];
  const text = message.text || message.caption || message.alt || message.name || card?.title || card?.text || '';
  const words = message.parse_mode === 'HTML' ? withoutTags(text) : message.parse_mode === 'Markdown' ? unmarked(text) : text;
  const line = words.replace(/\s+/g, ' ').trim();
  return line.length > MAX ? `${line.slice(0, MAX - 1).trimEnd()}…` : line;
}

function withoutTags(text: string): string {
  return new DOMParser().parseFromString(text, 'text/html').body.textContent ?? '';
}
