// What a message answers, above its own words.
import { plainWords } from '../preview.ts';
import type { Message } from '../../wire/message.ts';
import type { View } from '../view/context.ts';
import { make } from './dom.ts';

/** Who said it, and the beginning of what they said. */
export function quote(message: Message, { more: t, words }: View): Node {
  const { author, author_name, type } = message;
  const who = author_name || words.t(author === 'visitor' ? 'you' : author === 'operator' ? 'operator' : 'bot');
  const said = plainWords(message) || (type === 'image' ? t.image : type === 'file' ? t.file : '…');
  return make('div', 'quote', make('b', '', who), make('span', '', said));
}
