// What a browser has and this Node or jsdom has not.
import { WebSocket } from 'ws';

/** The ws package throws an error event that nobody listens to; a browser does not. */
class BrowserSocket extends WebSocket {
  constructor(url: string | URL) {
    super(url);
    this.on('error', () => {});
  }
}

globalThis.WebSocket ??= BrowserSocket as unknown as typeof globalThis.WebSocket;
URL.canParse ??= (url) => {
  try {
    return !!new URL(url);
  } catch {
    return false;
  }
};

// jsdom has neither sheets that are made, nor dialogs, nor anything that is laid out.
if (typeof document !== 'undefined') {
  CSSStyleSheet.prototype.replaceSync ??= () => {};
  document.adoptedStyleSheets ??= [];
  HTMLDialogElement.prototype.showModal ??= function () {
    this.open = true;
  };
  if (!Object.hasOwn(HTMLDialogElement.prototype, 'close'))
    HTMLDialogElement.prototype.close = function () {
      this.open = false;
      this.dispatchEvent(new Event('close'));
    };
  globalThis.ResizeObserver ??= class {
    observe() {}
    unobserve() {}
    disconnect() {}
  };
  globalThis.matchMedia ??= () => ({ matches: false }) as MediaQueryList;
  Element.prototype.scrollTo ??= () => {};
  Element.prototype.scrollBy ??= () => {};
}
