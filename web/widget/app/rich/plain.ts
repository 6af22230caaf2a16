// Plain text whose addresses lead somewhere.
import { link } from '../extras/dom.ts';
import { safeLink } from '../links.ts';
import type { Message } from '../../wire/message.ts';

/** Bounded, and without the punctuation that usually follows an address in a sentence. */
export const ADDRESS = /(https?:\/\/[^\s<>"'`]{1,2000}[^\s<>"'`.,;:!?)\]])/;

export const renderPlain = (text: string): (Node | string)[] => text.split(ADDRESS).flatMap((part, i) => (i % 2 ? link(part, part) : [part]));

/** The first address that a message leads to. */
export function firstLink({ text = '', parse_mode }: Message): string | undefined {
  if (parse_mode !== 'HTML') return safeLink(ADDRESS.exec(text)?.[0]);
  const { body } = new DOMParser().parseFromString(text, 'text/html');
  return Array.from(body.querySelectorAll('a'), (a) => safeLink(a.getAttribute('href'))).find((href) => href?.startsWith('http'));
}
