// The loader: turns the queue that the embed code has filled into a live widget. Its globals are
// kw (the queue's successor), kw_event (commands) and __kw (called by the settings script).
import type { InitOptions } from '../wire/options.ts';
import type { Callbacks } from './settings.ts';
import { createWidget, type Widget } from './widget.ts';

type Handler = (detail: unknown) => void;
type Command = (...args: unknown[]) => void;
type Queue = Command & { q?: ArrayLike<unknown>[] };

const KNOWN = /^(bot_id|user_id|language_code|params_from_site|colors?|open_on_msg|widgetButton)$/;
const page = window as unknown as Record<string, Queue | string | Callbacks | undefined>;

/** Runs the loader once, however often its script is on the page. */
function start(script: HTMLScriptElement): void {
  const base = new URL('.', script.src);
  const name = typeof page.KwizbotWidget === 'string' ? page.KwizbotWidget : 'kw';
  const queues = [page[name] as Queue | undefined, page.kw_event as Queue | undefined];
  const handlers: Record<string, Handler[]> = {};
  let early: [string, unknown][] = [];
  let widget: Widget | undefined;

  const fire = (event: string, detail?: unknown) => {
    for (const handler of handlers[event] ?? []) {
      try {
        handler(detail);
      } catch (error) {
        reportError(error);
      }
    }
  };

  const init = (options: InitOptions = {}) => {
    const bot = String(options.bot_id ?? 1);
    if (widget) return console.warn('[kw] init was called before; this call is ignored.');
    if (!/^[\w-]{1,64}$/.test(bot)) return console.error(`[kw] init: bot_id “${bot}” must be 1 to 64 letters, digits, “-” or “_”.`);
    const unknown = Object.keys(options).filter((key) => !KNOWN.test(key));
    if (unknown.length) console.warn(`[kw] init: ignored unknown options: ${unknown.join(', ')}`);
    widget = createWidget(base, script.nonce, bot, options, fire);
    for (const [event, payload] of early) widget.command(event, payload);
    early = [];
  };

  const kw: Command = (command, first, second) => {
    if (command === 'init') init(first as InitOptions);
    else if (command === 'on' && typeof second === 'function') (handlers[first as string] ??= []).push(second as Handler);
    else console.warn(`[kw] unknown command “${command}”`);
  };
  const kwEvent: Command = (event, payload) => (widget ? widget.command(event as string, payload) : void early.push([event as string, payload]));

  page.__kw = {
    settings: (bot, settings) => widget?.bot === bot && widget.settings(settings),
    refused: (bot, refusal) => widget?.bot === bot && widget.refused(refusal),
  } as Callbacks;
  page[name] = kw;
  page.kw_event = kwEvent;
  [kw, kwEvent].forEach((run, i) => {
    for (const call of Array.from(queues[i]?.q ?? [])) run(...Array.from(call));
  });
}

const script = (document.currentScript ?? document.querySelector('script[src*="/widget/v2/kw.js"]')) as HTMLScriptElement | null;
if (!script) console.error('[kw] the script tag of kw.js was not found.');
else if (!page.__kw) start(script);
