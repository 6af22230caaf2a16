// The loader: turns the queue that the embed code has filled into a live widget. Its globals are
// kw (the queue's successor), kw_event (commands) and __kw (called by the scripts that it adds).
import { merge, type Colors, type InitOptions, type Options } from '../wire/options.ts';
import { drawLauncher } from './launcher.ts';
import type { Callbacks, Launcher, Panel, Refusal } from './parts.ts';

type Handler = (detail: unknown) => void;
type Command = (...args: never[]) => void;
type Queue = Command & { q?: never[][] };

/** The panel's script, by its hashed name; the build knows it. */
declare const PANEL: string;

const page = window as unknown as Record<string, Queue | string | Callbacks | undefined>;

/** Runs the loader once, however often its script is on the page. */
function start(script: HTMLScriptElement): void {
  const base = new URL('.', script.src);
  const name = (page.KwizbotWidget as string) || 'kw';
  const queues = [page[name], page.kw_event] as Queue[];
  const handlers: Record<string, Handler[]> = {};
  let bot = '';
  let given: InitOptions;
  let options: Options | undefined;
  let draw: (() => void) | undefined;
  let launcher: Launcher | undefined;
  let panel: Panel | undefined;
  let isLoading: unknown;
  /** What waits for the settings, and then for the panel. */
  let early: (() => void)[] = [];
  let late: (() => void)[] = [];

  const fire = (event: string, detail?: unknown) =>
    handlers[event]?.forEach((handler) => {
      try {
        handler(detail);
      } catch (error) {
        reportError(error);
      }
    });

  /**
   * Adds a script: that needs nothing of a strict page but script-src. With `cors` the browser sends the
   * page's origin along.
   */
  const add = (path: string, cors: string | null) => {
    const element = document.createElement('script');
    element.crossOrigin = cors;
    element.nonce = script.nonce;
    element.src = new URL(path, base).href;
    element.onerror = () => refused({ code: 'unavailable', message: element.src + ' cannot be loaded' });
    document.head.append(element);
  };

  const refused = (refusal: Refusal) => {
    const site = location.origin;
    const why = /^(bot|origin)_/.test(refusal.code) ? ` ${base}why?${new URLSearchParams({ 'bot-id': bot, site })}` : '';
    console.error(`[kw] Bot ${bot} is not shown on ${site}: ${refusal.message || refusal.code}.${why}`);
    launcher?.host.remove();
    launcher = draw = undefined;
    early = late = [];
    // What the page calls from now on goes nowhere.
    options ??= {} as Options;
    fire('error', refusal);
  };

  /** Runs what needs the panel: now, or when its script is there. */
  const withPanel = (run: () => void) => {
    if (panel) return run();
    late.push(run);
    isLoading ??= add('assets/' + PANEL, null) ?? 1;
  };

  const kwEvent = (event: string, payload: never) => {
    if (!options) return void early.push(() => kwEvent(event, payload));
    if (!launcher && !draw) return;
    if (event === 'openchat') return withPanel(() => panel!.toggle(!!+payload));
    const value = plain(payload) as Record<string, never>;
    const { title, subtitle, params_from_site } = value;
    const change = { kwcolor: { colors: value }, command: { title, subtitle }, kwsetparamsfromsite: { params_from_site: merge({}, params_from_site) }, emitevent: {}, logout: { user_id: '', user_token: '', params_token: '' } }[event];
    if (!change) return console.warn('[kw] kw_event: unknown event', event);
    options = merge(options, change);
    // What the page has said was of whoever leaves.
    if (event === 'logout') options.params_from_site = {};
    draw?.();
    if (panel || /^(em|lo)/.test(event)) withPanel(() => panel!.send(event, value));
  };

  const init = (asked: InitOptions) => {
    // A page that swaps its body has taken the widget away and runs its embed code again.
    if (bot) return launcher && !launcher.host.isConnected ? document.body.append(launcher.host) : console.warn('[kw] init was called before');
    given = plain(asked) as InitOptions;
    bot = String(given.bot_id ?? 1);
    if (!/^[\w-]{1,64}$/.test(bot)) return refused({ code: 'bad_request', message: 'bot_id must be 1 to 64 letters, digits, - or _' });
    const unknown = Object.keys(given).filter((key) => !/^(bot_id|user_(id|token)|language_code|params_(from_site|token)|colors?|open_on_msg|recognize_user_meta|widgetButton)$/.test(key));
    if (unknown[0]) console.warn('[kw] init: unknown options:', unknown.join());
    add(`settings/${bot}.js`, 'anonymous');
  };

  const kw = (command: string, first: string, second: Handler) => {
    if (command === 'init') init((first ?? {}) as InitOptions);
    else if (command === 'on') (handlers[first] ??= []).push(second);
    else console.warn('[kw] unknown command', command);
  };

  const callbacks: Callbacks = {
    settings(of, settings) {
      if (of !== bot || options) return;
      const { color, colors, widgetButton, ...rest } = given;
      options = merge(settings, {
        ...rest,
        params_from_site: merge({}, rest.params_from_site),
        page_url: location.href,
        colors: merge<Colors>(color, colors),
        position: widgetButton?.position,
      }) as Options;
      const show = () => {
        [launcher, draw] = drawLauncher({ base, bot, options: () => options!, fire, refused }, withPanel, () => panel?.toggle());
        // A visitor who has talked before sees an answer without touching anything; a new one costs the page nothing.
        try {
          if (localStorage['kw:' + bot]) (window.requestIdleCallback ?? setTimeout)(() => withPanel(() => panel!.update()));
        } catch {
          // Storage is denied: nothing is known of this visitor.
        }
        early.splice(0).forEach((run) => run());
      };
      if (document.body) show();
      else addEventListener('DOMContentLoaded', show);
    },
    refused: (of, refusal) => of === bot && refused(refusal),
    panel(make) {
      if (!launcher) return;
      panel = make(launcher);
      late.splice(0).forEach((run) => run());
    },
  };

  page.__kw = callbacks;
  page[name] = kw as Queue;
  page.kw_event = kwEvent as Queue;
  queues.forEach((queue, i) => Array.from(queue?.q ?? [], (call) => (i ? kwEvent : kw)(...(Array.from(call) as [never, never, never]))));
}

/** A copy that can be sent to the frame, whatever the page put into it. */
function plain(value: unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(value)) ?? {};
  } catch {
    return {};
  }
}

const script = (document.currentScript ?? document.querySelector('script[src*="/widget/v2/kw.js"]')) as HTMLScriptElement;
if (!page.__kw) start(script);
