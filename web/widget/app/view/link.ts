// Links that leave the chat.
import { h, type Child } from '../dom.ts';
import { ADDRESS, OUTSIDE } from '../links.ts';

/** Plain text with its addresses made into links. */
export const renderPlain = (text: string): Child[] =>
  text.split(ADDRESS).map((part, i) => (i % 2 ? h('a', { href: part, ...OUTSIDE }, part) : part));
