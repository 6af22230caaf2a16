// Where the list stands: at the bottom, where it stays when something comes, or anywhere else, where
// nothing may move under the reader's eyes.

/** Nearer to an edge than this counts as being there. */
const NEAR = 60;
/** Farther from the bottom than this a way back is offered. */
const FAR = 240;

/** What the list holds, to tell older rows from newer ones. */
export interface Content {
  first: string;
  last: string;
  /** Rows of others: what a reader elsewhere has to be told of. */
  incoming: number;
  /** The last row is the visitor's own: showing it is what they want. */
  own: boolean;
}

/** What can be scrolled; an element is one. */
export type Scrolled = Pick<Element, 'scrollTop' | 'scrollHeight' | 'clientHeight' | 'scrollTo'>;

/** Keeps a list in its place. */
export interface Stick {
  /** Came while the reader was elsewhere. */
  missed: number;
  /** Far from the bottom. */
  isAway: boolean;
  /** The rows have been drawn. */
  drawn(list: Scrolled, content: Content): void;
  /** Heights have changed without a new row: a picture, a growing composer, a phone's keyboard. */
  resized(list: Scrolled): void;
  /** The reader scrolled; says whether older rows are wanted. */
  scrolled(list: Scrolled): boolean;
  toBottom(list: Scrolled, smooth?: boolean): void;
}

/** A list at the bottom; `changed` is called when `missed` or `isAway` have changed. */
export function createStick(changed: () => void): Stick {
  let atBottom = true;
  let height = 0;
  let top = 0;
  let before: Content | undefined;

  const tell = (missed: number, isAway: boolean) => {
    if (missed === stick.missed && isAway === stick.isAway) return;
    stick.missed = missed;
    stick.isAway = isAway;
    changed();
  };

  const stick: Stick = {
    missed: 0,
    isAway: false,
    drawn(list, content) {
      const isNew = content.last !== before?.last;
      const came = content.incoming - (before?.incoming ?? 0);
      const isOlder = content.first !== before?.first;
      before = content;
      if (atBottom || (isNew && content.own)) stick.toBottom(list);
      else if (isOlder) list.scrollTop += list.scrollHeight - height;
      height = list.scrollHeight;
      if (!atBottom && isNew && !isOlder && came > 0) tell(stick.missed + came, stick.isAway);
    },
    resized(list) {
      if (atBottom) stick.toBottom(list);
      height = list.scrollHeight;
    },
    scrolled(list) {
      const below = list.scrollHeight - list.scrollTop - list.clientHeight;
      // What has grown meanwhile pushes nobody away: who goes, goes up.
      atBottom = below < NEAR || (atBottom && list.scrollTop >= top);
      top = list.scrollTop;
      tell(atBottom ? 0 : stick.missed, !atBottom && below > FAR);
      return list.scrollTop < 2 * NEAR;
    },
    toBottom(list, smooth) {
      atBottom = true;
      list.scrollTo({ top: list.scrollHeight, behavior: smooth && !matchMedia('(prefers-reduced-motion: reduce)').matches ? 'smooth' : 'instant' });
      top = list.scrollTop;
    },
  };
  return stick;
}
