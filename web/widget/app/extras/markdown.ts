// parse_mode "Markdown": what AI answers use, drawn without HTML in between. Bold, italic, strike,
// code, fenced code, links, bare links, lists, quotes, headings (as bold lines). All else is text.
import { safeLink } from '../links.ts';
import { link, make } from './dom.ts';

type Drawn = Node | string;

// No look-behind: Safari before 16.4 does not know it. Every alternative is bounded, so that a long
// line of stars or brackets costs no more than its length.
const INLINE =
  /`([^`\n]{1,2000})`|\*\*(?=\S)([^\n]{0,1000}?\S)\*\*|~~(?=\S)([^\n]{0,1000}?\S)~~|\*(?=[^\s*])([^*\n]{1,1000}?)\*|\b_(?=[^\s_])([^_\n]{1,1000}?)_\b|\[([^\][\n]{1,500})\]\(([^\s()]{1,2000})\)|(https?:\/\/[^\s<>"'`]{1,2000}[^\s<>"'`.,;:!?)\]*_])/;
const MAX_DEPTH = 8;

/** Draws the text. */
export function renderMarkdown(text: string): Drawn[] {
  const lines = text.replace(/\r\n?/g, '\n').split('\n');
  const out: Drawn[] = [];
  for (let i = 0; i < lines.length; ) {
    const block = fence(lines, i) ?? list(lines, i) ?? quote(lines, i) ?? heading(lines, i) ?? paragraph(lines, i);
    if (block.node) out.push(block.node);
    i = block.next;
  }
  return out;
}

interface Block {
  node: Drawn;
  next: number;
}

function fence(lines: string[], i: number): Block | undefined {
  if (!/^\s*```/.test(lines[i]!)) return undefined;
  let end = i + 1;
  while (end < lines.length && !/^\s*```\s*$/.test(lines[end]!)) end++;
  return { node: make('pre', '', lines.slice(i + 1, end).join('\n')), next: end + 1 };
}

const ITEM = /^\s{0,6}(?:([-*•+])|(\d{1,4})[.)])\s+(.*)$/;

function list(lines: string[], i: number): Block | undefined {
  const first = ITEM.exec(lines[i]!);
  if (!first) return undefined;
  const node = first[1] ? make('ul', '') : Object.assign(make('ol', ''), { start: Number(first[2]) });
  let end = i;
  for (; end < lines.length; end++) {
    const item = ITEM.exec(lines[end]!);
    if (!item || !item[1] !== !first[1]) break;
    node.append(make('li', '', ...inline(item[3]!)));
  }
  return { node, next: end };
}

function quote(lines: string[], i: number): Block | undefined {
  let end = i;
  while (end < lines.length && lines[end]!.startsWith('>')) end++;
  const text = lines.slice(i, end).map((line) => line.replace(/^>\s?/, ''));
  return end > i ? { node: make('blockquote', '', ...inline(text.join('\n'))), next: end } : undefined;
}

function heading(lines: string[], i: number): Block | undefined {
  const title = /^#{1,6}\s+(.+)$/.exec(lines[i]!);
  return title ? { node: make('p', '', make('b', '', ...inline(title[1]!))), next: i + 1 } : undefined;
}

/** Lines up to an empty one or another block; always at least one, so that the text comes to its end. */
function paragraph(lines: string[], i: number): Block {
  let end = i + 1;
  while (end < lines.length && lines[end]!.trim() && !/^(\s*```|>|#{1,6}\s)/.test(lines[end]!) && !ITEM.test(lines[end]!)) end++;
  if (!lines[i]!.trim()) return { node: '', next: i + 1 };
  return { node: make('p', '', ...inline(lines.slice(i, end).join('\n'))), next: end };
}

function inline(text: string, depth = 0): Drawn[] {
  const out: Drawn[] = [];
  let rest = text;
  for (let m = INLINE.exec(rest); m && depth < MAX_DEPTH; m = INLINE.exec(rest)) {
    out.push(rest.slice(0, m.index), ...span(m, depth + 1));
    rest = rest.slice(m.index + m[0].length);
  }
  return [...out, rest];
}

function span([all, code, bold, strike, star, under, label, target, bare]: RegExpExecArray, depth: number): Drawn[] {
  if (code) return [make('code', '', code)];
  if (bold) return [make('b', '', ...inline(bold, depth))];
  if (strike) return [make('s', '', ...inline(strike, depth))];
  const italic = star ?? under;
  if (italic) return [make('i', '', ...inline(italic, depth))];
  if (bare) return link(bare, bare);
  // A link that is not safe stays as it was written, so that nobody takes it for one.
  return safeLink(target) ? link(target, ...inline(label!, depth)) : [all];
}

/** Brings what is in the box to a text that is mostly longer than the one before. */
export function growMarkdown(box: HTMLElement, text: string): void {
  box.replaceChildren(...renderMarkdown(text));
}
