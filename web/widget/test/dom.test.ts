// @vitest-environment jsdom
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { Component, createRef, Fragment, h, render, type Child, type VNode } from '../app/dom.ts';

let root: HTMLElement;

beforeEach(() => {
  root = document.createElement('main');
  document.body.replaceChildren(root);
});

const text = (child: Child): string => {
  render(child, root);
  return root.innerHTML;
};

describe('draws', () => {
  const cases: Record<string, [Child, string]> = {
    'a text': ['<b>&amp;', '&lt;b&gt;&amp;amp;'],
    'a number': [0, '0'],
    'nothing': [[null, undefined, true, false], ''],
    'an element': [h('p', { class: 'a', id: 'x', hidden: true, title: undefined }, 'one ', h('i', null, 'two')), '<p class="a" id="x" hidden="">one <i>two</i></p>'],
    'a fragment': [h(Fragment, null, 'a', h('b', null)), 'a<b></b>'],
    'a component': [h(({ name }: { name: string }) => [h('b', null, name), '!'], { name: 'x' }), '<b>x</b>!'],
    'what a component holds': [h(({ children }: { children?: Child }) => h('p', null, children), null, 'a', [h('b', null)]), '<p>a<b></b></p>'],
    'a false that is said': [h('p', { 'aria-live': false, draggable: false }), '<p aria-live="false"></p>'],
    'a style': [h('p', { style: { gridColumn: 'span 2', color: undefined } }), '<p style="grid-column: span 2;"></p>'],
  };
  for (const [name, [child, html]] of Object.entries(cases)) test(name, () => expect(text(child)).toBe(html));

  test('a drawing as a drawing, and a word in it as a word of HTML', () => {
    render(h('svg', { viewBox: '0 0 1 1' }, h('path', { d: 'M0 0' })), root);
    expect(root.innerHTML).toBe('<svg viewBox="0 0 1 1"><path d="M0 0"></path></svg>');
    expect(root.querySelector('path')).toBeInstanceOf(SVGElement);
  });
});

test('what is gone from an element is taken off it', () => {
  const click = vi.fn();
  render(h('button', { class: 'a', style: { color: 'red', top: '1px' }, onClick: click }), root);
  const button = root.firstElementChild as HTMLButtonElement;
  render(h('button', { style: { top: '2px' } }), root);
  button.click();
  expect(root.innerHTML).toBe('<button style="top: 2px;"></button>');
  expect(root.firstElementChild).toBe(button);
  expect(click).not.toHaveBeenCalled();
});

test('a value is what is in the field, and is not written where it is the same', () => {
  const field = (value: string) => render(h('textarea', { value }), root);
  field('one');
  const area = root.firstElementChild as HTMLTextAreaElement;
  area.setSelectionRange(1, 1);
  area.value = 'two';
  area.setSelectionRange(1, 1);
  field('two');
  expect([area.value, area.selectionStart]).toEqual(['two', 1]);
  field('');
  expect(area.value).toBe('');
});

test('others keep what they have put in between, and in an element without children', () => {
  const draw = (...names: string[]) => render(names.map((name) => h('p', { key: name }, h('b', { id: name }))), root);
  draw('a', 'b');
  const [a, b] = root.children;
  const before = document.createElement('nav');
  a!.before(before);
  a!.after('between');
  b!.after('behind');
  a!.firstElementChild!.append('inside');
  draw('a', 'b');
  expect([...root.childNodes].map((node) => node.textContent)).toEqual(['', 'inside', 'between', '', 'behind']);
  draw('b');
  expect(root.innerHTML).toBe('<nav></nav>between<p><b id="b"></b></p>behind');
});

test('at the front of a list nothing that is there is touched', () => {
  const list = (from: number) => render(Array.from({ length: 5 }, (_, i) => h('li', { key: i + from }, `${i + from}`)), root);
  list(3);
  const observer = new MutationObserver(() => {});
  observer.observe(root, { childList: true, subtree: true, characterData: true });
  list(1);
  const changes = observer.takeRecords();
  expect(root.textContent).toBe('12345');
  expect(changes.flatMap(({ addedNodes }) => [...addedNodes]).map((node) => node.textContent)).toEqual(['2', '1']);
  expect(changes.flatMap(({ removedNodes }) => [...removedNodes])).toHaveLength(2);
});

class Counter extends Component<{ step: number; log: string[] }, { n: number }> {
  override state = { n: 0 };
  element = createRef<HTMLButtonElement>();
  override componentDidMount() {
    this.props.log.push(`mounted ${this.element.current!.isConnected}`);
  }
  override componentDidUpdate(previous: { step: number }) {
    this.props.log.push(`updated from ${previous.step} ${this.element.current!.textContent}`);
  }
  override render() {
    return h('button', { ref: this.element, onClick: () => this.setState({ n: this.state.n + this.props.step }) }, `${this.state.n}`);
  }
}

