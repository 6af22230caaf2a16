// The launcher, its badge and the preview bubble, in an open shadow root on an element of its own.
// Nothing here may depend on the page's styles or be allowed only by a lax Content-Security-Policy:
// no innerHTML, no style element, no style attribute, only constructed sheets and the CSSOM.
import css from './launcher.css';
import { safeBackground } from '../wire/css.ts';
import { isRtl, type Options } from '../wire/options.ts';
import type { Preview } from '../wire/frame.ts';
import { words } from './strings.ts';

/** What the launcher asks for. */
export interface Wishes {
  /** The visitor came near: a good time to fetch the frame. */
  approach(): void;
  /** The visitor pressed the launcher or the preview, or Escape while it was open. */
  toggle(open: boolean): void;
}

/** The drawn launcher. */
export interface Launcher {
  host: HTMLElement;
  /** Puts the iframe into the panel's place. */
  attach(frame: HTMLIFrameElement): void;
  /** Applies colours, position, language and titles again. */
  update(options: Options): void;
  /** Draws open or closed and moves the focus. */
  show(open: boolean): void;
  /** Draws the badge and the bubble; 0 hides both. */
  unread(count: number, preview?: Preview): void;
}

const CHAT = 'M12 3.5c-5 0-9 3.400-9 7.700 0 2.500 1.300 4.700 3.400 6.100L6 20.500l3.700-1.900c.7.150 1.500.200 2.300.200 5 0 9-3.400 9-7.700S17 3.500 12 3.500Z';
const DOWN = 'm5.500 9 6.500 6.500L18.500 9';
const CROSS = 'm6 6 12 12M18 6 6 18';

/** Draws the launcher at the end of the body. */
export function drawLauncher(options: Options, wishes: Wishes): Launcher {
  const host = document.createElement('kw-widget');
  const root = host.attachShadow({ mode: 'open' });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets = [sheet];

  const make = <K extends keyof HTMLElementTagNameMap>(tag: K, name: string, ...children: (Node | string)[]) => {
    const element = document.createElement(tag);
    element.className = name;
    element.append(...children);
    return element;
  };
  const icon = (path: string) => {
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    const shape = document.createElementNS('http://www.w3.org/2000/svg', 'path');
    svg.setAttribute('viewBox', '0 0 24 24');
    svg.setAttribute('aria-hidden', 'true');
    shape.setAttribute('d', path);
    svg.append(shape);
    return svg;
  };

  const badge = make('span', 'n');
  const button = make('button', 'l', icon(CHAT), icon(DOWN), badge);
  const author = make('b', '');
  const text = make('span', '');
  const read = make('button', '', author, text);
  const dismiss = make('button', 'x', icon(CROSS));
  const bubble = make('div', 'p', read, dismiss);
  const box = make('div', 'w', bubble, button);
  let frame: HTMLIFrameElement | undefined;
  let isOpen = false;
  let count = 0;
  let current = options;
  badge.hidden = bubble.hidden = true;
  bubble.setAttribute('role', 'status');
  button.setAttribute('aria-haspopup', 'dialog');

  const label = () => {
    const t = words(current.language_code);
    button.ariaExpanded = String(isOpen);
    button.ariaLabel = (isOpen ? t.close : t.open) + (count ? ` (${t.unread}: ${count})` : '');
    dismiss.ariaLabel = t.dismiss;
    if (frame) frame.title = current.title || t.chat;
  };

  button.onclick = () => wishes.toggle(!isOpen);
  button.onpointerenter = button.onfocus = () => wishes.approach();
  read.onclick = () => wishes.toggle(true);
  dismiss.onclick = () => (bubble.hidden = true);
  box.onkeydown = (event) => {
    if (event.key === 'Escape' && isOpen) wishes.toggle(false);
  };

  // A phone's keyboard covers fixed elements: in full screen the panel follows what is left to see.
  const view = window.visualViewport;
  const fit = () => {
    box.style.setProperty('--t', `${view!.offsetTop}px`);
    box.style.setProperty('--h', `${view!.height}px`);
  };

  const launcher: Launcher = {
    host,
    attach(element) {
      frame = element;
      box.append(element);
      label();
    },
    update(next) {
      current = next;
      const { colors, position } = next;
      const side = { offset: 25, ...position };
      const bg = colors?.launcher?.bg ?? colors?.header?.bg;
      const fg = colors?.launcher?.text ?? colors?.header?.text;
      box.className = `w ${side.x} ${side.y}${isOpen ? ' open' : ''}`;
      box.dir = isRtl(next.language_code) ? 'rtl' : 'ltr';
      box.style.setProperty('--o', `${Math.min(Math.max(+side.offset || 0, 0), 200)}px`);
      box.style.setProperty('--b', safeBackground(bg) ? bg : 'linear-gradient(130deg,#734fe1,#b83cc8)');
      box.style.setProperty('--c', safeBackground(fg) ? fg : '#fff');
      label();
    },
    show(open) {
      isOpen = open;
      const focused = document.activeElement === host;
      box.classList.toggle('open', open);
      if (open) launcher.unread(0);
      label();
      if (view) {
        if (open) fit();
        view.onresize = view.onscroll = open ? fit : null;
      }
      if (open) frame?.focus();
      else if (focused) button.focus();
    },
    unread(next, preview) {
      count = next;
      badge.hidden = !next;
      badge.textContent = next > 99 ? '99+' : String(next);
      bubble.hidden = !next || !preview;
      author.textContent = preview?.author_name ?? '';
      text.textContent = preview?.text ?? '';
      label();
    },
  };
  launcher.update(options);
  document.body.append(host);
  return launcher;
}
