// Links that leave the chat.
import { h, type Child } from '../dom.ts';
import { OUTSIDE } from '../links.ts';

// Bounded and without the punctuation that usually follows an address in a sentence.
const BARE = /(https?:\/\/[^\s<>"'`]{1,2000}[^\s<>"'`.,;:!?)\]])/;

/** Plain text with its addresses made into links. */
export const renderPlain = (text: string): Child[] =>
  text.split(BARE).map((part, i) => (i % 2 ? h('a', { href: part, ...OUTSIDE }, part) : part));
