// Draws a tree of elements and components, and changes only what is different the next time. The subset of Preact's
// interface that the chat uses, and its meaning, in a quarter of the bytes (docs/adr/0016).

/** What a component returns and what an element holds; null, undefined and booleans draw nothing and keep their place. */
export type Child = VNode | string | number | boolean | null | undefined | Child[];

/** A component without a state. */
export type FunctionComponent<P> = (props: P) => Child;

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- whatever its props and its state are
type AnyComponent = Component<any, any>;

type Type = string | FunctionComponent<never> | (new () => AnyComponent);

/** One description of something to be drawn; used once, as it remembers what it has become. */
export interface VNode {
  /** A tag, a component, `Fragment`, or null for a text. */
  type: Type | null;
  props: Record<string, unknown>;
  /** Among siblings, what it is found again by; without one that is its place. */
  key: unknown;
  kids: (VNode | undefined)[];
  dom?: Node;
  self?: AnyComponent;
}

/** Something that knows its element while it is drawn. */
export interface Ref<E> {
  current: E | null;
}

export const createRef = <E>(): Ref<E> => ({ current: null });

/**
 * A component with a state. It always draws one element, the same as long as it lives. Changes of the state are drawn
 * together before the browser goes on.
 */
export abstract class Component<P = object, S = object> {
  declare props: P;
  state = {} as S;
  /** What it is drawn by. */
  declare node: VNode;

  abstract render(): VNode;
  /** After it has been drawn, first and again. */
  componentDidMount(): void {}
  componentDidUpdate(_previous: P): void {}

  setState(change: Partial<S>): void {
    this.state = { ...this.state, ...change };
    this.forceUpdate();
  }

  forceUpdate(): void {
    if (!dirty.size) queueMicrotask(flush);
    dirty.add(this);
  }
}

/** Draws its children and nothing else. */
export function Fragment({ children }: { children?: Child }): Child {
  return children;
}

/** Makes a description; what JSX compiles to. The properties are its own from then on. */
export function h<P>(type: string | FunctionComponent<P> | (new () => AnyComponent), props?: (P & { key?: unknown }) | null, ...children: Child[]): VNode {
  const own = (props ?? {}) as Record<string, unknown>;
  own.children = children;
  return { type: type as Type, props: own, key: own.key, kids: [] };
}

const SVG = 'http://www.w3.org/2000/svg';
const dirty = new Set<AnyComponent>();
/** What was drawn here. Others may put things of theirs between; those stay where they are. */
const ours = new WeakSet<Node>();
/** What is called once all is drawn. */
let done: (() => void)[] = [];

/** Draws into an element that belongs to nobody else, and again whenever it is called. */
export function render(child: Child, into: Element & { drawn?: (VNode | undefined)[] }): void {
  into.drawn = patchAll(into, into.drawn ?? [], [child], null);
  finish();
}

function finish(): void {
  const calls = done;
  done = [];
  calls.forEach((call) => call());
}

function flush(): void {
  const components = [...dirty];
  dirty.clear();
  for (const component of components) {
    const { node } = component;
    const { dom } = node;
    if (dom?.parentNode) update(dom.parentNode, node, node.props, dom.nextSibling);
  }
  finish();
}

/** Makes old children into new ones, in the parent before `end`. Returns the new ones. */
function patchAll(parent: Node, old: (VNode | undefined)[], children: Child[], end: Node | null): (VNode | undefined)[] {
  const next = children.map(toNode);
  const left = old.slice();
  let places: Map<unknown, number> | undefined;
  const before = next.map((node, i) => {
    if (!node) return undefined;
    // Most are where they were.
    if (node.key != null && left[i]?.key !== node.key) i = (places ??= new Map(old.map((other, at) => [other?.key, at]))).get(node.key) ?? -1;
    const found = left[i];
    if (found?.type !== node.type || found?.key !== node.key) return undefined;
    left[i] = undefined;
    return found;
  });
  // First what goes, so that nothing has to move around it.
  left.forEach(remove);
  for (let i = next.length - 1; i >= 0; i--) {
    const node = next[i];
    if (!node) continue;
    patch(parent, before[i], node, end);
    end = first(node) ?? end;
  }
  return next;
}

const toNode = (child: Child): VNode | undefined =>
  child == null || typeof child === 'boolean' ? undefined : Array.isArray(child) ? h(Fragment, null, ...child) : typeof child === 'object' ? child : { type: null, props: { text: `${child}` }, key: undefined, kids: [] };

