// The conversation of one frame: what comes from the socket and the visitor changes the state, what the
// visitor does goes out through the outbox. Decides nothing about looks.
import { formAsked, hasLeftWord, isNew } from './desk.ts';
import { lazy } from './lazy.ts';
import { createOutbox, type Readiness } from './outbox.ts';
import type { Chat, ChatOptions } from './parts.ts';
import { createSocket } from './socket.ts';
import * as to from './store.ts';
import { isFinal, post, requestToken, type TokenError } from './token.ts';
import { uuidv7 } from './uuid.ts';
import type { Ack, Body, History, Message, Piece, Problem, Session } from '../wire/message.ts';
import type { Options } from '../wire/options.ts';

export type { Chat, ChatOptions };

const TYPING_MS = 6_000;
const TYPING_EVERY_MS = 3_000;
/** A lease on thinking is never believed for longer. */
const THINKING_MAX_MS = 120_000;
/** The end of a replay is not marked; it is taken to have ended when nothing has come for this long, */
const QUIET_MS = 300;
/** and at the latest after this. A repeated id is stored once, so neither can do harm. */
const REPLAY_MAX_MS = 3_000;
const PAGE_SIZE = 30;
/** What the gateway takes of the page's address. */
const MAX_ADDRESS = 2_048;
/** Characters of the page's parameters. Longer ones the gateway refuses, or even the connection for them. */
const MAX_PARAMS = 8_192;

