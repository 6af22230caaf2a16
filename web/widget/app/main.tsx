// The frame: hears from the loader, makes the chat and draws it.
import { h, render } from './dom.ts';
import { createChat, type Chat } from './chat.ts';
import { applyColors } from './colors.ts';
import { openHost, readHint } from './host.ts';
import { choose, loadTranslator, type Translator } from './i18n.ts';
import { lazy, loaded, moreWords, speak } from './lazy.ts';
import { openStorage } from './storage.ts';
import { unread } from './store.ts';
import { openTabs } from './tabs.ts';
import { openCarrier } from './transport.ts';
import { isRtl, merge, type Colors, type Options } from '../wire/options.ts';
import { MAX_TEXT } from '../wire/message.ts';
import type { Format, FromLoader } from '../wire/frame.ts';
import { App } from './view/app.tsx';
import { setView, view } from './view/context.ts';

const hint = readHint(location.href);
// The words are fetched while the loader is still being asked.
const hinted = loadTranslator(choose(hint.lang));
const store = openStorage(`kw:${hint.bot}:`);
const root = document.documentElement;

let chat: Chat | undefined;
let words: Translator;
let options: Options;
/** What the page itself has said: it goes over all that the bot's settings say. */
let own: Partial<Options> = {};
let format: Format = 'widget';
let isOpen = false;
let isSeen = false;
let focus = 0;
let told = '';
let count = Infinity;
let read = '';
let hoursTimer: number | undefined;
let custom: unknown;

const tellLoader = openHost(hint.site, (message, site) => void received(message, site));

function draw(): void {
  if (!chat) return;
  setView({ chat, words, options, draft: store.get('draft') ?? '', keepDraft, redraw: draw, close: format === 'widget' ? close : undefined, store, event, get more() { return moreWords(); } });
  render(<App focus={focus} />, document.body);
  if (options.custom_code) custom ??= lazy('custom').then(({ start }) => start(view), () => {});
}

function keepDraft(draft: string): void {
  view.draft = draft;
  store.set('draft', draft);
  tabs.tell({ writing: draft });
}

const event = (name: string, detail?: unknown) => tellLoader({ type: 'event', name, detail });

const tabs = openTabs(`kw:${hint.bot}`, ({ conversation, read, writing: draft }) => {
  if (read) chat?.seenElsewhere(conversation, read);
  // What is being written here is not taken away.
  if (typeof draft !== 'string' || draft.length > 2 * MAX_TEXT || (document.hasFocus() && document.activeElement?.localName === 'textarea')) return;
  store.set('draft', draft);
  draw();
});

function close(): void {
  isOpen = false;
  tellLoader({ type: 'close' });
}

/** Tells the loader what has not been read; what is on the screen has been. */
function tellUnread(): void {
  if (!chat?.state.loaded) return;
  const sees = isOpen && !document.hidden;
  const came = sees && !isSeen;
  isSeen = sees;
  if (sees) chat.seen(came);
  if (read !== chat.state.read) {
    read = chat.state.read;
    tabs.tell({ conversation: chat.state.conversation, read });
  }
  const news = unread(chat.state);
  const last = news.at(-1);
  const now = [news.length, last?.id, last?.text].join();
  if (now === told) return;
  // It may be read by the time that a chunk is there.
  const isNews = () => now === told;
  // Not for what was there when the page came, nor for what was changed or taken back.
  if (news.length > count && store.get('sound')) lazy('menu').then(({ ringFor }) => ringFor(() => unread(chat!.state)[0]), () => {});
  told = now;
  count = news.length;
  if (store.get('badge')) tellLoader({ type: 'title', count: news.length });
  if (!last) return tellLoader({ type: 'unread', count: 0 });
  const author_name = last.author_name || words.t(last.author === 'operator' ? 'operator' : 'bot');
  const tell = (text = '') => {
    if (isNews()) tellLoader({ type: 'unread', count: news.length, preview: { author_name, text } });
  };
  lazy('side').then(({ plainWords }) => tell(plainWords(last)), () => tell());
}

function changed(): void {
  // With people there is more beside the talk.
  if (chat!.state.owner.kind !== 'bot' && !loaded('side')) lazy('side').then(draw, () => {});
  tellUnread();
  draw();
}

