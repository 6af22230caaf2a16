// A picture over everything, with the others of the conversation a swipe or an arrow away.
import css from './viewer.css';
import { OUTSIDE } from '../links.ts';
import type { View } from '../view/context.ts';
import { show } from './dialog.ts';
import { adopt, button, CLOSE, icon, make, OUT, set } from './dom.ts';

adopt(css);

const ZOOM = 'M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14Zm5 12 4 4M11 8v6m-3-3h6';
const PREVIOUS = 'm14 6-6 6 6 6';
const NEXT = 'm10 6 6 6-6 6';
/** A finger that goes farther than this turns to the next picture. */
const SWIPE = 50;

/** Shows the picture of a link that `drawPicture` has made. */
export function openViewer(from: HTMLAnchorElement, { more: t }: View): void {
  const all = Array.from(document.querySelectorAll<HTMLAnchorElement>('.frame a'));
  let at = Math.max(0, all.indexOf(from));
  const image = make('img', '');
  const count = set(make('span', 'count'), { role: 'status', dir: 'auto' });
  const original = set(Object.assign(make('a', 'round', icon(OUT)), OUTSIDE), { 'aria-label': t.original, title: t.original });
  const tool = (label: string, name: string, d: string, onclick: () => void) => set(button(`round ${name}`, onclick, icon(d)), { 'aria-label': label, title: label });
  const zoom = tool(t.zoom, '', ZOOM, () => enlarge(!dialog.classList.contains('large')));
  const enlarge = (on: boolean) => {
    dialog.classList.toggle('large', on);
    set(zoom, { 'aria-pressed': String(on) });
    stage.scrollTo((stage.scrollWidth - stage.clientWidth) / 2, (stage.scrollHeight - stage.clientHeight) / 2);
  };
  const turn = (by: number) => {
    at = (at + by + all.length) % all.length;
    const shown = all[at]!;
    const { src, alt } = shown.querySelector('img')!;
    Object.assign(image, { src, alt });
    original.href = shown.href;
    count.textContent = all[1] ? t.step.replace('{n}', String(at + 1)).replace('{max}', String(all.length)) : '';
    enlarge(false);
  };
  const stage = set(make('div', 'stage', image), { tabindex: 0, dir: 'ltr' });
  const isRtl = document.documentElement.dir === 'rtl';
  const dialog = make('dialog', 'viewer', make('div', 'bar', count, zoom, original, tool(t.closePicture, '', CLOSE, () => dialog.close())), stage);
  set(dialog, { 'aria-label': t.image });
  if (all[1]) {
    const [left, right] = isRtl ? [1, -1] : [-1, 1];
    dialog.append(tool(left < 0 ? t.previous : t.next, 'left', PREVIOUS, () => turn(left)), tool(right < 0 ? t.previous : t.next, 'right', NEXT, () => turn(right)));
    dialog.onkeydown = ({ key }) => {
      if (dialog.classList.contains('large')) return;
      if (key === 'ArrowLeft') turn(left);
      if (key === 'ArrowRight') turn(right);
    };
    let start: number | undefined;
    stage.onpointerdown = ({ clientX, pointerType }) => (start = pointerType === 'mouse' || dialog.classList.contains('large') ? undefined : clientX);
    stage.onpointerup = ({ clientX }) => {
      const moved = start === undefined ? 0 : clientX - start;
      if (Math.abs(moved) > SWIPE) turn(moved > 0 ? left : right);
      start = undefined;
    };
  }
  image.ondblclick = () => enlarge(!dialog.classList.contains('large'));
  stage.onclick = ({ target }) => {
    if (target === stage) dialog.close();
  };
  turn(0);
  show(dialog);
}
