// What the chunks draw, inside of what the app draws.
import { h } from '../dom.ts';
import { lazy, loaded, type Chunks } from '../lazy.ts';
import { view } from './context.ts';

/** Drawn once for each message or form, not at every change of the state. */
const drawn: Record<string, WeakMap<object, [Node, unknown]>> = {};

/** What a chunk draws of something, again only when `how` has changed; undefined until the chunk is there. */
export function byChunk<K extends keyof Chunks>(name: K, of: object, draw: (chunk: Chunks[K]) => Node, how?: unknown) {
  const chunk = loaded(name);
  if (!chunk) {
    lazy(name).then(view.redraw, () => {});
    return undefined;
  }
  const known = (drawn[name] ??= new WeakMap());
  let pair = known.get(of);
  if (pair?.[1] !== how || !pair) known.set(of, (pair = [draw(chunk), how]));
  const [node] = pair;
  return <div key={name} ref={(element) => void (element?.firstChild !== node && element?.replaceChildren(node))} />;
}
