// Loads the widget into a page, once, and commands it.
import type { Colors, Identity, WidgetEvent, WidgetHandler, WidgetOptions } from './options.js';

/** A URL, or what a Trusted Types policy of the page's has made of one. */
export type ScriptSource = string | { toString(): string };

export interface LoadOptions extends WidgetOptions {
  /** Where the loader is: https://chat.example.com/widget/v2/kw.js */
  src: ScriptSource;
}

/**
 * A widget of the page. Every command may be given at once; it waits for what it needs. Those for a widget that another
 * has replaced at its place, or that is destroyed, do nothing.
 */
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
  /** Takes the handlers of this handle away, and the widget; what another handle has at the place comes back. */
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

/** One handle's claim to a place. */
interface Claim {
  /** Two of the same are of one widget, as the loader has it. */
  who: string;
  options: WidgetOptions;
  fail(why: { code: string; message: string }): void;
}

/** By places, which are the loader's: a container, or a corner such as "right,bottom". The last one is on the page. */
const places = new Map<unknown, Claim[]>();

function addScript(src: ScriptSource, nonce: string | undefined): void {
  if (page().__kw || adding?.isConnected) return;
  const script = document.createElement('script');
  script.async = true;
  if (nonce) script.nonce = nonce;
  script.onerror = () => {
    script.remove();
    for (const claim of [...places.values()].flat()) claim.fail({ code: 'unavailable', message: `${src} cannot be loaded` });
  };
  script.src = src as string;
  adding = script;
  document.head.append(script);
}

/** Puts the widget on the page. In a browser only: frameworks call it after they have drawn. */
export function load({ src, ...options }: LoadOptions): WidgetHandle {
  const { bot_id = 1, user_id, user_token, language_code, container, widgetButton } = options;
  const { x, y } = widgetButton?.position ?? {};
  const bot = String(bot_id);
  const place = container ?? `${x ?? 'right'},${y ?? 'bottom'}`;
  const mine: { event: WidgetEvent; handler: unknown; hear: (detail: never) => void }[] = [];
  const claim: Claim = {
    who: [bot, user_id ?? user_token, language_code].join(),
    options,
    fail: (why) => mine.filter(({ event }) => event === 'error').forEach(({ handler }) => (handler as WidgetHandler<'error'>)({ ...why, bot_id: bot })),
  };
  const claims = places.get(place) ?? [];
  /** Whether what is on the page is this handle's. */
  const isThere = () => claims.includes(claim) && claims.at(-1)!.who === claim.who;
  const command = (name: string, payload?: unknown) => {
    if (isThere()) call('event', name, payload, place);
  };

  claims.push(claim);
  places.set(place, claims);
  page().KwizbotWidget ??= 'kw';
  call('init', options);
  addScript(src, options.csp_nonce);

  const handle: WidgetHandle = {
    on(event, handler) {
      // A function of its own, which goes alone: the same handler may be of other handles too.
      const hear: WidgetHandler<typeof event> = (detail) => {
        if (isThere() && detail.bot_id === bot) handler(detail);
      };
      mine.push({ event, handler, hear });
      call('on', event, hear, place);
      return () => handle.off(event, handler);
    },
    off(event, handler) {
      for (const one of mine.filter((one) => one.event === event && one.handler === handler)) {
        mine.splice(mine.indexOf(one), 1);
        call('off', event, one.hear);
      }
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
      for (const { event, hear } of mine.splice(0)) call('off', event, hear);
      const at = claims.indexOf(claim);
      if (at < 0) return;
      claims.splice(at, 1);
      const next = claims.at(-1);
      if (!next) {
        places.delete(place);
        call('event', 'destroy', undefined, place);
      } else if (at === claims.length) call('init', next.options);
    },
  };
  return handle;
}
