// The preview: a page of ours with the real widget, in a frame. What cannot be changed in a running widget is shown
// by a new frame, which takes the old one's place when it is drawn.
import type { Colors } from '../../wire/options.ts';
import { h } from './dom.ts';
import { received, type FromPreview, type Scene, type ToPreview } from './previewing.ts';

const PAGE = '/widget/v2/demo/preview.html';
/** How long a change waits for the next one. */
const SETTLE_MS = 250;
/** A frame that says nothing is shown all the same. */
const PATIENCE_MS = 5_000;

export interface Stage {
  /** Shows a scene: in the running widget if only colours or titles are others. */
  show(scene: Scene): void;
  reload(): void;
  /** A phone of 390 by 844, or all the space there is. */
  device(kind: 'desktop' | 'phone'): void;
}

/** Makes the preview in a box. `failed` is told why the widget is not there. */
export function makeStage(box: HTMLElement, title: string, failed: (message: string) => void): Stage {
  let scene: Scene | undefined;
  let now: HTMLIFrameElement | undefined;
  let next: HTMLIFrameElement | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let patience: ReturnType<typeof setTimeout> | undefined;
  let isOpen = false;

  const send = (frame: HTMLIFrameElement | undefined, message: ToPreview) => frame?.contentWindow?.postMessage(message, location.origin);

  const swap = () => {
    if (!next) return;
    clearTimeout(patience);
    now?.remove();
    next.classList.remove('next');
    next.inert = false;
    [now, next] = [next, undefined];
  };

  const load = () => {
    next?.remove();
    next = h('iframe', { src: PAGE, title, className: 'next', inert: true });
    box.append(next);
    clearTimeout(patience);
    patience = setTimeout(swap, PATIENCE_MS);
  };

  addEventListener('message', (event) => {
    const from = [next, now].find((frame) => frame && event.source === frame.contentWindow);
    const message = from && received<FromPreview>(event, from.contentWindow);
    if (!message) return;
    if (message.preview === 'hello' && scene) send(from, { preview: 'scene', scene: { ...scene, open: isOpen } });
    if (message.preview === 'open' && from === now) isOpen = message.open;
    if (message.preview === 'error') failed(message.message);
    if (message.preview === 'ready') failed('');
    if (from === next && (message.preview === 'ready' || message.preview === 'error')) swap();
  });

  const fit = () => {
    const { clientWidth, clientHeight } = box;
    const isPhone = box.classList.contains('phone');
    box.style.setProperty('--scale', String(isPhone ? Math.min(1, (clientHeight - 24) / 868, (clientWidth - 24) / 414) : 1));
  };
  new ResizeObserver(fit).observe(box);

  return {
    reload: load,
    device(kind) {
      box.classList.toggle('phone', kind === 'phone');
      fit();
    },
    show(wanted) {
      const before = scene;
      scene = wanted;
      if (!before || !now || next || timer || !isLive(before, wanted)) {
        clearTimeout(timer);
        timer = setTimeout(() => {
          timer = undefined;
          load();
        }, before ? SETTLE_MS : 0);
        return;
      }
      const { colors, title: heading = '', subtitle = '' } = wanted.settings as { colors?: Colors; title?: string; subtitle?: string };
      send(now, { preview: 'colors', colors: colors ?? {} });
      send(now, { preview: 'titles', title: heading, subtitle });
    },
  };
}

const rest = ({ settings: { colors: _colors, title: _title, subtitle: _subtitle, ...settings }, ...scene }: Scene) => JSON.stringify({ ...scene, settings });
const leaves = (colors: unknown) => Object.entries((colors ?? {}) as Colors).flatMap(([group, it]) => Object.keys(it).map((leaf) => `${group}.${leaf}`));

/** Whether a running widget can become another: colours and titles can be changed in it, but not taken away. */
function isLive(before: Scene, after: Scene): boolean {
  const has = new Set(leaves(after.settings.colors));
  return rest(before) === rest(after) && leaves(before.settings.colors).every((leaf) => has.has(leaf)) && ['title', 'subtitle'].every((key) => after.settings[key] || !before.settings[key]);
}
