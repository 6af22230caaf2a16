// One bot's widget on the page: settings, launcher, frame, and what the page asks of them.
import type { FromFrame } from '../wire/frame.ts';
import { merge, type InitOptions, type Options, type Settings } from '../wire/options.ts';
import { createFrame, type Frame } from './frame.ts';
import { drawLauncher, type Launcher } from './launcher.ts';
import { explain, loadSettings, type Refusal } from './settings.ts';
import { loadToken, saveToken } from './token.ts';

/** The widget of one kw('init'). */
export interface Widget {
  bot: string;
  /** Carries out a kw_event; before the settings are there it is kept. */
  command(name: string, payload: unknown): void;
  settings(settings: Settings): void;
  refused(refusal: Refusal): void;
}

/** Tells the page's listeners: kw('on', …). */
export type Fire = (event: string, detail?: unknown) => void;

/** Starts to load the settings of the bot; nothing is shown before they are there. */
export function createWidget(base: URL, nonce: string, bot: string, init: InitOptions, fire: Fire): Widget {
  let options: Options;
  let launcher: Launcher | undefined;
  let frame: Frame | undefined;
  let isOpen = false;
  let waiting: [string, unknown][] = [];

  const load = () => {
    if (frame || !launcher) return;
    frame = createFrame(
      base,
      bot,
      options.language_code ?? '',
      () => ({ type: 'init', bot_id: bot, token: loadToken(bot), options, draft: '', open: isOpen }),
      received,
    );
    launcher.attach(frame.element);
  };

  const toggle = (open: boolean) => {
    if (open === isOpen || !launcher) return;
    isOpen = open;
    load();
    launcher.show(open);
    frame!.post({ type: open ? 'open' : 'close' });
    fire(open ? 'opened' : 'closed');
  };

  const received = (message: FromFrame) => {
    switch (message.type) {
      case 'token':
        return saveToken(bot, message.token);
      case 'close':
        return toggle(false);
      case 'unread':
        if (isOpen) return;
        if (message.count && options.open_on_msg) return toggle(true);
        launcher?.unread(message.count, message.preview);
        return fire('unread', { count: message.count });
      case 'event':
        return fire(message.name, message.detail);
      case 'refused':
        return widget.refused(message);
    }
  };

  const draw = () => {
    launcher = drawLauncher(options, { approach: load, toggle });
    // A visitor who has talked before sees an answer without touching anything; a new one costs the page nothing.
    if (loadToken(bot)) (window.requestIdleCallback ?? setTimeout)(load);
    for (const [name, payload] of waiting) widget.command(name, payload);
    waiting = [];
  };

  const widget: Widget = {
    bot,
    command(name, payload) {
      if (!launcher) return void waiting.push([name, payload]);
      const given = plain(payload) as Record<string, unknown>;
      if (name === 'openchat') return toggle(!!+(payload as number));
      if (name === 'kwcolor') options = merge(options, { colors: given });
      else if (name === 'command') options = merge(options, { title: given.title, subtitle: given.subtitle });
      else if (name === 'kwsetparamsfromsite') options = merge(options, { params_from_site: given.params_from_site });
      else if (name === 'emitevent') load();
      else return console.warn(`[kw] kw_event: unknown event “${name}”`);
      launcher.update(options);
      // A frame that is still to come gets all but the jump with its options.
      frame?.post({ type: 'kw_event', name, payload: given });
    },
    settings(settings) {
      if (launcher) return;
      const page = plain(init) as InitOptions;
      const { user_id, language_code, params_from_site, color, colors, open_on_msg, widgetButton } = page;
      options = merge<Options>(settings as Options, {
        language_code,
        params_from_site: params_from_site ?? {},
        page_url: location.href,
        colors: merge(color, colors),
        position: widgetButton?.position,
        user_id: user_id === undefined ? user_id : String(user_id),
        open_on_msg: open_on_msg === undefined ? open_on_msg : !!+open_on_msg,
      });
      if (document.body) draw();
      else addEventListener('DOMContentLoaded', draw);
    },
    refused(refusal) {
      console.error(explain(bot, base.origin, refusal));
      launcher?.host.remove();
      launcher = undefined;
      waiting = [];
      fire('error', { code: refusal.code, message: refusal.message });
    },
  };

  loadSettings(base, bot, nonce, () => widget.refused({ code: 'unavailable', message: `${base.origin} cannot be reached, or this page's Content-Security-Policy does not allow scripts from it.` }));
  return widget;
}

/** A copy that can be sent to the frame, whatever the page put into it. */
function plain(value: unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(value)) ?? {};
  } catch {
    console.warn('[kw] ignored a value that is not JSON:', value);
    return {};
  }
}
