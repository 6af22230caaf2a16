// On phones the panel covers the page. The page behind does not scroll, and the panel follows what the
// keyboard leaves to see.
import { addSheet } from './dom.ts';

/** Phones, also held sideways. panel.css has the same. */
export const PHONE = '(max-width:480px),(max-height:480px)and (pointer:coarse)';

/** Returns what begins and ends it. */
export function makeFullScreen(box: HTMLElement, signal: AbortSignal): (on: boolean) => void {
  const view = window.visualViewport;
  let sheet: CSSStyleSheet | undefined;

  const fit = () => {
    box.style.setProperty('--t', view!.offsetTop + 'px');
    box.style.setProperty('--h', view!.height + 'px');
  };
  for (const event of ['resize', 'scroll']) view?.addEventListener(event, fit, { signal });
  return (on) => {
    // A sheet of ours beside the page's: its own styles are left alone, and it is gone without a trace.
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((one) => one !== sheet);
    if (!on) return;
    // A border keeps the room of a scrollbar that takes some, so that nothing moves behind.
    sheet = addSheet(document, `@media${PHONE}{html{overflow:hidden!important;scrollbar-gutter:auto!important;border-right:${innerWidth - document.documentElement.clientWidth}px solid #0000!important}}`);
    if (view) fit();
  };
}
