// Markdown that is still being written: what is finished is drawn once and left alone, so that nothing flickers, a
// selection stays and the cost of a piece does not grow with the text.
import type { Message } from '../../wire/message.ts';
import { make } from './dom.ts';
import { blocks, toLines } from './markdown.ts';

/** What has been drawn into a box: the lines whose blocks cannot change any more, and how many nodes they have. */
interface Grown {
  done: string[];
  nodes: number;
}

const grown = new WeakMap<HTMLElement, Grown>();

/** Brings what is in the box to a text that is mostly longer than the one before; the result is that of drawing it anew as an open one. */
export function growMarkdown(box: HTMLElement, text: string): void {
  const lines = toLines(text);
  let { done, nodes } = grown.get(box) ?? { done: [], nodes: 0 };
  // The last line of a text can still become another one.
  if (done.length >= lines.length || done.some((line, i) => line !== lines[i])) [done, nodes] = [[], 0];
  const before = Array.from(box.childNodes).slice(nodes);
  let at = done.length;
  let finished = at;
  for (const { node, next } of blocks(lines.slice(at), true)) {
    if (node) {
      const old = before.shift();
      if (old) settle(old, node);
      else box.append(node);
    }
    at = done.length + next;
    // See blocks: two whole lines behind it.
    if (at + 2 < lines.length) {
      finished = at;
      if (node) nodes++;
    }
  }
  before.forEach((node) => node.remove());
  grown.set(box, { done: lines.slice(0, finished), nodes });
}

/** Makes `old` what `next` is, keeping as much of it as is the same. */
function settle(old: Node, next: Node): void {
  if (old.isEqualNode(next)) return;
  if (old.nodeType === 3 && next.nodeType === 3) old.nodeValue = next.nodeValue;
  else if (old.nodeName !== next.nodeName || !old.cloneNode().isEqualNode(next.cloneNode())) (old as ChildNode).replaceWith(next);
  else {
    const [ours, theirs] = [Array.from(old.childNodes), Array.from(next.childNodes)];
    theirs.forEach((child, i) => (ours[i] ? settle(ours[i], child) : old.appendChild(child)));
    ours.slice(theirs.length).forEach((child) => child.remove());
  }
}

let growing: [string, HTMLElement] | undefined;

/** A Markdown message as far as it is written: one box for all its pieces. */
export function drawGrowing({ id, text = '' }: Message): Node {
  if (growing?.[0] !== id) growing = [id, make('div', 'md')];
  growMarkdown(growing[1], text);
  return growing[1];
}
