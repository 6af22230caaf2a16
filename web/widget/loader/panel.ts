// The second half of the loader: the chat's iframe, the messages to and from it (protocol §4), the
// badge and the preview bubble.
import css from './panel.css';
import { ours, type FromFrame, type FromLoader } from '../wire/frame.ts';
import { language } from '../wire/options.ts';
import type { Callbacks, Launcher, Panel } from './parts.ts';
import { loadToken, saveToken } from './token.ts';

const WORDS = {
  en: { open: 'Open chat', close: 'Close chat', unread: 'unread', dismiss: 'Dismiss', chat: 'Chat' },
  uk: { open: 'Відкрити чат', close: 'Закрити чат', unread: 'непрочитаних', dismiss: 'Приховати', chat: 'Чат' },
};

/** Draws the panel, closed, and begins to load the frame. */
function makePanel({ base, bot, host, root, box, button, options, fire, refused }: Launcher): Panel {
  const make = <K extends keyof HTMLElementTagNameMap>(tag: K, name: string, ...children: (Node | string)[]) => {
    const element = document.createElement(tag);
    element.className = name;
    element.append(...children);
    return element;
  };
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];

  const t = WORDS[language(options().language_code) as 'en'] ?? WORDS.en;
  const badge = make('span', 'n');
  const author = make('b', '');
  const text = make('span', '');
  const read = make('button', '', author, text);
  const dismiss = make('button', 'x', '×');
  const bubble = make('div', 'p', read, dismiss);
  const frame = make('iframe', '');
  let isOpen = false;
  let isReady = false;
  let waiting: FromLoader[] = [];

  const send = (message: FromLoader) => frame.contentWindow?.postMessage({ kw: 1, ...message }, base.origin);
  /** Sends now, or after the frame has said that it is ready. */
  const post = (message: FromLoader) => void (isReady ? send(message) : waiting.push(message));

  const label = (count = 0) => {
    button.ariaExpanded = String(isOpen);
    button.ariaLabel = (isOpen ? t.close : t.open) + (count ? ` (${t.unread}: ${count})` : '');
    frame.title = options().title || t.chat;
  };

  const unread = (count: number, preview?: { author_name: string; text: string }) => {
    badge.hidden = !count;
    badge.textContent = count > 99 ? '99+' : String(count);
    bubble.hidden = !count || !preview;
    author.textContent = preview?.author_name ?? '';
    text.textContent = preview?.text ?? '';
    label(count);
  };

  // A phone's keyboard covers fixed elements: in full screen the panel follows what is left to see.
  const view = window.visualViewport;
  const fit = () => {
    box.style.setProperty('--t', view!.offsetTop + 'px');
    box.style.setProperty('--h', view!.height + 'px');
  };

  const toggle = (open = !isOpen) => {
    if (open === isOpen) return;
    isOpen = open;
    const focused = document.activeElement === host;
    box.classList.toggle('open', open);
    if (view) {
      if (open) fit();
      view.onresize = view.onscroll = open ? fit : null;
    }
    unread(0);
    if (open) frame.focus();
    else if (focused) button.focus();
    post(open ? { type: 'open', token: loadToken(bot) } : { type: 'close' });
    fire(open ? 'opened' : 'closed');
  };

  const received = (message: FromFrame) => {
    switch (message.type) {
      case 'ready':
        // Also when the frame has been reloaded.
        isReady = true;
        send({ type: 'init', bot_id: bot, token: loadToken(bot), options: options(), open: isOpen });
        waiting.forEach(send);
        waiting = [];
        return;
      case 'token':
        return saveToken(bot, message.token);
      case 'close':
        return toggle(false);
      case 'unread':
        if (isOpen) return;
        if (message.count && options().open_on_msg) return toggle(true);
        unread(message.count, message.preview);
        return fire('unread', { count: message.count });
      case 'event':
        return fire(message.name, message.detail);
      case 'refused':
        removeEventListener('message', listen);
        return refused(message);
    }
  };
  const listen = (event: MessageEvent) => {
    const message = event.source === frame.contentWindow && event.origin === base.origin && ours<FromFrame>(event.data);
    if (message) received(message);
  };

  addEventListener('message', listen);
  read.onclick = () => toggle(true);
  dismiss.onclick = () => (bubble.hidden = true);
  dismiss.ariaLabel = t.dismiss;
  bubble.role = 'status';
  box.onkeydown = (event) => {
    if (event.key === 'Escape') toggle(false);
  };
  // What the frame needs before it can hear from us; a fragment is not sent to the server.
  const hint = new URLSearchParams({ lang: options().language_code ?? '', site: location.origin });
  frame.src = new URL(`frame/?bot-id=${bot}#${hint}`, base).href;
  frame.allow = 'clipboard-write';
  unread(0);
  button.append(badge);
  box.append(bubble, frame);
  return { toggle, send: (name, payload) => post({ type: 'kw_event', name, payload }), update: label };
}

(window as unknown as { __kw: Callbacks }).__kw.panel(makePanel);
