// parse_mode "Markdown": what AI answers use, drawn without HTML in between. Blocks: paragraphs, headings, rules, lists in
// lists, tasks, quotes, tables, fenced code. All else is text.
import { inline, MAX_DEPTH, type Drawn } from './inline.ts';
import { make } from './dom.ts';

/** Draws the text. */
export const renderMarkdown = (text: string): Drawn[] => nodes(blocks(toLines(text)));

export const toLines = (text: string): string[] => text.replace(/\r\n?/g, '\n').split('\n');

/** A block, and the line after it. */
export interface Block {
  node: HTMLElement | undefined;
  next: number;
}

/** What is left to draw, and how. */
interface Lines {
  lines: string[];
  /** The last line is still being written: what it cannot be told to be yet is not drawn, see inline. */
  open: boolean;
  depth: number;
}

/**
 * Draws lines as blocks, one after the other; the lines between two have no node. Where a block ends, and what it is,
 * never depends on more than the first two lines behind it.
 */
export function blocks(lines: string[], open = false, depth = 0): Block[] {
  const all = { lines, open, depth };
  const out: Block[] = [];
  for (let i = 0; i < lines.length; i = out.at(-1)!.next) out.push(waiting(all, i) ?? fence(all, i) ?? rule(all, i) ?? list(all, i) ?? quote(all, i) ?? heading(all, i) ?? table(all, i) ?? paragraph(all, i));
  return out;
}

const nodes = (of: Block[]): HTMLElement[] => of.flatMap(({ node }) => (node ? [node] : []));

/** What is in a list's item or a quote: a first paragraph stands in it as it is. */
function contents(lines: string[], open: boolean, depth: number): Drawn[] {
  if (depth > MAX_DEPTH) return inline(lines.join('\n'), open);
  const [first, ...rest] = nodes(blocks(lines, open, depth));
  return first?.matches('p:not([class])') ? [...first.childNodes, ...rest] : first ? [first, ...rest] : [];
}

/** A line of which nobody knows yet what it is to be: "-" is an item, a rule, a table's or a minus. */
const MARKS = /^[\s\-*_+•#>=~`|:]*(?:\d{1,9}[.)]?\s*|\[[ x]?\]?\s*)?$/i;

const isWaiting = ({ lines, open }: Lines, i: number): boolean => open && i === lines.length - 1 && MARKS.test(lines[i]!);

/** Whether what ends before this line may go on in it. */
const goesOn = (all: Lines, end: number): boolean => all.open && (end === all.lines.length || isWaiting(all, end));

const waiting = (all: Lines, i: number): Block | undefined => (isWaiting(all, i) ? { node: undefined, next: i + 1 } : undefined);

/** The marks that begin fenced code, if the line does. */
const fenceOf = (line: string): string | undefined => /^\s*(?:(`{3,})[^`]*|(~{3,}).*)$/.exec(line)?.slice(1).find(Boolean);

function isFenceEnd(line: string, marks: string): boolean {
  const end = line.trim();
  return end.length >= marks.length && end === marks.charAt(0).repeat(end.length);
}

function fence({ lines, open }: Lines, i: number): Block | undefined {
  const marks = fenceOf(lines[i]!);
  if (!marks) return undefined;
  let end = i + 1;
  while (end < lines.length && !isFenceEnd(lines[end]!, marks)) end++;
  const code = lines.slice(i + 1, end).map((line) => dedent(line, indentOf(lines[i]!)));
  // Not closed: an empty line that has just begun, or the first of the marks that are to close it.
  const last = code.at(-1) ?? 'x';
  if (end === lines.length && (isBlank(last) || (open && isFenceEnd(last, marks.charAt(0))))) code.pop();
  return { node: make('pre', '', code.join('\n')), next: end + 1 };
}

const RULE = /^\s{0,3}([-*_])(?:\s*\1){2,}\s*$/;

const rule = ({ lines }: Lines, i: number): Block | undefined => (RULE.test(lines[i]!) ? { node: make('hr', ''), next: i + 1 } : undefined);

const isBlank = (line: string | undefined): boolean => !line?.trim();
/** How far the first character is from the left; a tab is as wide as four. */
const indentOf = (line: string): number => /^\s*/.exec(line)![0].replaceAll('\t', '    ').length;

function dedent(line: string, width: number): string {
  let at = 0;
  for (let gone = 0; gone < width && /\s/.test(line.charAt(at)); at++) gone += line[at] === '\t' ? 4 : 1;
  return line.slice(at);
}

const ITEM = /^\s*([-*•+]|\d{1,9}[.)])\s+(.*)$/;
const item = (line = ''): { number: string; words: string; width: number } | undefined => {
  const [, marks, words] = (!RULE.test(line) && ITEM.exec(line)) || [];
  return marks ? { number: /^\d+/.exec(marks)?.[0] ?? '', words: words!, width: indentOf(line) + marks.length + 1 } : undefined;
};