test('a component keeps its state, draws changes together, and is told', async () => {
  const log: string[] = [];
  const draw = (step: number) => render(h('div', null, 'before', h(Counter, { step, log }), 'behind'), root);
  draw(1);
  const button = root.querySelector('button')!;
  button.click();
  button.click();
  expect(button.textContent).toBe('0');
  await Promise.resolve();
  expect(root.textContent).toBe('before2behind');
  draw(5);
  button.click();
  await Promise.resolve();
  expect(root.querySelector('button')).toBe(button);
  expect(log).toEqual(['mounted true', 'updated from 1 2', 'updated from 1 2', 'updated from 5 7']);
});

test('a component that is gone is not drawn again, nor referred to', async () => {
  const log: string[] = [];
  const ref = createRef<HTMLElement>();
  render([h('p', { ref }), h(Counter, { step: 1, log })], root);
  expect(ref.current?.tagName).toBe('P');
  root.querySelector('button')!.click();
  render(null, root);
  await Promise.resolve();
  expect([ref.current, root.innerHTML, log]).toEqual([null, '', ['mounted true']]);
});

test('a component that fails draws nothing, is reported, and can come back', () => {
  const report = vi.fn();
  vi.stubGlobal('reportError', report);
  const Weak = ({ bad }: { bad: boolean }) => {
    if (bad) throw new Error('bad message');
    return h('b', null, 'good');
  };
  const draw = (bad: boolean) => text(['a', h(Weak, { bad }), 'z']);
  expect([draw(false), draw(true), draw(false)]).toEqual(['a<b>good</b>z', 'az', 'a<b>good</b>z']);
  expect(report).toHaveBeenCalledTimes(1);
});

test('a reference by function hears of every drawing', () => {
  const seen: unknown[] = [];
  for (const n of [1, 2]) render(h('p', { ref: (element: Element) => seen.push(`${n} ${element.tagName}`) }), root);
  expect(seen).toEqual(['1 P', '2 P']);
});

// Any tree after any other is what it is alone, and keyed elements are the same ones again.
describe('from one tree to the next', () => {
  /** A repeatable source of chance (mulberry32). */
  const chance = (seed: number) => () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const Box = ({ children }: { children?: Child }) => children;
  class Part extends Component<{ children?: Child }> {
    override render() {
      return h('section', null, this.props.children);
    }
  }

  /** Describes a tree, so that it can be made twice. */
  type Plan = string | null | { type: 'p' | 'b' | 'box' | 'part' | 'list'; key?: number | undefined; kids: Plan[] };

  const plan = (random: () => number, depth: number): Plan[] => {
    const keys = [0, 1, 2, 3, 4, 5, 6, 7].sort(() => random() - 0.5);
    return Array.from({ length: Math.floor(random() * 6) }, (): Plan => {
      const kind = random();
      if (kind < 0.15) return null;
      if (kind < 0.3 || !depth) return ['one', 'two', ''][Math.floor(random() * 3)]!;
      const type = (['p', 'b', 'box', 'part', 'list'] as const)[Math.floor(random() * 5)]!;
      return { type, key: type !== 'list' && random() < 0.6 ? keys.pop() : undefined, kids: plan(random, depth - 1) };
    });
  };
  const build = (node: Plan): Child => {
    if (node === null || typeof node === 'string') return node;
    const { type, key, kids } = node;
    const children = kids.map(build);
    if (type === 'list') return children;
    const props = { key, ...(type === 'p' || type === 'b' ? { class: `k${key}` } : {}) };
    return h({ p: 'p', b: 'b', box: Box, part: Part }[type] as string, props, ...children) as VNode;
  };
  const alone = (plans: Plan[]) => {
    const fresh = document.createElement('main');
    render(plans.map(build), fresh);
    return fresh.innerHTML;
  };
  /** The keyed elements right under the root, which must survive. */
  const kept = (plans: Plan[]) => plans.flatMap((node) => (node && typeof node === 'object' && node.key !== undefined && /^[pb]$/.test(node.type) ? [`${node.type} ${node.key}`] : []));
  const elements = (plans: Plan[]) => new Map(kept(plans).map((name) => [name, [...root.children].filter((e) => `${e.localName} ${e.className.slice(1)}` === name)]));

  test.for(Array.from({ length: 40 }, (_, seed) => seed + 1))('with the seed %i', (seed) => {
    const random = chance(seed);
    let before: Plan[] = [];
    for (let step = 0; step < 25; step++) {
      const next = random() < 0.3 ? before.toSorted(() => random() - 0.5) : plan(random, 3);
      const old = elements(before);
      render(next.map(build), root);
      expect(root.innerHTML).toBe(alone(next));
      const now = elements(next);
      for (const [name, found] of old) if (found.length === 1 && now.get(name)?.length === 1) expect(now.get(name)![0], name).toBe(found[0]);
      before = next;
    }
  });
});
