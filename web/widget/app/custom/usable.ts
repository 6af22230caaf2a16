// Whether the bot's own code has left the chat to its visitor, and how what hides it is lifted.

/** What must be seen; the last one where it is drawn. */
const NEEDED = ['.list', 'footer', 'footer > form textarea'];
/** What we lay over the chat ourselves. */
const OURS = 'dialog, .menu, .emoji, .note';
/** A frame lower than this, behind the keyboard of a phone, has no room to judge by. */
const LOW = 120;
/** Layers that are taken off a part at most. */
const MAX_LAYERS = 20;

/** The parts that are needed now; one that is gone is undefined. */
function needed(): (HTMLElement | null | undefined)[] {
  const parts = NEEDED.map((name, i) => document.querySelector<HTMLElement>(name) ?? (i < 2 ? undefined : null));
  // Who is kept out has only the talk, and why over it.
  return document.querySelector('.banner ~ footer[hidden]') ? parts.slice(0, 1) : parts;
}

/** The element and all that it is in. */
function* above(element: HTMLElement): Generator<HTMLElement> {
  for (let at: HTMLElement | null = element; at; at = at.parentElement) yield at;
}

/** What is hit where the middle of an element is; undefined where that is out of sight. */
function hit(element: HTMLElement): Element | null | undefined {
  const { left, top, width, height } = element.getBoundingClientRect();
  const [x, y] = [left + width / 2, top + height / 2];
  return width < 40 || height < 20 || x < 0 || y < 0 || x > innerWidth || y > innerHeight ? undefined : document.elementFromPoint(x, y);
}

function isSeen(element: HTMLElement): boolean {
  const at = hit(element);
  if (at === undefined || getComputedStyle(element).visibility !== 'visible') return false;
  let opacity = 1;
  for (const part of above(element)) opacity *= Number(getComputedStyle(part).opacity || 1);
  // Nothing is hit in a frame that the browser does not draw at the moment.
  return opacity >= 0.1 && (!at || (element.closest('main') ?? element).contains(at) || !!at.closest(OURS));
}

/** Whether the talk and the place to write in can be seen and reached, as far as that can be told. */
export const isUsable = (): boolean => innerHeight < LOW || needed().every((part) => part === null || (!!part && isSeen(part)));

/** Undoes what a script may have done to our own elements, and takes off what it has laid over them. */
export function uncover(): void {
  for (const part of needed()) {
    if (!part) continue;
    for (const element of above(part)) {
      element.removeAttribute('inert');
      element.removeAttribute('hidden');
      // Colours of ours are custom properties, and the field has its height from what is written.
      for (const name of Array.from(element.style)) if (!/^--|^height$/.test(name)) element.style.removeProperty(name);
    }
    for (let layers = 0; layers < MAX_LAYERS && !isSeen(part); layers++) {
      const over = hit(part);
      const layer = over && [...above(over as HTMLElement)].findLast((element) => !element.contains(part));
      if (!layer || layer.matches('header, .banner, main, footer')) break;
      layer.remove();
    }
  }
}
