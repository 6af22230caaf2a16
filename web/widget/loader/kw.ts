// The loader: turns the queue that the embed code has filled into live widgets. Its globals are kw (the
// queue's successor), kw_event (commands) and __kw (called by the scripts that it adds).
import type { InitOptions } from '../wire/options.ts';
import { isMeant, off, on } from './events.ts';
import type { Callbacks, Launcher } from './parts.ts';
import { waiting } from './scripts.ts';
import { makeWidget } from './widget.ts';

type Command = (...args: any[]) => void;
type Queue = Command & { q?: unknown[][] };

const page = window as unknown as Record<string, Queue | string | Callbacks | undefined>;

/** Runs the loader once, however often its script is on the page. */
function start(): void {
  const name = (page.KwizbotWidget as string) || 'kw';
  const queues = [page[name], page.kw_event] as Queue[];
  /** By their places: the container, or the corner that the page names, such as "left,bottom". */
  const widgets = new Map<unknown, Launcher>();

  /** Runs for the widgets that are meant, and forgets those that are over, or whose place is. */
  const each = (run: (widget: Launcher) => void, of?: unknown) =>
    widgets.forEach((it, place) => {
      if (it.signal.aborted || (place as Element).isConnected === false) {
        it.obey('destroy');
        widgets.delete(place);
      } else if (isMeant(of, it.bot, place)) run(it);
    });

  const init = ({ container, ...given }: InitOptions = {}) => {
    const bot = given.bot_id ?? 1;
    const position = given.widgetButton?.position;
    const place = container ?? [position?.x ?? 'right', position?.y ?? 'bottom'].join();
    const who = [bot, given.user_id ?? given.user_token, given.language_code].join();
    each(() => {});
    const old = widgets.get(place);
    if (old?.who !== who) {
      old?.obey('destroy');
      widgets.set(place, makeWidget(`${bot}`, who, place, container, given));
    } else {
      if (old.host) old.obey('show');
      if (given.params_from_site) old.obey('kwsetparamsfromsite', given);
      old.obey('kwcolor', given.colors ?? given.color);
    }
  };

  const event = (name: string, payload: unknown, of?: unknown) => each((it) => it.obey(name, payload), of);
  // kw_event by kw has its place in the one queue of a page that calls both before we are there.
  const commands: Record<string, Command | undefined> = { init, on, off, event };
  const kw = (command: string, ...rest: unknown[]) => commands[command]?.(...rest);

  page.__kw = {
    settings: (_, settings) => waiting()[0](settings),
    refused: (_, refusal) => waiting()[1](refusal),
    part: (make) => waiting()[0](make),
  } as Callbacks;
  page[name] = kw;
  page.kw_event = event;
  queues.forEach((queue, i) => queue?.q?.forEach((call) => (i ? event : kw)(...(call as [never, never, never]))));
}

if (!page.__kw) start();
