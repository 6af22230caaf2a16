// parse_mode "Markdown": what AI answers use, drawn without HTML in between. Bold, italic, strike,
// code, fenced code, links, bare links, lists, quotes, headings, tables. All else is text.
import { safeLink } from '../links.ts';
import { link, make } from './dom.ts';

type Drawn = Node | string;

// No look-behind: Safari before 16.4 does not know it. Every alternative is bounded, so that a long
// line of stars or brackets costs no more than its length.
const INLINE =
  /`([^`\n]{1,2000})`|\*\*(?=\S)([^\n]{0,1000}?\S)\*\*|~~(?=\S)([^\n]{0,1000}?\S)~~|\*(?=[^\s*])([^*\n]{1,1000}?)\*|\b_(?=[^\s_])([^_\n]{1,1000}?)_\b|\[([^\][\n]{1,500})\]\(([^\s()]{1,2000})\)|(https?:\/\/[^\s<>"'`]{1,2000}[^\s<>"'`.,;:!?)\]*_])/;
const MAX_DEPTH = 8;

/** Draws the text. */
export const renderMarkdown = (text: string): Drawn[] => blocks(toLines(text)).flatMap(({ node }) => (node ? [node] : []));

export const toLines = (text: string): string[] => text.replace(/\r\n?/g, '\n').split('\n');

/**
 * Draws lines as blocks, one after the other; the lines between two have no node. Where a block ends, and what it is,
 * never depends on more than the first two lines behind it.
 */
export function blocks(lines: string[]): Block[] {
  const out: Block[] = [];
  for (let i = 0; i < lines.length; i = out.at(-1)!.next) out.push(fence(lines, i) ?? list(lines, i) ?? quote(lines, i) ?? heading(lines, i) ?? table(lines, i) ?? paragraph(lines, i));
  return out;
}

/** A block, and the line after it. */
export interface Block {
  node: HTMLElement | undefined;
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
  const [, marks, title] = /^(#{1,6})\s+(.+)$/.exec(lines[i]!) ?? [];
  // Not headings of the page, where answers would make a heap of them that skips levels; what sets them apart is their size.
  return title ? { node: make('p', `level${Math.min(marks!.length, 3)}`, ...inline(title)), next: i + 1 } : undefined;
}

/** The cells of a line between two bars. */
const cells = (line = ''): string[] | undefined => /^\s*\|(.*)\|\s*$/.exec(line)?.[1]!.split('|');
const isTable = (lines: string[], i: number): boolean => !!cells(lines[i]) && /^\s*\|[\s:|-]*-[\s:|-]*\|\s*$/.test(lines[i + 1] ?? '');

function table(lines: string[], i: number): Block | undefined {
  if (!isTable(lines, i)) return undefined;
  const row = (of: string[], tag: 'th' | 'td') => make('tr', '', ...of.map((cell) => make(tag, '', ...inline(cell.trim()))));
  const node = make('table', '', row(cells(lines[i])!, 'th'));
  let end = i + 2;
  for (let next = cells(lines[end]); next; next = cells(lines[++end])) node.append(row(next, 'td'));
  return { node, next: end };
}

/** Lines up to an empty one or another block; always at least one, so that the text comes to its end. */
function paragraph(lines: string[], i: number): Block {
  let end = i + 1;
  if (!lines[i]!.trim()) return { node: undefined, next: end };
  while (end < lines.length && lines[end]!.trim() && !/^(\s*```|>|#{1,6}\s+.)/.test(lines[end]!) && !ITEM.test(lines[end]!) && !isTable(lines, end)) end++;
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