/** Lays changes over the options and shows them. */
function apply(change: Partial<Options>): void {
  options = merge(options, change);
  root.lang = words.tag;
  root.dir = isRtl(words.tag) ? 'rtl' : 'ltr';
  root.className = options.theme ?? '';
  clearTimeout(hoursTimer);
  const wait = [options.hours?.changes_at, options.hours?.opens_at].map((time) => Date.parse(time!) - Date.now()).find((ms) => ms > 0);
  if (wait! < 2 ** 31) hoursTimer = setTimeout(hoursChanged, wait! + 1) as unknown as number;
  document.title = options.title || words.t('title');
  const paint = loaded('paint');
  applyColors(root.style, options.colors, paint?.choose);
  if (!paint && options.colors) lazy('paint').then(() => apply({}), () => {});
  draw();
}

function hoursChanged(): void {
  chat!.proceed();
  apply({});
}

/** What the page has changed goes over what the bot's settings will say. */
function applyOwn(change: Partial<Options>): void {
  own = merge(own, change);
  apply(change);
}

async function init({ bot_id: bot, token, options: given, open: shown, format: f, quiet, own: o }: FromLoader & { type: 'init' }, site: string): Promise<void> {
  options = given;
  own = o;
  format = f;
  words = await hinted;
  speak(words.tag);
  chat = createChat({
    bot,
    site,
    token,
    get options() {
      return options;
    },
    server: location.origin,
    store,
    changed,
    keep: (next) => tellLoader({ type: 'token', token: next }),
    // The loader takes the frame away.
    refused: ({ code, message }) => tellLoader({ type: 'refused', code, message }),
    event,
    reload() {
      tellLoader({ type: 'unread', count: 0 });
      location.reload();
    },
    look: ({ title, subtitle }) => apply({ title, subtitle }),
    settings(next) {
      options = merge(next as Options, own);
      apply({});
    },
    connect: openCarrier(store),
  });
  if (token) chat.engage();
  apply({});
  if (shown || format !== 'widget') open(undefined, quiet || !shown);
}

function open(token?: string, quiet?: boolean): void {
  // Who was kept out may be let in by now.
  if (chat!.state.blocked) return location.reload();
  isOpen = true;
  if (!quiet) focus++;
  chat!.engage(token);
  changed();
}

/** What the page called: kw_event(name, payload). */
function command(name: string, payload: Record<string, unknown>): void {
  const { title, subtitle, params_from_site, event, alias, text } = payload;
  if (name === 'command') applyOwn({ title, subtitle } as Partial<Options>);
  else if (name === 'kwcolor') applyOwn({ colors: payload as Colors });
  else if (name === 'identify') chat!.identify(payload);
  else if (name === 'start_rule' && alias) chat!.begin(String(alias));
  else if (name === 'send' && text) {
    chat!.engage();
    // While an agent is thinking it waits where the visitor can send it.
    if (!chat!.sendText(String(text))) keepDraft([view.draft, text].join('\n').trim());
    draw();
  }
  else if (name === 'kwsetparamsfromsite') chat!.setParams(params_from_site as Record<string, unknown>);
  else if (name === 'logout') void chat!.logout();
  else if (name === 'emitevent' && event === 'alias' && alias) chat!.jump(String(alias));
}

let first: Promise<void> | undefined;

/** Messages wait for the first one, which loads words and makes the chat. */
async function received(message: FromLoader, site: string): Promise<void> {
  if (message.type === 'init') first ??= init(message, site);
  await first;
  if (message.type === 'open') open(message.token, message.quiet);
  else if (message.type === 'close') isOpen = false;
  else if (message.type === 'kw_event') command(message.name, (message.payload ?? {}) as Record<string, unknown>);
}

addEventListener('keydown', ({ key, isComposing, defaultPrevented }) => {
  // A dialog of the platform takes its own Escape, as every layer does; this is the last one.
  if (key === 'Escape' && !isComposing && !defaultPrevented && !document.querySelector('dialog')) view.close?.();
});
addEventListener('online', () => chat?.wake());
addEventListener('offline', () => chat?.offline());
document.addEventListener('visibilitychange', () => {
  if (document.hidden) return;
  chat?.wake();
  tellUnread();
});
// A page in the back-forward cache may hold no connection; one that comes back has none.
addEventListener('pagehide', () => {
  chat?.suspend();
  tabs.close();
});
addEventListener('pageshow', ({ persisted }) => {
  if (!persisted) return;
  tabs.open();
  chat?.resume();
});

tellLoader({ type: 'ready' });
