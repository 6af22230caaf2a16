// parse_mode "HTML": exactly b i u s a code pre. The text is parsed into a document that runs nothing
// and loads nothing, and what is allowed is built anew; no raw string ever reaches innerHTML.
import { link, make } from './dom.ts';

const ALLOWED = /^([bius]|code|pre)$/;
/** Elements whose text is not meant for people. */
const DROPPED = /^(script|style|template|noscript|noembed|noframes|iframe|object|svg|math|textarea|title|head|select|xmp|plaintext)$/;
/** Elements that end a line; the tag goes, the line break stays. */
const BLOCK = /^(p|div|li|tr|h[1-6]|blockquote|section|article)$/;
const MAX_DEPTH = 32;

/** Draws the text; tags that are not allowed vanish, their text stays. */
export function renderHtml(text: string): (Node | string)[] {
  return children(new DOMParser().parseFromString(`<body>${text}`, 'text/html').body, 0);
}

const children = (node: Node, depth: number) => Array.from(node.childNodes).flatMap((child) => draw(child, depth + 1));

function draw(node: Node, depth: number): (Node | string)[] {
  if (node.nodeType === 3) return [node.nodeValue!];
  if (node.nodeType !== 1 || depth > MAX_DEPTH) return [];
  const tag = (node as Element).localName;
  if (DROPPED.test(tag)) return [];
  if (tag === 'br') return ['\n'];
  const inner = children(node, depth);
  if (ALLOWED.test(tag)) return [make(tag as 'b', '', ...inner)];
  if (tag === 'a') return link((node as Element).getAttribute('href'), ...inner);
  return BLOCK.test(tag) && node.nextSibling ? [...inner, '\n'] : inner;
}
