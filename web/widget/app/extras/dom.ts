// Elements for the parts that are drawn without Preact, so that their script need not bring it along.
import { OUTSIDE, safeLink } from '../links.ts';

/** Makes an element with children; strings become text, never markup. */
export function make<K extends keyof HTMLElementTagNameMap>(tag: K, name: string, ...children: (Node | string)[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (name) element.className = name;
  element.append(...children);
  return element;
}

/** A link that leaves the chat; without an address that is safe it is only its children. */
export function link(address: unknown, ...children: (Node | string)[]): (Node | string)[] {
  const href = safeLink(address);
  return href ? [Object.assign(make('a', '', ...children), { href, ...OUTSIDE })] : children;
}
