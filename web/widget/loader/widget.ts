// One widget of the page, from kw('init', …) to its end.
import type { InitOptions } from '../wire/options.ts';
import { tell } from './events.ts';
import { drawLauncher, paint } from './launcher.ts';
import type { Launcher, Parts, Refusal } from './parts.ts';
import { add, base } from './scripts.ts';

/** What the names of the parts' files end with; the build knows it. */
declare const HASH: string;

/** With so many calls that wait for it the panel is loaded. */
const MANY_CALLS = 100;
/** Where it cannot be, the oldest are forgotten. */
const MAX_CALLS = 999;

/** Begins a widget. */
export function makeWidget(bot: string, who: string, place: unknown, container: string | Element | undefined, given: InitOptions): Launcher {
  const ending = new AbortController();
  const { signal } = ending;
  const nonce = given.csp_nonce;
  /** The parts that are there or on their way. One that cannot be loaded is asked for again when it is needed again. */
  const asked: Record<string, Promise<any> | undefined> = {};
  const made: Record<string, any> = {};
  let settings: Promise<void> | undefined;

  const home = (): Element | null | undefined => {
    try {
      return (container as Element | undefined)?.nodeType ? (container as Element) : document.querySelector((container as string | undefined) ?? 'body');
    } catch {
      // It is no selector.
    }
  };

  /** Loads a part, makes it once, and runs what needs it. */
  const withPart = (name: keyof Parts, run?: (part: any) => void, failed?: (why: Refusal) => void) =>
    signal.aborted ||
    void (asked[name] ??= add(`assets/${name}-${HASH}.js`, nonce).then(
      (make) => signal.aborted || (made[name] = make(it)),
      (why) => {
        delete asked[name];
        throw why;
      },
    )).then(
      (part) => signal.aborted || run?.(part),
      (why) => signal.aborted || failed?.(why),
    );

  const show = () => {
    if (signal.aborted) return;
    const parent = home();
    if (!parent) return it.refuse({ code: 'bad_request', message: `no container ${container}` });
    it.shape = !container ? 'widget' : parent === document.body ? 'page' : 'inline';
    drawLauncher(it);
    const { button, look } = it;
    const front = look('widgetButton.type') === 'multi' ? 'channels' : 'panel';
    /** Where there is no chat, for whatever reason, the first press makes a link of the launcher, and the next follows it. */
    const failed = (why?: any) => (button.role ? open(`${base}chat/?bot-id=${bot}`, '_blank', 'noopener') : it.block(why));
    button.onpointerenter = button.onfocus = () => withPart(front);
    button.onclick = () => {
      // Presses that come before there is anything to close do not close it.
      const isEarly = !made[front] || undefined;
      withPart(front, (part) => (button.role ? failed() : part.toggle(isEarly)), failed);
    };
    parent.append(it.host);
    if (container) withPart('panel', undefined, it.block);
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
    settings ??= add(`settings/${bot}.js?lang=${given.language_code ?? ''}&icon=${given.launcher?.openIcon ?? ''}&page=${document.documentElement.lang}`, nonce).then((said) => {
      it.layers.unshift(said);
      if (document.readyState === 'loading') addEventListener('DOMContentLoaded', show, { signal });
      else show();
    }, it.refuse);
  };

  const calls: Launcher['calls'] = [];
  const it = {
    base,
    bot,
    who,
    given,
    signal,
    calls,
    layers: [{ colors: given.color }, given],
    look: (path) => it.layers.map((layer) => path.split('.').reduce((value: any, key) => value?.[key], layer)).findLast((value) => value != null),
    fire: (event, detail) => tell(event, { ...detail, bot_id: bot }, place, it.host),
    refuse(refusal) {
      if (signal.aborted) return;
      console.error('[kw]', refusal.message);
      it.obey('destroy');
      it.fire('error', refusal);
    },
    block(reason) {
      const { button, box } = it;
      if (button.role) return;
      button.role = 'link';
      box.append(button);
      it.fire('error', reason);
      addEventListener('online', () => withPart('panel'), { signal });
    },
    withPart,
    obey(name, payload) {
      const isOpening = name === 'openchat' && +(payload as number);
      const isShown = name === 'show' || isOpening;
      if (name === 'destroy') {
        ending.abort();
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
      }
      // The panel takes them when it is made. Some are worth fetching it for, and an error where that fails.
      calls.splice(0, calls.push([name, payload]) - MAX_CALLS);
      const isUrgent = isOpening || /^(emit|logo|send|start)/.test(name);
      if (it.host && (isUrgent || asked.panel || calls.length === MANY_CALLS)) withPart('panel', ({ command }) => calls.splice(0).forEach((call) => command(...call)), isUrgent ? it.block : undefined);
    },
  } as Partial<Launcher> as Launcher;

  if (given.autostart !== false) wake();
  return it;
}