function list(all: Lines, i: number): Block | undefined {
  const { lines, open, depth } = all;
  const first = item(lines[i]);
  if (!first) return undefined;
  // Two are enough to be in an item: people do not count what its mark takes.
  const inner = indentOf(lines[i]!) + 2;
  const sibling = (at: number) => {
    const one = item(lines[at]);
    return one && !one.number === !first.number && (at === i || indentOf(lines[at]!) < inner) ? one : undefined;
  };
  const items: string[][] = [];
  let end = i;
  for (let one = sibling(i); one; one = sibling(end)) {
    const own = [one.words];
    let code = fenceOf(one.words);
    for (end++; end < lines.length; end++) {
      const line = lines[end]!;
      const next = isBlank(line) ? lines[end + 1] : line;
      if (!code && (isBlank(next) || indentOf(next!) < inner)) break;
      own.push(dedent(line, one.width));
      code = code ? (isFenceEnd(line, code) ? undefined : code) : fenceOf(line);
    }
    items.push(own);
    // An empty line may be between two.
    if (lines[end] !== undefined && isBlank(lines[end]) && sibling(end + 1)) end++;
  }
  const grows = goesOn(all, end);
  // Its mark may be that of a rule.
  if (open && end === lines.length && items.at(-1)!.length === 1 && isWaiting(all, end - 1)) items.pop();
  const drawn = items.map((own, at) => drawItem(own, grows && at === items.length - 1, end < lines.length, depth));
  const node = first.number ? Object.assign(make('ol', '', ...drawn), { start: Number(first.number) }) : make('ul', '', ...drawn);
  return { node: drawn.length ? node : undefined, next: end };
}

/** `whole`: its last line is one, though it may go on in others. */
function drawItem([words, ...lines]: string[], open: boolean, whole: boolean, depth: number): HTMLElement {
  const [box] = /^\[[ x]\]\s+/i.exec(words!) ?? [];
  const node = make('li', box ? 'task' : '', ...contents([words!.slice(box?.length ?? 0), ...lines, ...(open && whole ? [''] : [])], open, depth + 1));
  if (box) node.prepend(/x/i.test(box) ? '☑ ' : '☐ ');
  return node;
}

const QUOTE = /^\s{0,3}>\s?/;

function quote(all: Lines, i: number): Block | undefined {
  let end = i;
  while (end < all.lines.length && QUOTE.test(all.lines[end]!)) end++;
  if (end === i) return undefined;
  const open = goesOn(all, end);
  const inner = all.lines.slice(i, end).map((line) => line.replace(QUOTE, ''));
  const drawn = contents(open && end < all.lines.length ? [...inner, ''] : inner, open, all.depth + 1);
  return { node: drawn.length || !open ? make('blockquote', '', ...drawn) : undefined, next: end };
}

