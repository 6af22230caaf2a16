// What Markdown has within a block: emphasis, code, links, escapes. The time it takes is that of reading the text a few times:
// whatever could be looked for again and again is looked up once, and what is nested deeper than anybody writes is text.
import { ADDRESS, safeLink } from '../links.ts';
import { link, make } from './dom.ts';

export type Drawn = Node | string;

export const MAX_DEPTH = 8;

/** A character escaped, marks, a bracket that opens, a line break of HTML, an address in angle brackets, an address. */
const TOKEN = new RegExp(`${/\\([!-/:-@[-`{-~\n])|([*_~`])\2*|!?\[|<br ?\/?>|<(https?:\/\/[^\s<>]+)(>?)|/.source}${ADDRESS.source}`, 'g');
/** Behind the words of a link. */
const TARGET = /\(\s*(?:<([^<>\n]*)>|((?:[^\s()<>]|\((?:[^\s()]|\([^\s()]*\))*\))+))(?:\s+(?:"[^"]*"|'[^']*'|\([^()]*\)))?\s*\)/y;
/** The same, or nothing yet, where the text ends before it does. */
const TARGET_BEGUN = /(?:\(\s*\S*(?:\s+(?:["'(][^\n]*)?)?)?$/y;
/** What an end can hold that will be no text once it goes on. */
const BEGUN = /(?:[*_~`\\]|(?:^|\s)!|\[[!^]?\d{0,3}\]?|<[a-z:/]{0,8}|\bh(?:ttps?:?\/?\/?|tt?)?)+$/;
/** Words of a link that is not finished are not longer; else a bracket that is none's would make a link of the rest. */
const MAX_LABEL = 200;

interface Found {
  /** Where its words and where all of it ends. */
  label: number;
  end: number;
  /** Undefined while it is being written. */
  target?: string;
}

/** Marks that something may end, or nothing; and what is drawn since. */
interface Frame {
  mark: string;
  /** How many of them have not found their other half, and how many there were. */
  count: number;
  total: number;
  /** They could have been an end, too. */
  both: boolean;
  kids: Drawn[];
}

/**
 * Draws a text. `open`: it is still being written, so what is begun at its end is drawn as if it were finished, and what
 * cannot be told yet is not drawn. Within a link (`linked`) there are no links.
 */
export function inline(source: string, open = false, depth = 0, linked = false): Drawn[] {
  if (depth > MAX_DEPTH) return [source];
  const text = open ? source.slice(0, -16) + source.slice(-16).replace(BEGUN, '') : source;
  const closers = codeClosers(text);
  const links = findLinks(text, closers, open);
  const frames: Frame[] = [{ mark: '', count: 0, total: 0, both: false, kids: [] }];

  const push = (...drawn: Drawn[]) => {
    const { kids } = frames.at(-1)!;
    for (const one of drawn) {
      const last = kids.at(-1);
      if (typeof one === 'string' && typeof last === 'string') kids[kids.length - 1] = last + one;
      else if (one) kids.push(one);
    }
  };
  const pop = (drawn: (frame: Frame) => Drawn[]) => push(...drawn(frames.pop()!));

  /** Marks of emphasis: they end what the same ones have begun, or begin. */
  const emphasis = (marks: string, at: number) => {
    const [before, after] = [text.slice(Math.max(0, at - 2), at), text.slice(at + marks.length, at + marks.length + 2)];
    const mark = marks.charAt(0);
    const word = mark === '_';
    let [begins, ends] = [/^\S/.test(after) && !(word && WORD_BEFORE.test(before)), /\S$/.test(before) && !(word && WORD_AFTER.test(after))];
    // 2*3 is a product.
    if (marks === '*' && /\d$/.test(before) && /^\d/.test(after)) begins = ends = false;
    // More of them are a line to fill in or a row of stars.
    let count = marks.length;
    if (mark === '~' ? count !== 2 : count > 3) begins = ends = false;
    while (ends && count) {
      // As CommonMark has it: marks that could be both must not be a half of three.
      const i = frames.findLastIndex((frame) => frame.mark === mark && !((frame.both || begins) && mark !== '~' && (frame.total + marks.length) % 3 === 0 && marks.length % 3));
      if (i < 1) break;
      while (frames.length - 1 > i) pop(asText);
      const frame = frames[i]!;
      const half = Math.min(2, count, frame.count);
      frame.kids = wrap(frame, half);
      frame.count -= half;
      count -= half;
      if (!frame.count) pop(({ kids }) => kids);
    }
    if (!count) return;
    if (!begins) return push(marks.slice(0, count));
    frames.push({ mark, count, total: marks.length, both: ends, kids: [] });
    if (frames.length > MAX_DEPTH) frames[0]!.kids.push(...asText(frames.splice(1, 1)[0]!));
  };

  const token = new RegExp(TOKEN);
  let at = 0;
  for (let m = token.exec(text); m; m = token.exec(text)) {
    const [all, escaped, mark, angled, closed, bare] = m;
    push(text.slice(at, m.index));
    at = token.lastIndex;
    const found = links.get(m.index);
    if (escaped) push(escaped);
    else if (mark === '`') {
      const end = closers.get(m.index) ?? (open ? text.length : undefined);
      if (end === undefined) push(all);
      else {
        const code = trimCode(text.slice(at, end));
        if (code) push(make('code', '', code));
        at = Math.min(text.length, end + all.length);
      }
    } else if (mark) emphasis(all, m.index);
    else if (found) {
      at = found.end;
      push(...drawLink(found, text.slice(m.index, at), inline(text.slice(m.index + all.length, found.label), found.target === undefined, depth + 1, true), linked));
    } else if (all.startsWith('<b')) push('\n');
    else if (angled && !closed && !(open && at === text.length)) {
      push('<');
      at = m.index + 1;
    } else if (angled || bare) {
      const address = angled ?? bare!;
      // It may go on, also with what would be punctuation if it did not.
      const grows = open && !closed && /^[.,;:!?)\]]*$/.test(text.slice(at));
      push(...(linked ? [address] : grows ? [make('a', '', address)] : link(address, address)));
      if (grows) at = text.length;
    } else push(all);
    token.lastIndex = at;
  }
  push(text.slice(at));
  while (frames.length > 1) pop(open ? asFinished : asText);
  return frames[0]!.kids;
}

const WORD_BEFORE = /[\p{L}\p{N}\p{M}_]$/u;
const WORD_AFTER = /^[\p{L}\p{N}\p{M}_]/u;

const asText = ({ mark, count, kids }: Frame): Drawn[] => [mark.repeat(count), ...kids];
const asFinished = (frame: Frame): Drawn[] => {
  for (; frame.count && frame.kids.length; frame.count -= Math.min(2, frame.count)) frame.kids = wrap(frame, Math.min(2, frame.count));
  return frame.kids;
};
const wrap = ({ mark, kids }: Frame, half: number): Drawn[] => [make(mark === '~' ? 's' : half > 1 ? 'b' : 'i', '', ...kids)];

function drawLink({ target }: Found, written: string, words: Drawn[], linked: boolean): Drawn[] {
  if (linked) return words;
  if (target === undefined) return words.length ? [make('a', '', ...words)] : [];
  const address = target.replace(/\\([!-/:-@[-`{-~])/g, '$1');
  // A link that is not safe stays as it was written, so that nobody takes it for one.
  return safeLink(address) ? link(address, ...(words.length ? words : [address])) : [written];
}

/** Where code that begins with these marks ends, by where the marks begin. */
function codeClosers(text: string): Map<number, number> {
  const closers = new Map<number, number>();
  const next = new Map<number, number>();
  for (const { 0: marks, index } of Array.from(text.matchAll(/`+/g)).reverse()) {
    const closer = next.get(marks.length);
    if (closer !== undefined) closers.set(index, closer);
    next.set(marks.length, index);
  }
  return closers;
}

/** One space at each end is not meant, if there is more than spaces. */
function trimCode(text: string): string {
  const code = text.replaceAll('\n', ' ');
  return code.startsWith(' ') && code.endsWith(' ') && code.trim() ? code.slice(1, -1) : code;
}

/** The links of a text by where their words begin. Code goes before them, and a link in the words of another one after it. */
function findLinks(text: string, closers: Map<number, number>, open: boolean): Map<number, Found> {
  const found = new Map<number, Found>();
  const starts: number[] = [];
  let begun: [number, number] | undefined;
  const scan = /\\[^]|`+|!?\[|\]/g;
  for (let m = scan.exec(text); m; m = scan.exec(text)) {
    const [all] = m;
    if (all.startsWith('`')) {
      const end = closers.get(m.index);
      if (end !== undefined) scan.lastIndex = end + all.length;
      else if (open) break;
    } else if (all.endsWith('[')) starts.push(m.index);
    else if (all === ']' && starts.length) {
      const start = starts.pop()!;
      TARGET.lastIndex = scan.lastIndex;
      const target = TARGET.exec(text);
      if (target) found.set(start, { label: m.index, end: (scan.lastIndex = TARGET.lastIndex), target: target[1] ?? target[2]! });
      else begun = [start, m.index];
    }
  }
  if (open && begun) {
    const [start, label] = begun;
    TARGET_BEGUN.lastIndex = label + 1;
    if (TARGET_BEGUN.test(text)) found.set(start, { label, end: text.length });
  }
  const lastLine = text.lastIndexOf('\n');
  const start = open && starts.find((at) => at > lastLine && text.length - at < MAX_LABEL && /^!?\[\S/.test(text.slice(at, at + 3)));
  if (typeof start === 'number') found.set(start, { label: text.length, end: text.length });
  return found;
}
