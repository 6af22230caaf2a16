// Where the list stands: at the bottom, where it stays when something comes, or anywhere else, where
// nothing may move under the reader's eyes.
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

/** Nearer to an edge than this counts as being there. */
const NEAR = 60;

/** What the list knows of its content, to tell older rows from newer ones. */
export interface Content {
  first: string;
  last: string;
  /** Rows of others after which the reader may have to be told. */
  incoming: number;
  /** The last row is the visitor's own: showing it is what they want. */
  own: boolean;
}

/** Keeps the list in its place; `missed` counts what came while the reader was elsewhere. */
export function useStick(content: Content, older: () => void) {
  const list = useRef<HTMLDivElement>(null);
  const [missed, setMissed] = useState(0);
  const [away, setAway] = useState(false);
  const at = useRef({ bottom: true, height: 0, content });

  const toBottom = (smooth: boolean) => {
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    list.current?.scrollTo({ top: list.current.scrollHeight, behavior: smooth && !calm ? 'smooth' : 'instant' });
  };

  useLayoutEffect(() => {
    const element = list.current;
    if (!element) return;
    const { bottom, height, content: before } = at.current;
    const added = content.last !== before.last;
    if (bottom || (added && content.own)) toBottom(false);
    else if (content.first !== before.first) element.scrollTop += element.scrollHeight - height;
    if (added && !bottom && !content.own) setMissed((n) => n + Math.max(0, content.incoming - before.incoming));
    at.current = { ...at.current, height: element.scrollHeight, content };
  }, [content.first, content.last]);

  // Pictures, a growing composer and a phone's keyboard change heights without a new row.
  useLayoutEffect(() => {
    const element = list.current;
    if (!element) return;
    const observer = new ResizeObserver(() => {
      if (at.current.bottom) toBottom(false);
      at.current.height = element.scrollHeight;
    });
    observer.observe(element);
    if (element.firstElementChild) observer.observe(element.firstElementChild);
    return () => observer.disconnect();
  }, []);

  const onScroll = () => {
    const { scrollTop, scrollHeight, clientHeight } = list.current!;
    const bottom = scrollHeight - scrollTop - clientHeight < NEAR;
    at.current.bottom = bottom;
    setAway(scrollHeight - scrollTop - clientHeight > 240);
    if (bottom) setMissed(0);
    if (scrollTop < NEAR * 2) older();
  };

  return { list, missed, away, onScroll, toBottom };
}