function patch(parent: Node, old: VNode | undefined, node: VNode, end: Node | null): void {
  const { type, props } = node;
  if (typeof type === 'function') {
    node.self = old?.self;
    node.kids = old?.kids ?? [];
    return update(parent, node, old?.props, end);
  }
  const dom = (node.dom = old?.dom ?? (type ? document.createElementNS(type === 'svg' ? SVG : ((parent as Element).namespaceURI ?? ''), type) : new Text()));
  if (type) {
    for (const name in props) setProp(dom as HTMLElement, name, props[name], old?.props[name]);
    for (const name in old?.props) if (!(name in props)) setProp(dom as HTMLElement, name, undefined, old?.props[name]);
    node.kids = patchAll(dom, old?.kids ?? [], props.children as Child[], null);
    const { ref } = props;
    if (typeof ref === 'function') done.push(() => ref(dom));
    else if (ref) (ref as Ref<Node>).current = dom;
  } else if ((dom as Text).data !== props.text) (dom as Text).data = props.text as string;
  let after = dom.nextSibling;
  while (after && after !== end && !ours.has(after)) after = after.nextSibling;
  if (dom.parentNode !== parent || after !== end) parent.insertBefore(dom, end);
  if (!old) ours.add(dom);
}

/** Draws a component. One that fails draws nothing: what is wrong with one message is not to take the chat away. */
function update(parent: Node, node: VNode, previous: object | undefined, end: Node | null): void {
  const { type, props } = node;
  let child: Child;
  try {
    if ((type as { prototype?: object }).prototype instanceof Component) {
      const isNew = !node.self;
      const self = (node.self ??= new (type as new () => AnyComponent)());
      self.props = props as never;
      self.node = node;
      child = self.render();
      done.push(() => (isNew ? self.componentDidMount() : self.componentDidUpdate(previous as never)));
    } else child = (type as FunctionComponent<object>)(props);
  } catch (error) {
    reportError(error);
  }
  node.kids = patchAll(parent, node.kids, Array.isArray(child) ? child : [child], end);
  node.dom = first(node.kids[0]);
}

/** The first thing in the document that a node has drawn. */
function first(node: VNode | undefined): Node | undefined {
  if (typeof node?.type !== 'function') return node?.dom;
  for (const kid of node.kids) {
    const dom = first(kid);
    if (dom) return dom;
  }
  return undefined;
}

function remove(node: VNode | undefined): void {
  if (!node) return;
  forget(node);
  const clear = ({ type, dom, kids }: VNode): void => (typeof type === 'function' ? kids.forEach((kid) => kid && clear(kid)) : (dom as ChildNode).remove());
  clear(node);
}

/** Nothing of what is gone is drawn again or referred to. */
function forget({ props: { ref }, self, kids }: VNode): void {
  if (ref && typeof ref === 'object') (ref as Ref<Node>).current = null;
  if (self) dirty.delete(self);
  kids.forEach((kid) => kid && forget(kid));
}

function setProp(element: HTMLElement, name: string, value: unknown, old: unknown): void {
  if (name === 'children' || name === 'ref' || name === 'key') return;
  if (name === 'value') {
    // The caret stays where it is.
    const input = element as HTMLInputElement;
    if (input.value !== value) input.value = (value ?? '') as string;
  } else if (value === old) return;
  else if (name === 'style') {
    const style = element.style as unknown as Record<string, unknown>;
    for (const key in { ...(old as object), ...(value as object) }) style[key] = (value as Record<string, unknown> | undefined)?.[key] ?? '';
  } else if (name.startsWith('on')) (element as unknown as Record<string, unknown>)[name.toLowerCase()] = value;
  else if (value == null || (value === false && name[4] !== '-')) element.removeAttribute(name);
  else element.setAttribute(name, value === true ? '' : `${value as string}`);
}

type Handler<E, T> = ((event: T & { currentTarget: E }) => unknown) | undefined;

/** What an element can be given: attributes by their names, handlers, and a style of properties. */
type Props<E> = { key?: unknown; ref?: Ref<E> | ((element: E) => void); style?: Record<string, string | undefined>; children?: Child; class?: string | undefined } & {
  [K in keyof GlobalEventHandlersEventMap as `on${Capitalize<K>}`]?: Handler<E, GlobalEventHandlersEventMap[K]>;
} & { onKeyDown?: Handler<E, KeyboardEvent>; onPointerDown?: Handler<E, PointerEvent>; onPointerEnter?: Handler<E, PointerEvent>; onDragOver?: Handler<E, DragEvent> } & {
  [name in `aria-${string}` | `data-${string}`]?: string | number | boolean | undefined;
} & { [attribute: string]: unknown };

// eslint-disable-next-line @typescript-eslint/no-namespace -- where TypeScript looks for the types of JSX
export namespace h {
  export namespace JSX {
    export type Element = VNode;
    export type ElementType = string | FunctionComponent<never> | (new () => AnyComponent);
    export interface ElementChildrenAttribute {
      children: unknown;
    }
    export interface ElementAttributesProperty {
      props: unknown;
    }
    export interface IntrinsicAttributes {
      key?: unknown;
    }
    export type IntrinsicElements = { [K in keyof HTMLElementTagNameMap]: Props<HTMLElementTagNameMap[K]> };
  }
}
