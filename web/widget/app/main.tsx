// The frame: hears from the loader, makes the chat and draws it.
import { render } from 'preact';
import { Chat } from './chat.ts';
import { applyColors, canvasResolve } from './colors.ts';
import { openHost, readHint } from './host.ts';
import { choose, loadTranslator, type Translator } from './i18n.ts';
import { plainWords } from './preview.ts';
import { openStorage } from './storage.ts';
import { unread } from './store.ts';
import { isRtl, merge, type Colors, type Options } from '../wire/options.ts';
import type { FromLoader } from '../wire/frame.ts';
import { App } from './view/app.tsx';

const hint = readHint(location.href);
// The words are fetched while the loader is still being asked.
const hinted = loadTranslator(choose(hint.lang));
const store = openStorage(`kw:${hint.bot}:`);
const resolve = canvasResolve();
const root = document.documentElement;

let chat: Chat | undefined;
let words: Translator;
let options: Options;
let isOpen = false;
let focus = 0;
let refused = false;
let told = '';

const host = openHost(hint.site, (message, site) => void received(message, site));

function draw(): void {
  if (!chat) return;
  render(
    <App
      chat={chat}
      words={words}
      options={options}
      draft={store.get('draft') ?? ''}
      keepDraft={(text) => store.set('draft', text)}
      close={close}
      focus={focus}
      refused={refused}
    />,
    document.body,
  );
}

function close(): void {
  if (!isOpen) return;
  isOpen = false;
  host.tell({ type: 'close' });
}

/** Tells the loader what has not been read; what is on the screen has been. */
function tellUnread(): void {
  if (!chat) return;
  if (isOpen && !document.hidden) chat.seen();
  const news = unread(chat.state);
  const last = news.at(-1);
  const now = `${news.length} ${last?.id ?? ''}`;
  if (now === told || !chat.state.loaded) return;
  told = now;
  const author_name = last?.author_name || words.t(last?.author === 'operator' ? 'operator' : 'bot');
  host.tell({ type: 'unread', count: news.length, preview: last && { author_name, text: plainWords(last) } });
}

function apply(): void {
  root.lang = words.tag;
  root.dir = isRtl(options.language_code) ? 'rtl' : 'ltr';
  document.title = options.title || words.t('title');
  applyColors(root.style, options.colors, resolve);
  draw();
}

async function init(message: FromLoader & { type: 'init' }, site: string): Promise<void> {
  options = message.options;
  words = await (options.language_code === hint.lang ? hinted : loadTranslator(choose(options.language_code ?? '')));
  chat = new Chat({
    bot: message.bot_id,
    site,
    token: message.token,
    options,
    server: location.origin,
    store,
    changed: () => {
      tellUnread();
      draw();
    },
    keep: (token) => host.tell({ type: 'token', token }),
    refused({ code, message: reason }) {
      refused = true;
      host.tell({ type: 'refused', code, message: reason });
      draw();
    },
    event: (name, detail) => host.tell({ type: 'event', name, detail }),
    look(change) {
      const { title, subtitle, avatar_url } = change;
      options = merge(options, { title, subtitle, avatar_url });
      apply();
    },
  });
  if (message.draft && !store.get('draft')) store.set('draft', message.draft);
  if (message.token) chat.engage();
  if (message.open) open();
  apply();
}

function open(): void {
  isOpen = true;
  focus++;
  chat?.engage();
  tellUnread();
  draw();
}

/** What the page called: kw_event(name, payload). */
function command(name: string, payload: Record<string, unknown>): void {
  switch (name) {
    case 'command':
      options = merge(options, { title: payload.title, subtitle: payload.subtitle });
      return apply();
    case 'kwcolor':
      options = merge(options, { colors: payload as Colors });
      return apply();
    case 'kwsetparamsfromsite':
      return chat?.setParams((payload.params_from_site ?? {}) as Record<string, unknown>);
    case 'emitevent':
      if (payload.event === 'alias' && typeof payload.alias === 'string') chat?.jump(payload.alias);
  }
}

let first: Promise<void> | undefined;

/** Messages wait for the first one, which loads words and makes the chat. */
async function received(message: FromLoader, site: string): Promise<void> {
  if (message.type === 'init') {
    first ??= init(message, site);
    return;
  }
  await first;
  if (message.type === 'open') open();
  else if (message.type === 'close') isOpen = false;
  else if (message.type === 'kw_event') command(message.name, (message.payload ?? {}) as Record<string, unknown>);
}

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