// Not headings of the page, where answers would make a heap of them that skips levels; what sets them apart is their size.
const title = (level: number, words: string, open: boolean) => make('p', `level${Math.min(level, 3)}`, ...inline(words, open));

const HEADING = /^\s{0,3}(#{1,6})\s+(\S.*)$/;

function heading({ lines, open }: Lines, i: number): Block | undefined {
  const [, marks, words] = HEADING.exec(lines[i]!) ?? [];
  if (!marks) return undefined;
  const trimmed = words!.trimEnd();
  const last = trimmed.lastIndexOf(' ');
  const isOpen = open && i === lines.length - 1;
  return { node: title(marks.length, last > 0 && /^#+$/.test(trimmed.slice(last + 1)) ? trimmed.slice(0, last) : isOpen ? words! : trimmed, isOpen), next: i + 1 };
}

const isRow = (line: string | undefined): boolean => /^\s{0,3}\|/.test(line ?? '');
const isDelimiter = (line: string | undefined): boolean => isRow(line) && line!.includes('-') && /^[\s:|-]+$/.test(line!);
/** A table's head waits for the line behind it to be whole. */
const mayBeTable = ({ lines, open }: Lines, i: number): boolean => open && isRow(lines[i]) && i + 2 >= lines.length && /^[\s:|-]*$/.test(lines[i + 1] ?? '');
const isTable = (all: Lines, i: number): boolean => isRow(all.lines[i]) && (isDelimiter(all.lines[i + 1]) || mayBeTable(all, i));

/** The cells of a row; a bar in code or behind a backslash is no border. */
function cells(line: string): string[] {
  const row = line.trim().slice(1);
  const out: string[] = [];
  let at = 0;
  for (const { 0: all, index } of row.matchAll(/\\[^]|`[^`]+`|\|/g)) {
    if (all !== '|') continue;
    out.push(row.slice(at, index));
    at = index + 1;
  }
  if (row.slice(at).trim()) out.push(row.slice(at));
  return out.map((cell) => cell.trim().replaceAll('\\|', '|'));
}

function table(all: Lines, i: number): Block | undefined {
  const { lines, open } = all;
  if (!isTable(all, i)) return undefined;
  if (mayBeTable(all, i)) return { node: undefined, next: lines.length };
  const sides = cells(lines[i + 1]!).map((cell) => (cell.endsWith(':') ? (cell.startsWith(':') ? 'middle' : 'end') : ''));
  const head = cells(lines[i]!);
  const row = (of: string[], tag: 'th' | 'td') => make('tr', '', ...of.slice(0, head.length).map((cell, at) => make(tag, sides[at] ?? '', ...inline(cell))));
  const node = make('table', '', row(head, 'th'));
  let end = i + 2;
  // A row waits for the end of its line.
  for (; isRow(lines[end]); end++) if (!open || end < lines.length - 1) node.append(row(cells(lines[end]!), 'td'));
  return { node, next: end };
}

/** Lines up to an empty one or another block; always at least one, so that the text comes to its end. */
function paragraph(all: Lines, i: number): Block {
  const { lines, open } = all;
  let end = i + 1;
  if (isBlank(lines[i])) return { node: undefined, next: end };
  // A line under a line makes a title of it.
  const [, under] = /^\s{0,3}(==+|--+)\s*$/.exec(lines[end] ?? '') ?? [];
  if (under && !isWaiting(all, end)) return { node: title(under.startsWith('=') ? 1 : 2, lines[i]!, false), next: end + 1 };
  while (end < lines.length && !isBlank(lines[end]) && !fenceOf(lines[end]!) && !QUOTE.test(lines[end]!) && !HEADING.test(lines[end]!) && !RULE.test(lines[end]!) && !item(lines[end]) && !isTable(all, end) && !isWaiting(all, end)) end++;
  return { node: make('p', '', ...inline(lines.slice(i, end).join('\n'), open && goesOn(all, end))), next: end };
}
