// Loads the widget into a page, once, and commands it.
import type { Colors, Identity, WidgetEvent, WidgetHandler, WidgetOptions } from './options.js';

/** A URL, or what a Trusted Types policy of the page's has made of one. */
export type ScriptSource = string | { toString(): string };

export interface LoadOptions extends WidgetOptions {
  /** Where the loader is: https://chat.example.com/widget/v2/kw.js */
  src: ScriptSource;
}

/** A widget of the page. Every command may be given at once; it waits for what it needs. */
export interface WidgetHandle {
  /** Returns what takes the handler away again. */
  on<E extends WidgetEvent>(event: E, handler: WidgetHandler<E>): () => void;
  off<E extends WidgetEvent>(event: E, handler: WidgetHandler<E>): void;
  open(): void;
  close(): void;
  show(): void;
  hide(): void;
  /** Sends a message as the visitor. */
  send(text: string): void;
  /** Goes on at an entry point of the scenario. */
  jump(alias: string): void;
  /** The chat's heading. */
  setTitle(title?: string, subtitle?: string): void;
  identify(who: Identity): void;
  logout(): void;
  setParams(params: Record<string, unknown>): void;
  setColors(colors: Colors): void;
  /** Takes the widget and the handlers of this handle away. */
  destroy(): void;
}

type Call = ((...args: unknown[]) => void) & { q?: unknown[][] };
type Page = { kw?: Call; __kw?: unknown; KwizbotWidget?: string };

const page = () => window as unknown as Page;

/** Calls the loader, or keeps it for the loader, in the order of the calls. */
function call(...args: unknown[]): void {
  const stub: Call = (...kept) => void (stub.q ??= []).push(kept);
  (page().kw ??= stub)(...args);
}

let adding: HTMLScriptElement | undefined;
const failed = new Set<(why: { code: string; message: string }) => void>();

function addScript(src: ScriptSource, nonce: string | undefined): void {
  if (page().__kw || adding?.isConnected) return;
  const script = document.createElement('script');
  script.async = true;
  if (nonce) script.nonce = nonce;
  script.onerror = () => {
    script.remove();
    for (const tell of failed) tell({ code: 'unavailable', message: `${src} cannot be loaded` });
  };
  script.src = src as string;
  adding = script;
  document.head.append(script);
}

/** Puts the widget on the page. In a browser only: frameworks call it after they have drawn. */
export function load({ src, ...options }: LoadOptions): WidgetHandle {
  const bot = String(options.bot_id ?? 1);
  const mine: [WidgetEvent, unknown][] = [];
  const command = (name: string, payload?: unknown) => call('event', name, payload, bot);
  const heard = new Set<WidgetHandler<'error'>>();
  const fail = (why: { code: string; message: string }) => heard.forEach((handler) => handler({ ...why, bot_id: bot }));

  page().KwizbotWidget ??= 'kw';
  failed.add(fail);
  call('init', options);
  addScript(src, options.csp_nonce);

  const handle: WidgetHandle = {
    on(event, handler) {
      mine.push([event, handler]);
      if (event === 'error') heard.add(handler as WidgetHandler<'error'>);
      call('on', event, handler, bot);
      return () => handle.off(event, handler);
    },
    off(event, handler) {
      heard.delete(handler as WidgetHandler<'error'>);
      call('off', event, handler);
    },
    open: () => command('openchat', 1),
    close: () => command('openchat', 0),
    show: () => command('show'),
    hide: () => command('hide'),
    send: (text) => command('send', { text }),
    jump: (alias) => command('emitevent', { event: 'alias', alias }),
    setTitle: (title, subtitle) => command('command', { title, subtitle }),
    identify: (who) => command('identify', who),
    logout: () => command('logout'),
    setParams: (params_from_site) => command('kwsetparamsfromsite', { params_from_site }),
    setColors: (colors) => command('kwcolor', colors),
    destroy() {
      failed.delete(fail);
      for (const [event, handler] of mine.splice(0)) call('off', event, handler);
      command('destroy');
    },
  };
  return handle;
}
