// The launcher, in an open shadow root on an element of its own. Nothing here may depend on the page's
// styles or be allowed only by a lax Content-Security-Policy: no innerHTML, no style element, no style
// attribute, only constructed sheets and the CSSOM.
import css from './launcher.css';
import { icon } from './icon.ts';
import type { Launcher } from './parts.ts';

const BUBBLE = 'M4 4h20v15H11l-7 6z';

/** Lines on 28 by 28, by the names that Material has for such icons. */
const ICONS: Record<string, string> = {
  chat: BUBBLE + 'M9 9h10M9 14h6',
  forum: 'M3 3h16v11H8l-5 4zM24 9v15l-5-4h-9',
  help: 'M9 9a5 5 0 1 1 8 4q-3 2-3 5m0 6v0',
  support_agent: 'M3 13a11 11 0 0 1 22 0v8h-4v-6M3 13v8h4v-6',
};

/** Draws the launcher, which is not in the page yet. */
export function drawLauncher(it: Launcher): void {
  const { look, shape } = it;
  const host = document.createElement('kw-widget');
  const root = host.attachShadow({ mode: 'open' });
  const box = document.createElement('div');
  const button = document.createElement('button');
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets = [sheet];
  root.append(box);
  const type = look('widgetButton.type');
  const title = look('multi_channel.button_title');
  const text = { button: title || look('title'), multi: title }[type as 'multi'];
  const picture = icon(ICONS[look('launcher.openIcon')] ?? BUBBLE);
  button.className = 'l';
  button.append(picture, text ?? '');
  for (const [name, value] of [
    ['label', text || look('words.open')],
    ['haspopup', type === 'multi' ? 'menu' : 'dialog'],
    ['expanded', 'false'],
  ])
    button.setAttribute('aria-' + name, value);
  if (type === 'avatar') {
    const image = new Image();
    // Where there is none, or the page's policy forbids it, the icon is there.
    image.onerror = () => image.replaceWith(picture);
    image.alt = '';
    image.src = look('avatar_url') ?? '';
    picture.replaceWith(image);
  }
  box.className = ['w', shape, look('widgetButton.position.x'), look('widgetButton.position.y')].join(' ');
  box.style.setProperty('--o', (look('widgetButton.position.offset') ?? 25) + 'px');
  host.style.setProperty('--kw-z-index', look('z_index') ?? '');
  Object.assign(it, { host, box, button });
  paint(it);
  if (shape === 'widget') box.append(button);
}

/** Gives the launcher the colours that are said now. A browser leaves out what is none. */
export function paint({ button: { style }, look }: Launcher): void {
  for (const group of ['header', 'launcher'])
    for (const [name, property] of [['bg', 'background'], ['text', 'color']] as const) {
      const value = look(`colors.${group}.${name}`);
      // What could load something is not for a launcher. The gateway has its own, stricter rules for settings.
      if (!/url|image|src|\\/i.test(value)) style[property] = value;
    }
}
