// The second half of the loader: the chat's iframe, the messages to and from it (protocol §4), and the badge.
import css from './panel.css';
import { ours, type FromFrame, type FromLoader } from '../wire/frame.ts';
import { isRtl, merge, type Options } from '../wire/options.ts';
import { addSheet, make } from './dom.ts';
import { makeFullScreen, PHONE } from './fullscreen.ts';
import { icon } from './icon.ts';
import { isStrange } from './known.ts';
import { give, type Guest, type Launcher, type News, type Panel } from './parts.ts';
import { keepOpen, loadToken, saveToken, wasOpen } from './storage.ts';

/** Of nobody; what is not said of the next one is not that of the one before. */
const NOBODY = { user_id: '', user_token: '', params_token: '' };
/** How long a frame that is asked for may stay silent. */
const SILENCE_MS = 10_000;
/** How long after it has loaded: what it has to say first comes before that. */
const LOADED_MS = 1_000;

/** Draws the panel, closed, and begins to load the frame. */
function makePanel(it: Launcher): Panel {
  const { base, bot, shape, host, box, button, layers, look, signal, fire } = it;
  const { origin } = new URL(base);
  const isWidget = shape === 'widget';
  const frame = make('iframe', '');
  let options: Options;
  let own: Record<string, any>;
  let isOpen = false;
  let isQuiet = true;
  let isReady = false;
  let isDead = false;
  /** Documents that have said that they are ready and have not loaded yet, or, below 0, the other way round. */
  let ahead = 0;
  let silence = 0;
  const text = button.textContent;
  const waiting: FromLoader[] = [];
  let guest: Guest | undefined;
  let shown: News | undefined;
  let news: Parameters<News['show']> = [0];

  const setFullScreen = makeFullScreen(box, signal);

  const withGuest = (run: (guest: Guest) => void) => it.withPart('guest', (made) => run((guest = made)));

  /**
   * Lays all that has been said over the bot's settings, as two layers: those, and the page's own. An empty PHP array is
   * no parameters.
   */
  const read = () => {
    const [settings, ...rest] = layers;
    own = rest.map(plain).reduce((all, more) => merge(all, { ...more, params_from_site: merge({}, more.params_from_site) }), {});
    // What is no tag would be refused, and the chat with it.
    const { language_code: tag } = own;
    if (typeof tag !== 'string' || !/^[\w-]{0,35}$/.test(tag)) delete own.language_code;
    layers.splice(0, layers.length, settings!, own);
    options = merge(settings as Options, { ...own, page_url: location.href });
  };

  const send = (message: FromLoader) => frame.contentWindow?.postMessage({ kw: 1, ...message }, origin);
  /** Sends now, or after the frame has said that it is ready. */
  const post = (message: FromLoader & { name?: string }) => {
    if (!isReady) return void waiting.push(message);
    send(message);
    // With that the frame begins anew.
    isReady = message.name !== 'logout';
  };

  const unread = (...now: typeof news) => {
    const [count] = (news = now);
    if (count) it.withPart('preview', (made) => (shown = made).show(...news));
    else shown?.show(0);
    // The words on it are a part of its name.
    button.setAttribute('aria-label', [text || look(`words.${isOpen ? 'close' : 'open'}`), text && isOpen ? `, ${look('words.close')}` : '', count ? `, ${look('words.unread')}: ${count}` : ''].join(''));
    frame.title = look('title') || look('words.chat');
  };

  const end = () => {
    clearTimeout(silence);
    guest?.title(0);
    setFullScreen(false);
    isDead = true;
  };

  /** Another document is where the chat was; or the page, or something between, keeps the frame away. */
  const lost = () => {
    if (isDead) return;
    if (isReady) {
      begin();
      return withGuest(({ bringBack }) => bringBack(frame) || lost());
    }
    end();
    isOpen = false;
    unread(0);
    it.withPart('guest', ({ leave }) => leave(frame), it.block);
  };

  const watch = (ms: number) => {
    clearTimeout(silence);
    silence = setTimeout(lost, ms) as unknown as number;
  };

  /** The frame loads anew. */
  const begin = () => {
    isReady = false;
    ahead = 0;
    watch(SILENCE_MS);
  };

  const toggle = (open = !isOpen, quiet = false) => {
    // What is out of sight does not open itself, and what has a place on the page does not close.
    if (isDead || (isWidget ? open && box.hidden : !open)) return;
    isQuiet = quiet;
    if (isWidget) keepOpen(bot, open);
    if (open === isOpen) return;
    isOpen = open;
    const isFocused = document.activeElement === host;
    box.classList.toggle('open', open);
    button.setAttribute('aria-expanded', String(open));
    button.setAttribute('aria-controls', 'f');
    setFullScreen(open && isWidget);
    if (open && !isReady) watch(SILENCE_MS);
    if (news[0]) fire('unread', { count: 0 });
    unread(0);
    guest?.title(0);
    if (open && document.querySelector('dialog[open]'))
      withGuest(({ dialog }) => {
        dialog(begin);
        if (isOpen && !isQuiet) frame.focus();
      });
    if (open && !quiet) frame.focus();
    else if (isFocused) button.focus();
    if (isReady) send(open ? { type: 'open', token: loadToken(bot), quiet } : { type: 'close' });
    fire(open ? 'opened' : 'closed');
  };

  const received = (message: FromFrame) => {
    switch (message.type) {
      case 'ready':
        // Also when the frame has been reloaded.
        clearTimeout(silence);
        ahead = ahead < 0 ? 0 : 1;
        isReady = true;
        box.classList.add('up');
        // A frame that was focused before its page was there has lost it.
        if (isOpen && !isQuiet && [host, document.body].includes(document.activeElement as HTMLElement)) frame.focus();
        send({ type: 'init', bot_id: bot, token: loadToken(bot), options, open: isOpen, format: shape, quiet: isQuiet, own });
        return waiting.splice(0).forEach(post);
      case 'token':
        return saveToken(bot, message.token);
      case 'close':
        return toggle(false);
      case 'unread':
        if (message.count && options.open_on_msg) toggle(true, true);
        if (isOpen) return;
        unread(message.count, message.preview?.text, message.preview?.author_name);
        return fire('unread', { count: message.count });
      case 'title':
        return withGuest(({ title }) => title(isOpen ? 0 : message.count));
      case 'event':
        return fire(message.name, message.detail as object);
      case 'refused':
        return it.refuse(message);
    }
  };

  const command = (name: string, payload: unknown) => {
    if (isDead) return;
    if (name === 'openchat') return toggle(!!+(payload as number));
    if (name === 'hide') return toggle(false);
    if (name === 'show') return;
    const value = plain(payload);
    const isOf = (names: string) => names.split(' ').includes(name);
    const isDone = isOf('emitevent send start_rule logout');
    if (isOf('command kwsetparamsfromsite identify kwcolor logout')) {
      // What the page has said was of whoever leaves.
      if (name === 'logout') layers[1]!.params_from_site = null;
      // An init of whoever it was before is of another one now.
      const isWho = isOf('identify logout');
      if (isWho) it.who = '';
      layers.push(merge(isWho ? NOBODY : {}, name === 'kwcolor' ? { colors: value } : value));
      read();
      unread(news[0]);
    } else if (!isDone) return console.warn('[kw] kw_event: unknown event', name);
    // What has changed the options is in them when the frame is ready.
    if (isReady || isDone) post({ type: 'kw_event', name, payload: value });
  };

  addEventListener(
    'message',
    (event) => {
      const message = event.source === frame.contentWindow && event.origin === origin && ours<FromFrame>(event.data);
      if (message) received(message);
    },
    { signal },
  );
  signal.addEventListener('abort', end);
  box.onkeydown = (event) => {
    if (event.key === 'Escape') toggle(false);
  };
  frame.onload = () => {
    ahead = ahead > 0 ? 0 : -1;
    if (ahead) watch(LOADED_MS);
  };

  read();
  // The gateway has chosen one that there are words in: the page's, if it can be.
  const { language_code: lang = '' } = layers[0]!;
  if (isStrange(it.given) || !(it.given.language_code || lang).startsWith?.(lang)) it.withPart('check');
  if (/^(light|dark)$/.test(look('theme'))) box.classList.add(look('theme'));
  box.dir = isRtl(lang) ? 'rtl' : 'ltr';
  button.append(icon(look('launcher.closeIcon') === 'expand_more' ? 'M5 10l9 9 9-9' : 'M6 6l16 16M22 6L6 22'));
  addSheet(host.shadowRoot!, css);
  frame.id = 'f';
  // A link it was, while there was no panel.
  button.role = null;
  // What the frame needs before it can hear from us; a fragment is not sent to the server.
  frame.allow = 'clipboard-write; autoplay; geolocation';
  frame.src = `${base}frame/?bot-id=${bot}#site=${location.origin}&lang=${lang}`;
  unread(0);
  if (isWidget) box.append(frame);
  else it.withPart('guest', ({ settle }) => settle(frame), it.block);
  // What the page has called since goes over how it was.
  if (!isWidget || (!matchMedia(PHONE).matches && wasOpen(bot))) toggle(true, true);
  it.calls.splice(0).forEach(([name, payload]) => command(name, payload));
  return { toggle, command };
}

/** Leaves a list a list: Prototype.js has it turned into text. */
function listsAsTheyAre(this: any, key: string, said: unknown): unknown {
  return Array.isArray(this[key]) ? this[key] : said;
}

/** A copy that can be sent to the frame, but for what cannot, whatever the page put into it. */
function plain(value: any): Record<string, any> {
  const out: Record<string, any> = {};
  for (const name in value)
    try {
      out[name] = JSON.parse(JSON.stringify(value[name], listsAsTheyAre));
    } catch {
      // It leads to itself, or is nothing.
    }
  return out;
}

give<'panel'>(makePanel);
