// On phones the panel covers the page. The page behind does not scroll, and the panel follows what the
// keyboard leaves to see.
import { addSheet } from './dom.ts';

/** Returns what begins and ends it. */
export function makeFullScreen(box: HTMLElement, signal: AbortSignal): (on: boolean) => void {
  const view = window.visualViewport;
  const small = matchMedia('(max-width: 480px)');
  let isOn = false;
  let sheet: CSSStyleSheet | undefined;

  const fit = () => {
    if (isOn && small.matches) {
      box.style.setProperty('--t', (view?.offsetTop ?? 0) + 'px');
      box.style.setProperty('--h', (view?.height ?? innerHeight) + 'px');
      // A sheet of ours beside the page's: its own styles are left alone, and it is gone without a trace.
      sheet ??= addSheet(document, 'html{overflow:hidden!important;scrollbar-gutter:stable}');
    } else if (sheet) {
      document.adoptedStyleSheets = document.adoptedStyleSheets.filter((one) => one !== sheet);
      sheet = undefined;
    }
  };
  for (const event of ['resize', 'scroll']) view?.addEventListener(event, fit, { signal });
  small.addEventListener('change', fit, { signal });
  return (on) => {
    isOn = on;
    fit();
  };
}
