// parse_mode "Markdown": what AI answers use, drawn without HTML in between. Bold, italic, strike,
// code, fenced code, links, bare links, lists, quotes, headings (as bold lines). All else is text.
import { h, type ComponentChild } from 'preact';
import { safeLink } from './links.ts';
import { externalLink } from './view/link.tsx';

// No look-behind: Safari before 16.4 does not know it. Every alternative is bounded, so that a long
// line of stars or brackets costs no more than its length.
const INLINE =
  /`([^`\n]{1,2000})`|\*\*(?=\S)([^\n]{1,2000}?\S)\*\*|~~(?=\S)([^\n]{1,2000}?\S)~~|\*(?=[^\s*])([^*\n]{1,2000}?)\*|\b_(?=[^\s_])([^_\n]{1,2000}?)_\b|\[([^\][\n]{1,500})\]\(([^\s()]{1,2000})\)|(https?:\/\/[^\s<>"'`]{1,2000}[^\s<>"'`.,;:!?)\]*_])/;
const MAX_DEPTH = 8;

/** Draws the text. */
export function renderMarkdown(text: string): ComponentChild[] {
  const lines = text.replace(/\r\n?/g, '\n').split('\n');
  const out: ComponentChild[] = [];
  for (let i = 0; i < lines.length; ) {
    const block = fence(lines, i) ?? list(lines, i) ?? quote(lines, i) ?? heading(lines, i) ?? paragraph(lines, i);
    if (block.node) out.push(block.node);
    i = block.next;
  }
  return out;
}

interface Block {
  node: ComponentChild;
  next: number;
}

function fence(lines: string[], i: number): Block | undefined {
  if (!/^\s*```/.test(lines[i]!)) return undefined;
  let end = i + 1;
  while (end < lines.length && !/^\s*```\s*$/.test(lines[end]!)) end++;
  return { node: h('pre', null, lines.slice(i + 1, end).join('\n')), next: end + 1 };
}

const ITEM = /^\s{0,6}(?:([-*•+])|(\d{1,4})[.)])\s+(.*)$/;

function list(lines: string[], i: number): Block | undefined {
  const first = ITEM.exec(lines[i]!);
  if (!first) return undefined;
  const items: ComponentChild[] = [];
  let end = i;
  for (; end < lines.length; end++) {
    const item = ITEM.exec(lines[end]!);
    if (!item || !item[1] !== !first[1]) break;
    items.push(h('li', null, inline(item[3]!)));
  }
  return { node: first[1] ? h('ul', null, items) : h('ol', { start: Number(first[2]) }, items), next: end };
}

function quote(lines: string[], i: number): Block | undefined {
  let end = i;
  while (end < lines.length && /^>/.test(lines[end]!)) end++;
  if (end === i) return undefined;
  return { node: h('blockquote', null, inline(lines.slice(i, end).map((l) => l.replace(/^>\s?/, '')).join('\n'))), next: end };
}

function heading(lines: string[], i: number): Block | undefined {
  const title = /^#{1,6}\s+(.+)$/.exec(lines[i]!);
  return title ? { node: h('p', null, h('b', null, inline(title[1]!))), next: i + 1 } : undefined;
}

function paragraph(lines: string[], i: number): Block {
  let end = i;
  while (end < lines.length && lines[end]!.trim() && !/^(\s*```|>|#{1,6}\s)/.test(lines[end]!) && !ITEM.test(lines[end]!)) end++;
  if (end === i) return { node: lines[i]!.trim() ? h('p', null, inline(lines[i]!)) : null, next: i + 1 };
  return { node: h('p', null, inline(lines.slice(i, end).join('\n'))), next: end };
}

function inline(text: string, depth = 0): ComponentChild[] {
  const out: ComponentChild[] = [];
  let rest = text;
  for (let m = INLINE.exec(rest); m && depth < MAX_DEPTH; m = INLINE.exec(rest)) {
    if (m.index) out.push(rest.slice(0, m.index));
    out.push(span(m, depth + 1));
    rest = rest.slice(m.index + m[0].length);
  }
  if (rest) out.push(rest);
  return out;
}

function span([all, code, bold, strike, star, under, label, target, bare]: RegExpExecArray, depth: number): ComponentChild {
  if (code) return h('code', null, code);
  if (bold) return h('b', null, inline(bold, depth));
  if (strike) return h('s', null, inline(strike, depth));
  const italic = star ?? under;
  if (italic) return h('i', null, inline(italic, depth));
  const href = safeLink(target ?? bare);
  if (!href) return all;
  return externalLink(href, label ? inline(label, depth) : [bare!]);
}
