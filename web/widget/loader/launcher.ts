// The launcher, in an open shadow root on an element of its own. Nothing here may depend on the page's
// styles or be allowed only by a lax Content-Security-Policy: no innerHTML, no style element, no style
// attribute, only constructed sheets and the CSSOM.
import css from './launcher.css';
import { icon } from './icon.ts';
import type { Launcher } from './parts.ts';

/** On 28 by 28, as are the icons that come with the settings: see icons.json. */
const BUBBLE = 'M4 4h20v15H11l-7 6z';

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
  const text = { ['button']: title || look('title'), multi: title }[type as 'multi'];
  const picture = icon(look('icon') ?? BUBBLE);
  button.className = 'l';
  button.append(picture, text ?? '');
  button.setAttribute('aria-expanded', 'false');
  button.setAttribute('aria-haspopup', type === 'multi' ? 'menu' : 'dialog');
  button.setAttribute('aria-label', text || look('words.open'));
  if (type === 'avatar') {
    const image = new Image();
    // Where there is none, or the page's policy forbids it, the icon is there.
    image.onerror = () => image.replaceWith(picture);
    image.alt = '';
    image.src = look('avatar_url') ?? '';
    picture.replaceWith(image);
  }
  box.className = ['w', shape, look('widgetButton.position.x'), look('widgetButton.position.y')].join(' ');
  const offset = parseFloat(look('widgetButton.position.offset'));
  box.style.setProperty('--o', (offset >= 0 ? offset : 25) + 'px');
  host.style.setProperty('--kw-z-index', look('z_index') ?? '');
  it.host = host;
  it.box = box;
  it.button = button;
  paint(it);
  if (shape === 'widget') box.append(button);
}

/** Gives the launcher the colours that are said now. A browser leaves out what is none. */
export function paint({ button: { style }, layers }: Launcher): void {
  for (const group of ['header', 'launcher'])
    for (const { colors } of layers) {
      const { bg, text } = colors?.[group] ?? {};
      // What could load something is not for a launcher. The gateway has its own, stricter rules for settings.
      if (bg && !/url|image|src|\\/i.test(bg)) {
        style.background = bg;
        // That was for the background before.
        style.color = '';
      }
      if (text) style.color = text;
    }
  // For the sheet, which writes in black or white on it.
  style.setProperty('--b', style.background);
}
