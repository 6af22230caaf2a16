// One widget of the page, from kw('init', …) to its end.
import type { InitOptions, Settings } from '../wire/options.ts';
import { tell } from './events.ts';
import { drawLauncher, paint } from './launcher.ts';
import type { Launcher, Parts } from './parts.ts';
import { add, base } from './scripts.ts';

/** What the names of the parts' files end with; the build knows it. */
declare const HASH: string;

/** Calls that a widget keeps for the panel. With one more it loads it. */
const MAX_CALLS = 99;

export interface Widget extends Launcher {
  /** Takes the settings, and draws. */
  take(settings: Settings): void;
}

/** Begins a widget. */
export function makeWidget(bot: string, who: string, container: string | Element | undefined, given: InitOptions): Widget {
  const ending = new AbortController();
  const { signal } = ending;
  const nonce = given.csp_nonce;
  const made: Record<string, Promise<any> | undefined> = {};
  let asked: HTMLScriptElement | undefined;

  const home = () => ((container as Element | undefined)?.nodeType ? (container as Element) : document.querySelector((container as string | undefined) ?? 'body'));

  /** Loads a part, makes it once, and runs what needs it. */
  const withPart = (name: keyof Parts, run?: (part: any) => void, failed = it.block) =>
    signal.aborted ||
    void (made[name] ??= new Promise<(it: Widget) => unknown>((resolve, reject) => add(`assets/${name}-${HASH}.js`, nonce, resolve, reject)).then((make) => signal.aborted || make(it))).then(
      (part) => signal.aborted || run?.(part),
      failed,
    );

  const show = () => {
    if (signal.aborted) return;
    const parent = home();
    if (!parent) return it.refuse({ code: 'bad_request', message: `no ${container}` });
    it.shape = !container ? 'widget' : parent === document.body ? 'page' : 'inline';
    drawLauncher(it);
    const { button, look, calls } = it;
    const front = look('widgetButton.type') === 'multi' ? 'channels' : 'panel';
    button.onpointerenter = button.onfocus = () => withPart(front);
    button.onclick = () => withPart(front, (part) => part.toggle());
    parent.append(it.host);
    if (container) withPart('panel');
    // A visitor who has talked before sees an answer without touching anything; a new one costs the page nothing. The first
    // look into the storage takes longer than all the rest.
    (window.requestIdleCallback ?? setTimeout)(() => {
      try {
        if (localStorage['kw:' + bot]) withPart('panel');
      } catch {
        // Storage is denied: nothing is known of this visitor.
      }
    });
    if (look('rules.0')) withPart('rules');
    calls.splice(0).forEach((call) => it.obey(...call));
  };

  const wake = () => {
    asked ??= add(`settings/${bot}.js?lang=${given.language_code ?? ''}&page=${document.documentElement.lang}`, nonce, it, it.refuse);
  };

  const it = {
    base,
    bot,
    who,
    given,
    signal,
    calls: [],
    layers: [{ colors: given.color }, given],
    look: (path) => it.layers.map((layer) => path.split('.').reduce((value: any, key) => value?.[key], layer)).findLast((value) => value != null),
    fire: (event, detail) => tell(event, { ...detail, bot_id: bot }, it.host),
    refuse(refusal) {
      if (signal.aborted) return;
      const site = location.origin;
      console.error(`[kw] Bot ${bot} is not shown on ${site}: ${refusal.message}. ${base}why?bot-id=${bot}&site=${site}`);
      it.obey('destroy');
      it.fire('error', refusal);
    },
    block(reason) {
      if (signal.aborted || it.button.role) return;
      it.button.role = 'link';
      it.button.onclick = () => open(`${base}chat/?bot-id=${bot}`, '_blank', 'noopener');
      it.box.append(it.button);
      it.fire('error', reason);
    },
    withPart,
    take(settings) {
      it.layers.unshift(settings);
      if (document.readyState === 'loading') addEventListener('DOMContentLoaded', show, { signal });
      else show();
    },
    obey(name, payload) {
      const isOpening = name === 'openchat' && +(payload as number);
      const isShown = name === 'show' || isOpening;
      if (name === 'destroy') {
        ending.abort();
        asked?.remove();
        it.host?.remove();
      }
      if (signal.aborted) return;
      if (isShown) wake();
      if (name === 'kwcolor') it.layers.push({ colors: payload });
      if (it.host) {
        if (isShown || name === 'hide') it.box.hidden = !isShown;
        // A page that swaps its body has taken it away.
        if (isShown && !it.host.isConnected) home()?.append(it.host);
        paint(it);
        if (made.panel) return withPart('panel', (panel) => panel.command(name, payload));
      }
      // The panel takes them when it is made. Some are worth fetching it for.
      it.calls.push([name, payload]);
      if (!it.host) it.calls = it.calls.slice(-MAX_CALLS);
      else if (isOpening || /^(emit|logo|send|start)/.test(name) || it.calls[MAX_CALLS]) withPart('panel');
    },
  } as Partial<Widget> as Widget;

  if (given.autostart !== false) wake();
  return it;
}
