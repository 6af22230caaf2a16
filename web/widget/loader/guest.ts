// What only some pages need of a widget: a number in the title, a place in a modal dialog or in a container, and a
// way out where frames are forbidden.
import css from './guest.css';
import { intoDialog } from './dialog.ts';
import { addSheet } from './dom.ts';
import { give } from './parts.ts';
import { countInTitle } from './title.ts';

/** Makes the widget as large as its container, which has its height from the page, or a usual one. */
function fill(host: HTMLElement, signal: AbortSignal): void {
  const container = host.parentElement!;
  host.setAttribute('inline', '');
  // One in a tab that is not shown yet has no size.
  const watch = new ResizeObserver(() => {
    if (!container.getClientRects().length) return;
    watch.disconnect();
    const { paddingTop, paddingBottom } = getComputedStyle(container);
    const room = container.clientHeight - parseFloat(paddingTop) - parseFloat(paddingBottom);
    // A height of 100 % is none in a container that has only a min-height.
    if (host.offsetHeight < (room || 1)) host.style.setProperty('--m', (room || 480) + 'px');
  });
  watch.observe(container);
  signal.addEventListener('abort', () => watch.disconnect());
}

/** What takes the chat away again sooner is not given another one. */
const AGAIN_MS = 60_000;

give<'guest'>((it) => {
  const { bot, box, button, host, signal } = it;
  let until = 0;
  signal.addEventListener('abort', () => countInTitle(bot, 0));
  return {
    title: (count) => countInTitle(bot, count),
    dialog: (reloads) => intoDialog(host, signal, reloads),
    settle(frame) {
      addSheet(host.shadowRoot!, css);
      // There as a link, while there was no panel.
      button.remove();
      box.append(frame);
      if (it.shape === 'inline') fill(host, signal);
    },
    bringBack(frame) {
      if (Date.now() < until) return false;
      until = Date.now() + AGAIN_MS;
      const message = 'the chat was led to another page, and is brought back without the script';
      console.error('[kw] custom code:', message);
      it.fire('error', { code: 'custom_code', message });
      // Taken out and put in again, it leaves nothing in the history that one would come back to.
      frame.remove();
      if (!frame.src.endsWith('&lame=1')) frame.src += '&lame=1';
      box.append(frame);
      return true;
    },
    leave(frame) {
      frame.remove();
      host.removeAttribute('inline');
      box.classList.remove('open');
      const reason = { code: 'frame_blocked', message: "the page's policy, or something between, keeps the chat's frame away" };
      if (it.shape === 'widget' && it.look('widgetButton.type') === 'multi') {
        // The messengers are as good as before.
        box.dataset.left = '';
        button.setAttribute('aria-controls', 'm');
        button.setAttribute('aria-expanded', 'false');
        return it.fire('error', reason);
      }
      for (const name of ['expanded', 'haspopup', 'controls']) button.removeAttribute('aria-' + name);
      it.block(reason);
    },
  };
});
