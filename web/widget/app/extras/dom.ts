// Elements for the parts that are drawn without the app's renderer, so that their scripts need not bring it along.
import { OUTSIDE, safeLink } from '../links.ts';

/** Makes an element with children; strings become text, never markup. */
export function make<K extends keyof HTMLElementTagNameMap>(tag: K, name: string, ...children: (Node | string)[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (name) element.className = name;
  element.append(...children);
  return element;
}

/** Sets attributes; undefined and false leave one out. */
export function set<E extends Element>(element: E, attributes: Record<string, string | number | boolean | undefined>): E {
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined && value !== false) element.setAttribute(name, value === true ? '' : String(value));
  return element;
}

/** A button that sends no form. */
export const button = (name: string, onclick: () => void, ...children: (Node | string)[]): HTMLButtonElement =>
  Object.assign(make('button', name, ...children), { type: 'button' as const, onclick });

/** A small picture in the text's colour. Decoration: what it means is said in words. */
export function icon(d: string): SVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', d);
  svg.append(path);
  return set(svg, { viewBox: '0 0 24 24', 'aria-hidden': 'true' });
}

export const CLOSE = 'm6 6 12 12M18 6 6 18';
export const OUT = 'M8 16 17 7m-7 0h7v7';

/** A link that leaves the chat; without an address that is safe it is only its children. */
export function link(address: unknown, ...children: (Node | string)[]): (Node | string)[] {
  const href = safeLink(address);
  return href ? [Object.assign(make('a', '', ...children), { href, ...OUTSIDE })] : children;
}

/** Lays a sheet over those there are. */
export function adopt(css: string): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}

let last = 0;

/** An id that no other element has. */
export const newId = (): string => `kw${++last}`;
