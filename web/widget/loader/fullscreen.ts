// On phones the panel covers the page. The page behind does not scroll, and the panel follows what the
// keyboard leaves to see.
import { addSheet } from './dom.ts';

/** Returns what begins and ends it. */
export function makeFullScreen(box: HTMLElement): (on: boolean) => void {
  const view = window.visualViewport;
  let lock: AbortController | undefined;

  const fit = () => {
    box.style.setProperty('--t', view!.offsetTop + 'px');
    box.style.setProperty('--h', view!.height + 'px');
  };
  return (on) => {
    lock?.abort();
    lock = undefined;
    if (!on) return;
    lock = new AbortController();
    const { signal } = lock;
    // A sheet of ours beside the page's: its own styles are left alone, and it is gone without a trace.
    // A border keeps the room of a scrollbar that takes some, so that nothing moves behind.
    const sheet = addSheet(document, `@media(max-width:480px){html{overflow:hidden!important;scrollbar-gutter:auto!important;border-right:${innerWidth - document.documentElement.clientWidth}px solid #0000!important}}`);
    signal.onabort = () => (document.adoptedStyleSheets = document.adoptedStyleSheets.filter((one) => one !== sheet));
    if (!view) return;
    fit();
    for (const event of ['resize', 'scroll']) view.addEventListener(event, fit, { signal });
  };
}
