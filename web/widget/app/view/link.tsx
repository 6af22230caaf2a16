// Links that leave the chat.
import type { ComponentChild } from 'preact';

/** A link to an address that has been found safe; it opens beside the page and tells nothing about it. */
export function externalLink(href: string, children: ComponentChild[]) {
  return (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  );
}

// Bounded and without the punctuation that usually follows an address in a sentence.
const BARE = /(https?:\/\/[^\s<>"'`]{1,2000}[^\s<>"'`.,;:!?)\]])/;

/** Plain text with its addresses made into links. */
export function renderPlain(text: string): ComponentChild[] {
  return text.split(BARE).map((part, i) => (i % 2 ? externalLink(part, [part]) : part));
}
