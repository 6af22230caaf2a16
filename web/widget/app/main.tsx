// The frame: hears from the loader, makes the chat and draws it.
import { h, render } from './dom.ts';
import { createChat, type Chat } from './chat.ts';
import { applyColors } from './colors.ts';
import { openHost, readHint } from './host.ts';
import { choose, loadTranslator, type Translator } from './i18n.ts';
import { moreWords, speak } from './lazy.ts';
import { plainWords } from './preview.ts';
import { openStorage } from './storage.ts';
import { unread } from './store.ts';
import { isRtl, merge, type Colors, type Options } from '../wire/options.ts';
import type { FromLoader } from '../wire/frame.ts';
import { App } from './view/app.tsx';
import { setView } from './view/context.ts';

const hint = readHint(location.href);
// The words are fetched while the loader is still being asked.
const hinted = loadTranslator(choose(hint.lang));
const store = openStorage(`kw:${hint.bot}:`);
const root = document.documentElement;

let chat: Chat | undefined;
let words: Translator;
let options: Options;
let isOpen = false;
let focus = 0;
let told = '';

const host = openHost(hint.site, (message, site) => void received(message, site));

function draw(): void {
  if (!chat) return;
  setView({ chat, words, options, draft: store.get('draft') ?? '', keepDraft: (text) => store.set('draft', text), redraw: draw, close, get more() { return moreWords(); } });
  render(<App focus={focus} />, document.body);
}

function close(): void {
  isOpen = false;
  host.tell({ type: 'close' });
}

/** Tells the loader what has not been read; what is on the screen has been. */
function tellUnread(): void {
  if (!chat?.state.loaded) return;
  if (isOpen && !document.hidden) chat.seen();
  const news = unread(chat.state);
  const last = news.at(-1);
  const now = news.length + (last?.id ?? '');
  if (now === told) return;
  told = now;
  const author_name = last?.author_name || words.t(last?.author === 'operator' ? 'operator' : 'bot');
  host.tell({ type: 'unread', count: news.length, preview: last && { author_name, text: plainWords(last) } });
}

function changed(): void {
  tellUnread();
  draw();
}

/** Lays changes over the options and shows them. */
function apply(change: Partial<Options>): void {
  options = merge(options, change);
  root.lang = words.tag;
  root.dir = isRtl(options.language_code) ? 'rtl' : 'ltr';
  document.title = options.title || words.t('title');
  applyColors(root.style, options.colors);
  draw();
}

async function init({ bot_id: bot, token, options: given, open: shown }: FromLoader & { type: 'init' }, site: string): Promise<void> {
  options = given;
  words = await hinted;
  speak(words.tag);
  chat = createChat({
    bot,
    site,
    token,
    options,
    server: location.origin,
    store,
    changed,
    keep: (next) => host.tell({ type: 'token', token: next }),
    // The loader takes the frame away.
    refused: ({ code, message }) => host.tell({ type: 'refused', code, message }),
    event: (name, detail) => host.tell({ type: 'event', name, detail }),
    reload() {
      host.tell({ type: 'unread', count: 0 });
      location.reload();
    },
    look: ({ title, subtitle, avatar_url }) => apply({ title, subtitle, avatar_url }),
  });
  if (token) chat.engage();
  apply({});
  if (shown) open();
}

function open(token?: string): void {
  isOpen = true;
  focus++;
  chat!.engage(token);
  changed();
}

/** What the page called: kw_event(name, payload). */
function command(name: string, { title, subtitle, params_from_site, event, alias, ...rest }: Record<string, unknown>): void {
  if (name === 'command') apply({ title, subtitle } as Partial<Options>);
  else if (name === 'kwcolor') apply({ colors: rest as Colors });
  else if (name === 'kwsetparamsfromsite') chat!.setParams(params_from_site as Record<string, unknown>);
  else if (name === 'logout') void chat!.logout();
  else if (name === 'emitevent' && event === 'alias' && alias) chat!.jump(String(alias));
}

let first: Promise<void> | undefined;

/** Messages wait for the first one, which loads words and makes the chat. */
async function received(message: FromLoader, site: string): Promise<void> {
  if (message.type === 'init') first ??= init(message, site);
  await first;
  if (message.type === 'open') open(message.token);
  else if (message.type === 'close') isOpen = false;
  else if (message.type === 'kw_event') command(message.name, (message.payload ?? {}) as Record<string, unknown>);
}

addEventListener('keydown', ({ key, isComposing }) => {
  // A dialog of the platform takes its own Escape; this is the next layer.
  if (key === 'Escape' && !isComposing && !document.querySelector('dialog')) close();
});
addEventListener('online', () => chat?.wake());
addEventListener('offline', () => chat?.offline());
document.addEventListener('visibilitychange', () => {
  if (document.hidden) return;
  chat?.wake();
  tellUnread();
});
// A page in the back-forward cache may hold no connection; one that comes back has none.
addEventListener('pagehide', () => chat?.suspend());
addEventListener('pageshow', (event) => event.persisted && chat?.resume());

host.tell({ type: 'ready' });
