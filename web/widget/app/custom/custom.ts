// The bot's own CSS, HTML and JavaScript, in this frame only. Whatever they do, the chat goes on: what fails is left
// out and said once, to the console and to the page.
import css from './custom.css';
import { adopt, make } from '../extras/dom.ts';
import { lameIn, failedIn } from './failures.ts';
import { guard, type Part } from './guard.ts';
import { keepLinksOutside } from './outside.ts';
import type { View } from '../view/context.ts';
import type { Options } from '../../wire/options.ts';

/** Larger HTML is none that belongs into a chat. */
const MAX_HTML = 262_144;
const GIVE_UP_MS = 10_000;

/** So many starts of one frame within a minute are those of a script that loads it again and again. */
const MOST_STARTS = 4;
const STARTS_MS = 60_000;

type Report = (message: string, error?: unknown) => void;

let isStarted = false;

/**
 * Loads what the bot's settings name; once. `lame` in the frame's address: without the script, as it has taken the chat
 * away; with a value that is the loader's, and not counted yet.
 */
export function start(view: View, reload: () => void = () => location.reload()): void {
  const { version = '', ...parts }: Partial<NonNullable<Options['custom_code']>> = view.options.custom_code ?? {};
  const bot = new URLSearchParams(location.search).get('bot-id') ?? '';
  if (isStarted || !version || !bot) return;
  isStarted = true;
  adopt(css);
  keepLinksOutside();
  const address = (ending: string) => new URL(`../custom/${encodeURIComponent(bot)}.${ending}?v=${encodeURIComponent(String(version))}`, location.href).href;
  /** What has failed; of each only the first failure is worth a word. */
  const told = new Set<string>();
  const reportOf = (part: string): Report => (message, error) => {
    if (told.has(part)) return;
    told.add(part);
    console.error('[kw] custom code:', message, error ?? '');
    view.event('error', { code: 'custom_code', message });
  };
  const drawn: Part[] = [];
  const { failed, lame } = parts.js ? loadJs(address('js'), `${bot}:${String(version)}`, reportOf('JS')) : { failed: () => {}, lame: true };
  const { look } = guard({
    drawn,
    report: (names) => reportOf(`${names} hid`)(`the ${names} hid the chat, and was taken away`),
    failed: lame
      ? undefined
      : (isMended) => {
          failed('the script hid the chat');
          if (isMended) return;
          // Without the script.
          history.replaceState(history.state, '', `${location.href}&lame`);
          reload();
        },
  });
  if (parts.css) drawn.push(loadCss(address('css'), look, reportOf('CSS')));
  if (parts.html) {
    const region = document.createElement('kw-custom');
    drawn.push({
      name: 'HTML',
      hide() {
        const { cssText } = region.style;
        region.style.setProperty('display', 'none', 'important');
        return () => (region.style.cssText = cssText);
      },
      remove: () => region.remove(),
    });
    void loadHtml(address('html'), region, reportOf('HTML'));
  }
}

function loadCss(href: string, loaded: () => void, report: Report): Part {
  const link = Object.assign(make('link', ''), { rel: 'stylesheet', href, onload: loaded, onerror: () => report('the CSS could not be loaded') });
  document.head.append(link);
  return {
    name: 'CSS',
    hide() {
      const { sheet } = link;
      if (sheet) sheet.disabled = true;
      return () => void (sheet && (sheet.disabled = false));
    },
    remove: () => link.remove(),
  };
}

/** Between the header and the talk. What would run does not: scripts are left out, and the CSP forbids handlers. */
async function loadHtml(address: string, region: Element, report: Report): Promise<void> {
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

/**
 * Runs the script, unless it has failed in three visits of this session, or has just taken the chat away. Returns how a failure
 * is told, which is counted once in a visit, and whether it is left alone.
 */
function loadJs(src: string, which: string, report: Report): { failed: Report; lame: boolean } {
  let isCounted = false;
  const failed: Report = (message, error) => {
    if (!isCounted) failedIn(which);
    isCounted = true;
    report(message, error);
  };
  const lame = new URLSearchParams(location.hash.slice(1)).get('lame');
  if (lame) failedIn(which);
  // Who has told of it already has reloaded the frame.
  if (lame !== null) return { failed, lame: true };
  if (startsOften()) {
    failed('the script loads the frame again and again, and is left out');
    return { failed, lame: true };
  }
  if (lameIn(which)) {
    report('the script failed several times, and is left alone until the browser is opened again');
    return { failed, lame: true };
  }
  addEventListener('error', ({ filename, message, error }) => {
    if (filename === src) failed(message, error);
  });
  addEventListener('unhandledrejection', ({ reason }) => {
    if (String((reason as Error | undefined)?.stack ?? '').includes(src)) failed(String(reason), reason);
  });
  document.body.append(Object.assign(make('script', ''), { src, async: true, onerror: () => report('the script could not be loaded') }));
  return { failed, lame: false };
}

/** Counts the starts of this frame, which its place in the history keeps while it is loaded anew. */
function startsOften(): boolean {
  const { starts = [], ...rest } = (history.state ?? {}) as { starts?: number[] };
  const now = [...starts, Date.now()].slice(-MOST_STARTS);
  history.replaceState({ ...rest, starts: now }, '');
  return now.length === MOST_STARTS && now.at(-1)! - now[0]! < STARTS_MS;
}
