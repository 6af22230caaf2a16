// A page for the real loader: what a browser does with the scripts that it adds, and what jsdom has not.
import { vi } from 'vitest';
import type { Callbacks, Refusal } from '../loader/parts.ts';

type Kw = ((...args: any[]) => void) & { q?: unknown[] };
export type Page = { kw: Kw; kw_event: (name: string, payload?: unknown, bot?: string | number) => void; __kw?: Callbacks };

export const page = window as unknown as Page;
export const CHAT = 'https://chat.example.com';

/** What the server answers, by path; a missing settings script or part cannot be loaded. */
export interface Server {
  settings: Record<string, object | { refused: Refusal }>;
  parts: Record<string, (() => Promise<unknown>) | undefined>;
  /** Paths that were asked for. */
  asked: string[];
}

/** Makes the page new, with the loader's element on it at a path, and a server behind. */
export function newPage(path = '/widget/v2/kw.js'): Server {
  vi.stubGlobal('HASH', 'hash');
  vi.stubGlobal('CSSStyleSheet', class { replaceSync() {} });
  vi.stubGlobal('matchMedia', () => Object.assign(new EventTarget(), { matches: false }));
  vi.stubGlobal('innerWidth', 1024);
  Object.assign(document, { adoptedStyleSheets: [] });
  delete page.__kw;
  document.head.innerHTML = `<script src="${CHAT}${path}"></script>`;
  document.body.replaceWith(document.createElement('body'));
  document.title = 'Shop';
  localStorage.clear();
  sessionStorage.clear();
  const server: Server = {
    settings: { 1: {} },
    parts: { kw: () => import('../loader/kw.ts'), panel: () => import('../loader/panel.ts'), preview: () => import('../loader/preview.ts'), guest: () => import('../loader/guest.ts'), rules: () => import('../loader/rules.ts'), channels: () => import('../loader/channels.ts'), check: () => import('../loader/check.ts') },
    asked: [],
  };
  running(document.head.querySelector('script'));
  vi.spyOn(document.head, 'append').mockImplementation(function (this: HTMLElement, ...nodes) {
    HTMLElement.prototype.append.apply(this, nodes);
    for (const node of nodes) if (node instanceof HTMLScriptElement) void serve(server, node);
  });
  return server;
}

const running = (script: HTMLScriptElement | null) => Object.defineProperty(document, 'currentScript', { value: script, configurable: true });

/** One script runs at a time, as in a browser. */
let busy: Promise<unknown> = Promise.resolve();

function serve(server: Server, script: HTMLScriptElement): Promise<unknown> {
  const url = new URL(script.src);
  server.asked.push(url.pathname);
  return (busy = busy.then(async () => {
    const bot = /settings\/(.*)\.js$/.exec(url.pathname)?.[1];
    const answer = bot && server.settings[bot];
    const part = server.parts[/(\w+)(?:-hash)?\.js$/.exec(url.pathname)?.[1] ?? ''];
    if (!answer && !part) return script.onerror?.('');
    if (part) vi.resetModules();
    running(script);
    if (!answer) await part!();
    else if ('refused' in answer) page.__kw!.refused(bot!, answer.refused as Refusal);
    else page.__kw!.settings(bot!, answer);
    running(null);
    script.onload?.(new Event('load'));
  }));
}

/** Waits until every script that was asked for has run, and what follows from it. */
export async function settled(): Promise<void> {
  for (let before; before !== busy; ) {
    before = busy;
    await busy;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Runs the loader on a page whose embed code has queued these calls. */
export async function load(...calls: unknown[][]): Promise<void> {
  page.kw = Object.assign(() => {}, { q: calls });
  delete (page as Partial<Page>).kw_event;
  vi.resetModules();
  await import('../loader/kw.ts');
  await settled();
}

export const widgets = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>('kw-widget')];
export const inside = (at = 0): ShadowRoot => widgets()[at]!.shadowRoot!;
export const frames = (): HTMLIFrameElement[] => widgets().flatMap((widget) => [...widget.shadowRoot!.querySelectorAll('iframe')]);

/** jsdom gives a frame in a shadow tree no window: here it is one that can be told something. */
const windows = new WeakMap<HTMLIFrameElement, { postMessage(message: unknown): void }>();
Object.defineProperty(HTMLIFrameElement.prototype, 'contentWindow', {
  configurable: true,
  get(this: HTMLIFrameElement) {
    if (!this.isConnected) return null;
    if (!windows.has(this)) windows.set(this, { postMessage() {} });
    return windows.get(this);
  },
});

/** What the frame is told, from now on. */
export function hearFrame(at = 0): any[] {
  const heard: unknown[] = [];
  vi.spyOn(frames()[at]!.contentWindow!, 'postMessage').mockImplementation(((message: unknown) => heard.push(message)) as never);
  return heard;
}

/** The frame says something. */
export const frameSays = (message: object, at = 0, origin = CHAT): boolean =>
  window.dispatchEvent(Object.assign(new Event('message'), { data: { kw: 1, ...message }, origin, source: frames()[at]!.contentWindow }));
