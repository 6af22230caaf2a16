// The launcher, in an open shadow root on an element of its own. Nothing here may depend on the page's
// styles or be allowed only by a lax Content-Security-Policy: no innerHTML, no style element, no style
// attribute, only constructed sheets and the CSSOM.
import css from './launcher.css';
import { safeBackground } from '../wire/css.ts';
import { isRtl, language } from '../wire/options.ts';
import type { Launcher } from './parts.ts';

/** The button's name; the panel has the other words. */
const NAMES: Record<string, string> = { uk: 'Відкрити чат' };

/**
 * Draws the launcher at the end of the body. Returns it with a function that applies changed options.
 * `near` is called when the visitor comes near or presses; then `pressed` runs as soon as it can.
 */
export function drawLauncher(
  own: Omit<Launcher, 'host' | 'root' | 'box' | 'button'>,
  near: (run: () => void) => void,
  pressed: () => void,
): [Launcher, () => void] {
  const host = document.createElement('kw-widget');
  const root = host.attachShadow({ mode: 'open' });
  const box = document.createElement('div');
  const button = document.createElement('button');
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets = [sheet];
  root.append(box);
  box.append(button);
  button.ariaHasPopup = 'dialog';
  button.ariaExpanded = 'false';
  button.className = 'l';
  button.onpointerenter = button.onfocus = () => near(() => {});
  button.onclick = () => near(pressed);

  const draw = () => {
    const { colors, position: { x, y, offset = 25 } = {}, language_code } = own.options();
    const color = (property: string, value: unknown, fallback: string) => box.style.setProperty(property, safeBackground(value) ? value : fallback);
    box.classList.add('w', x === 'left' ? x : 'r', y === 'top' ? y : 'b');
    box.dir = isRtl(language_code) ? 'rtl' : 'ltr';
    button.ariaLabel ??= NAMES[language(language_code)] ?? 'Open chat';
    box.style.setProperty('--o', Math.min(Math.abs(offset) || 0, 200) + 'px');
    color('--b', colors?.launcher?.bg ?? colors?.header?.bg, 'linear-gradient(130deg,#6a45de,#a93bbd)');
    color('--c', colors?.launcher?.text ?? colors?.header?.text, '#fff');
  };
  draw();
  document.body.append(host);
  return [{ ...own, host, root, box, button }, draw];
}
