// The bot's own CSS, HTML and JavaScript, in this frame only. Whatever they do, the chat goes on: what fails is left
// out and said once, to the console and to the page.
import css from './custom.css';
import { adopt, make } from '../extras/dom.ts';
import { lameIn, failedIn } from './failures.ts';
import type { View } from '../view/context.ts';
import type { Options } from '../../wire/options.ts';

/** Larger HTML is none that belongs into a chat. */
const MAX_HTML = 262_144;
const GIVE_UP_MS = 10_000;
/** After so long the chat must be there to be seen. */
const LOOK_MS = 2_000;

let isStarted = false;

/** Loads what the bot's settings name; once. */
export function start(view: View): void {
  const { version = '', ...parts }: Partial<NonNullable<Options['custom_code']>> = view.options.custom_code ?? {};
  const bot = new URLSearchParams(location.search).get('bot-id') ?? '';
  if (isStarted || !version || !bot) return;
  isStarted = true;
  adopt(css);
  const address = (ending: string) => new URL(`../custom/${encodeURIComponent(bot)}.${ending}?v=${encodeURIComponent(String(version))}`, location.href).href;
  let isTold = false;
  const report = (message: string, error?: unknown) => {
    if (isTold) return;
    isTold = true;
    console.error('[kw] custom code:', message, error ?? '');
    view.event('error', { code: 'custom_code', message });
  };
  const drawn: Element[] = [];
  if (parts.css) drawn.push(loadCss(address('css'), report));
  if (parts.html) {
    const region = document.createElement('kw-custom');
    drawn.push(region);
    void loadHtml(address('html'), region, report);
  }
  if (parts.js) loadJs(address('js'), `${bot}:${String(version)}`, report);
  const look = () => {
    // A frame that is not shown has no size; it is looked at once it is.
    if (!document.documentElement.clientHeight) return addEventListener('resize', () => setTimeout(look, LOOK_MS), { once: true });
    if (isUsable()) return;
    drawn.forEach((element) => element.remove());
    report('it hid the chat, and was taken away');
  };
  if (drawn[0] || parts.js) setTimeout(look, LOOK_MS);
}

function loadCss(href: string, report: (message: string) => void): Element {
  const link = Object.assign(make('link', ''), { rel: 'stylesheet', href, onerror: () => report('the CSS could not be loaded') });
  document.head.append(link);
  return link;
}

/** Between the header and the talk. What would run does not: scripts are left out, and the CSP forbids handlers. */
async function loadHtml(address: string, region: Element, report: (message: string) => void): Promise<void> {
  try {
    const response = await fetch(address, { credentials: 'omit', signal: AbortSignal.timeout(GIVE_UP_MS) });
    const html = response.ok ? await response.text() : undefined;
    if (html === undefined || html.length > MAX_HTML) throw new Error(String(response.status));
    const { body } = new DOMParser().parseFromString(html, 'text/html');
    body.querySelectorAll('script, base, meta, link').forEach((element) => element.remove());
    region.replaceChildren(...body.childNodes);
    document.querySelector('body > header')?.after(region);
  } catch {
    report('the HTML could not be loaded');
  }
}

/** A script that has thrown in three visits of this session is not run again in it. */
function loadJs(src: string, which: string, report: (message: string, error?: unknown) => void): void {
  if (lameIn(which)) return report('the script failed several times, and is left alone until the browser is opened again');
  let isCounted = false;
  const failed = (message: string, error?: unknown) => {
    if (!isCounted) failedIn(which);
    isCounted = true;
    report(message, error);
  };
  addEventListener('error', ({ filename, message, error }) => {
    if (filename === src) failed(message, error);
  });
  addEventListener('unhandledrejection', ({ reason }) => {
    if (String((reason as Error | undefined)?.stack ?? '').includes(src)) failed(String(reason), reason);
  });
  document.body.append(Object.assign(make('script', ''), { src, async: true, onerror: () => report('the script could not be loaded') }));
}

/** Whether the talk and the place to write in can be seen and reached. */
function isUsable(): boolean {
  return ['.list', 'footer'].every((name) => {
    const element = document.querySelector<HTMLElement>(name);
    if (!element) return false;
    if (element.hidden) return true; // by the chat itself
    const { left, top, width, height } = element.getBoundingClientRect();
    if (width < 40 || height < 20) return false;
    const { visibility, opacity } = getComputedStyle(element);
    if (visibility !== 'visible' || Number(opacity || 1) < 0.1) return false;
    const at = document.elementFromPoint(left + width / 2, top + height / 2);
    return !!at && (element.contains(at) || !!at.closest('dialog, .menu, .emoji'));
  });
}
