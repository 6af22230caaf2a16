// parse_mode "HTML": exactly b i u s a code pre. The text is parsed into a document that runs nothing
// and loads nothing, and what is allowed is built anew; no raw string ever reaches innerHTML.
import { h, type ComponentChild } from 'preact';
import { safeLink } from './links.ts';
import { externalLink } from './view/link.tsx';

const ALLOWED = new Set(['b', 'i', 'u', 's', 'code', 'pre']);
/** Elements whose text is not meant for people. */
const DROPPED = new Set(['script', 'style', 'template', 'noscript', 'iframe', 'object', 'svg', 'math', 'textarea', 'title', 'head', 'select']);
/** Elements that end a line; the tag goes, the line break stays. */
const BLOCK = /^(p|div|li|tr|h[1-6]|blockquote|section|article)$/;
const MAX_DEPTH = 32;

/** Draws the text; tags that are not allowed vanish, their text stays. */
export function renderHtml(text: string): ComponentChild[] {
  const { body } = new DOMParser().parseFromString(`<body>${text}`, 'text/html');
  return children(body, 0);
}

function children(node: Node, depth: number): ComponentChild[] {
  return Array.from(node.childNodes).flatMap((child) => draw(child, depth + 1));
}

function draw(node: Node, depth: number): ComponentChild | ComponentChild[] {
  if (node.nodeType === 3) return node.nodeValue;
  if (node.nodeType !== 1 || depth > MAX_DEPTH) return [];
  const tag = (node as Element).localName;
  if (DROPPED.has(tag)) return [];
  if (tag === 'br') return '\n';
  const inner = children(node, depth);
  if (ALLOWED.has(tag)) return h(tag, null, inner);
  if (tag === 'a') {
    const href = safeLink((node as Element).getAttribute('href'));
    return href ? externalLink(href, inner) : inner;
  }
  return BLOCK.test(tag) && node.nextSibling ? [...inner, '\n'] : inner;
}
