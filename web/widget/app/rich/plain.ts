// Plain text whose addresses lead somewhere.
import { link, make } from '../extras/dom.ts';
import { ADDRESS, safeLink } from '../links.ts';
import type { Message } from '../../wire/message.ts';

export const renderPlain = (text: string): (Node | string)[] => text.split(ADDRESS).flatMap((part, i) => (i % 2 ? link(part, part) : [part]));

/** The first address that a message leads to. */
export function firstLink({ text = '', parse_mode }: Message): string | undefined {
  const body = parse_mode === 'HTML' ? new DOMParser().parseFromString(text, 'text/html').body : make('p', '', ...renderPlain(text));
  return Array.from(body.querySelectorAll('a'), (a) => safeLink(a.getAttribute('href'))).find((href) => href?.startsWith('http'));
}