/** Makes the chat; nothing is connected yet. */
export function createChat(o: ChatOptions): Chat {
  const { bot, site, options, store } = o;
  const { language_code, recognize_user_meta } = options;
  let { user_id, user_token, params_token } = options;
  const page_url = options.page_url?.slice(0, MAX_ADDRESS);
  /** Good for this page and its user, which a stored one is only after the gateway has seen both. */
  let token = '';
  /** The newest one, to be shown when another is asked for. */
  let stored = o.token;
  let params: Options['params_from_site'] = {};
  let asked: Promise<string> | undefined;
  let isEngaged = false;
  let isRestored = false;
  let readiness: Readiness = 'closed';
  let replayStarted = 0;
  let lastTyping = 0;
  /** Where the conversation is to begin, if not at its start. */
  let beginning = '';
  /** The parameters that were told last; what is newer has them, too. */
  let told = '';
  let older: Promise<void> | undefined;
  let expiry: number | undefined;
  let quiet: number | undefined;

  const set = (next: to.State) => {
    if (next === chat.state) return;
    const isThinking = !!next.thinking;
    const isNews = isThinking !== !!chat.state.thinking;
    const { kind } = next.owner;
    const isOwned = kind !== chat.state.owner.kind;
    chat.state = next;
    if (isNews) o.event('thinking', { on: isThinking });
    if (isOwned) o.event('owner', { kind });
    clearTimeout(expiry);
    const until = Math.min(...[next.typing, next.thinking, next.partial].map((lease) => lease?.until ?? Infinity));
    if (until < Infinity) expiry = setTimeout(() => set(to.expired(chat.state, Date.now())), Math.max(0, until - Date.now()) + 1) as unknown as number;
    o.changed();
  };

  const outbox = createOutbox({
    store,
    send: (message) => socket.request('message', message) as Promise<Ack>,
    stored: (id, messageId, offset) => set(to.stored(chat.state, id, messageId, offset)),
    failed(id, problem) {
      set(to.failed(chat.state, id, problem));
      o.event('error', problem);
    },
    unknown: () => socket.lost(),
  });

  const ready = (next: Readiness) => {
    clearTimeout(quiet);
    outbox.setReadiness((readiness = next));
  };

  const form = () => formAsked(chat.state, o.options, Date.now());

  /** The conversation's first event, unless there is one; before all that waits to be sent. */
  const start = () => {
    // Who has left word out of hours is answered to that.
    if (isNew(chat.state) && !hasLeftWord(chat.state, Date.now())) enqueue(beginning ? { type: 'alias', alias: beginning } : { type: 'start', language_code, page_url }, chat.state.conversation, true);
    else if (beginning) enqueue({ type: 'alias', alias: beginning });
    beginning = '';
  };

  /** Begins the conversation, once nothing has to be answered first, and lets go what waits for that. */
  const proceed = () => {
    if (isNew(chat.state) && form()) return;
    start();
    replaying();
  };

  /** A stored event came after CONNECT: the replay goes on. */
  const replaying = () => {
    const now = Date.now();
    if (readiness === 'closed') replayStarted = now;
    if (readiness !== 'open') ready('replaying');
    clearTimeout(quiet);
    quiet = setTimeout(ready, Math.min(QUIET_MS, Math.max(0, replayStarted + REPLAY_MAX_MS - now)), 'open') as unknown as number;
  };

  const enqueue = (body: Body, id = uuidv7(), first?: boolean) => {
    const time = new Date().toISOString();
    if (!outbox.add({ id, body, time, attempt: 0 }, chat.state.conversation, first)) return false;
    show({ id, body, time });
    return true;
  };

  const show = ({ id, body, time }: to.Pending) => {
    if (to.isShown(body)) set(to.queued(chat.state, { id, body, time }));
  };

  const fetchOlder = async () => {
    const before = chat.state.items[0]?.offset;
    if (!before || !chat.state.hasMore) return;
    set({ ...chat.state, loadingOlder: true });
    const page = (await socket.request('history', { before, page_size: PAGE_SIZE }).catch(() => undefined)) as ({ ok: boolean } & History) | undefined;
    if (page?.ok) set(to.prepended(chat.state, onlyMessages(page.messages), page.has_more));
    set({ ...chat.state, loadingOlder: false });
  };

  /** Takes what the log has out of the outbox. */
  const settle = ({ author, id }: Message) => {
    const prefix = to.messageId(chat.state, '');
    if (author === 'visitor' && id.startsWith(prefix)) outbox.settled(id.slice(prefix.length));
  };

  /** The page's parameters are wrong. Nobody is kept from talking by them. */
  const faulty = (problem: Problem) => {
    console.error('[kw]', problem);
    o.event('error', problem);
  };

  /** Lays parameters over the present ones, unless that makes too many. */
  const takeParams = (more: object) => {
    const next = { ...params, ...more };
    if (JSON.stringify(next)[MAX_PARAMS]) faulty({ code: 'too_large', message: 'more than 8192 bytes', field: 'params_from_site' });
    else params = next;
  };

  const keep = (next: string) => {
    token = stored = next;
    o.keep(next);
    return next;
  };

  /** Nothing helps: the chat goes away, or says what the bot says to those on its list. */
  const refuse = (problem: Problem) => {
    if (problem.code === 'blocked') set({ ...chat.state, loaded: true, blocked: problem.message });
    else o.refused(problem);
  };

  /** Nothing of this visitor stays on the screen. */
  const leave = async (first?: Promise<unknown>) => {
    socket.close();
    store.keys('').forEach(store.remove);
    set(to.initial);
    await first;
    o.reload();
  };

  /** Asks for a token, once at a time. */
  const askToken = () =>
    (asked ??= requestToken({ bot_id: bot, site, token: stored || undefined, user_id: user_id && `${user_id}`, user_token })
      .then((answer) => {
        // Another conversation: its log has nothing to do with the offset of the old one.
        if (answer.conversation !== chat.state.conversation) socket.forget();
        // Nor has its visitor to do with what the former one was writing.
        if (stored && !answer.renewed && store.keys('')[0]) void leave();
        return keep(answer.token);
      })
      .catch((error: TokenError) => {
        if (isFinal(error.problem?.code)) {
          socket.close();
          refuse(error.problem!);
        }
        throw error;
      })
      .finally(() => (asked = undefined)));

  const onSession = (session: Session) => {
    if (session.token) keep(session.token);
    set(to.joined(chat.state, session));
    if (!isRestored) outbox.restore(session.conversation).forEach(show);
    isRestored = true;
    if (session.resumed) proceed();
  };

  const onHistory = ({ messages, has_more }: History, offset: string) => {
    const first = !chat.state.loaded;
    const page = onlyMessages(messages);
    // A visitor whose storage is denied comes back with everything read.
    const read = first ? (store.get('read') ?? page.at(-1)?.id ?? '') : chat.state.read;
    set({ ...to.replaced(chat.state, page, has_more, offset), read });
    page.forEach(settle);
    if (first) o.event('ready');
    proceed();
  };

  const onMessage = (message: Message, offset: string) => {
    if (!onlyMessages([message])[0]) return;
    const isNew = !chat.state.items.some((item) => item.message.id === message.id);
    set(to.received(chat.state, message, offset));
    settle(message);
    const { id, author, type } = message;
    if (isNew && to.isShown(message)) o.event('message', { id, author, type });
    // It may be what everything has waited for.
    if (readiness !== 'open') proceed();
  };

  const onEvent = (name: string, [data, last]: unknown[]) => {
    const given = (data ?? {}) as Record<string, unknown>;
    const offset = typeof last === 'string' ? last : '';
    const until = (ms: number) => Date.now() + ms;
    switch (name) {
      case 'session':
        return onSession(data as Session);
      case 'history':
        return onHistory(data as History, offset);
      case 'message':
        return onMessage(data as Message, offset);
      case 'typing':
        return set({ ...chat.state, typing: { text: String(given.name ?? ''), author: String(given.author), until: until(TYPING_MS) } });
      case 'partial':
        // In their order, as the chunk comes once. What it cannot show is whole when the message comes.
        return void lazy('side').then(({ written }) => set(written(chat.state, given as unknown as Piece, Date.now())), () => {});
      case 'thinking': {
        const text = String(given.text ?? '');
        return set({ ...chat.state, thinking: text ? { text, until: until(Math.min(Number(given.ttl_ms) || 30_000, THINKING_MAX_MS)) } : undefined });
      }
      case 'command':
        return o.look(given);
      case 'settings':
        o.settings(given);
        return chat.proceed();
      case 'problem':
        if (given.code === 'token_revoked') void leave();
        return o.event('error', given);
    }
  };

  const socket = createSocket({
    url: `${o.server}/socket.io/`,
    auth: async () => ({ token: await chat.token(), params_from_site: params, params_token, language_code, page_url, recognize_user_meta, settings: o.options.version }),
    event: onEvent,
    connected(on) {
      if (!on) ready('closed');
      set({ ...chat.state, connected: on });
    },
    refused(problem) {
      // A new one helps.
      if (problem.code.startsWith('token_')) {
        token = '';
        return 'now';
      }
      if (!isFinal(problem.code)) return 'later';
      // The page's parameters can be what is wrong. Nobody is kept from talking by them.
      const isSigned = problem.code.startsWith('params_');
      if (isSigned ? params_token : /^(bad|too)_/.test(problem.code) && Object.keys(params)[0]) {
        if (isSigned) params_token = '';
        else params = {};
        faulty(problem);
        return 'now';
      }
      refuse(problem);
      return 'never';
    },
    connect: o.connect,
  });

  const chat: Chat = {
    state: to.initial,
    engage(newer = '') {
      if (isEngaged) return;
      stored ||= newer;
      isEngaged = true;
      // Beside the socket's own way to the gateway.
      askToken().catch(() => {});
      socket.open();
    },
    suspend: () => socket.close(),
    resume() {
      if (isEngaged) socket.open();
    },
    wake: () => socket.wake(),
    offline: () => socket.lost(),
    sendText(text) {
      const isSent = !!text.trim() && !chat.state.thinking && enqueue({ type: 'text', text: text.trim(), reply_to: chat.state.reply?.id });
      if (isSent) chat.replyTo();
      return isSent;
    },
    press: ({ Text, ActionBody }) => !chat.state.thinking && enqueue({ type: 'button', text: Text, action_body: ActionBody || undefined }),
    sendUpload: (body) => !chat.state.thinking && enqueue(body),
    answer(name, values, text) {
      const isFirst = name === form();
      if (chat.state.thinking && !isFirst) return false;
      // The conversation begins behind what has to be answered first.
      if (isFirst && name === 'prechat') start();
      if (!enqueue({ type: 'form_answer', form: name, values, text }, uuidv7(), isFirst)) return false;
      chat.proceed();
      return true;
    },
    end: () => enqueue({ type: 'end' }),
    // A copy, as what is drawn of it is not what is drawn of the message.
    replyTo: (reply) => set({ ...chat.state, reply: reply && { ...reply } }),
    proceed() {
      if (chat.state.connected && chat.state.loaded && readiness !== 'open') proceed();
    },
    begin(alias) {
      chat.engage();
      if (chat.state.loaded) chat.jump(alias);
      else beginning = alias;
    },
    token: async () => token || askToken(),
    jump(alias) {
      chat.engage();
      enqueue({ type: 'alias', alias });
    },
    setParams(more) {
      takeParams(more);
      outbox.settled(told);
      if (isEngaged) enqueue({ type: 'params', params_from_site: params }, (told = uuidv7()));
    },
    retry(id) {
      set(to.failed(chat.state, id));
      outbox.retry(id);
    },
    discard(id) {
      set(to.discarded(chat.state, id));
      outbox.settled(id);
    },
    typing() {
      if (Date.now() - lastTyping < TYPING_EVERY_MS) return;
      lastTyping = Date.now();
      socket.emit('typing');
    },
    loadOlder: () => (older ??= fetchOlder().finally(() => (older = undefined))),
    seen(came) {
      if (came) set({ ...chat.state, fresh: to.unread(chat.state)[0]?.id });
      const last = chat.state.items.at(-1)?.message.id;
      if (!last || last === chat.state.read) return;
      store.set('read', last);
      set({ ...chat.state, read: last });
    },
    seenElsewhere(conversation, id) {
      const { items, read } = chat.state;
      const at = (of: unknown) => items.findIndex(({ message }) => message.id === of);
      if (conversation === chat.state.conversation && at(id) > at(read)) set({ ...chat.state, read: id as string });
    },
    identify(who) {
      // What is not said of the next one is not that of the one before.
      ({ user_id, user_token, params_token } = who);
      const renew = () => {
        token = '';
        socket.lost();
      };
      // What is being asked for is of the one before.
      Promise.resolve(asked).then(renew, renew);
    },
    logout() {
      const token = stored;
      keep('');
      return leave(token ? post('logout', { token }).catch(({ problem }: TokenError) => o.event('error', problem ?? { code: 'unavailable' })) : undefined);
    },
  };
  takeParams(options.params_from_site);
  return chat;
}

/** What can be drawn and found again; the rest of a page must not suffer for one that cannot. */
const onlyMessages = (messages: unknown): Message[] =>
  Array.isArray(messages) ? (messages as Partial<Message>[]).filter((m): m is Message => typeof m?.id === 'string' && typeof m.type === 'string') : [];
