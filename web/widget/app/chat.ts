// The conversation of one frame: what comes from the socket and the visitor goes into the store, what
// the visitor does goes out through the outbox. Decides nothing about looks.
import { Outbox, type Readiness } from './outbox.ts';
import { Socket, type Verdict } from './socket.ts';
import type { Store } from './storage.ts';
import { initial, isShown, messageId, nextExpiry, reduce, type Action, type State } from './store.ts';
import { requestToken, TokenError } from './token.ts';
import type { Connect } from './transport.ts';
import { uuidv7 } from './uuid.ts';
import type { Ack, Body, Button, History, Message, Problem, Session } from '../wire/message.ts';
import type { Options } from '../wire/options.ts';

/** What a chat needs from around it. */
export interface ChatOptions {
  bot: string;
  /** The page's origin, as the browser vouches for it. */
  site: string;
  /** A stored token, or empty. */
  token: string;
  options: Options;
  /** The origin of the gateway. */
  server: string;
  store: Store;
  /** Called after every change of the state. */
  changed(state: State): void;
  /** A token to keep; empty: forget it. */
  keep(token: string): void;
  /** The gateway will never let this page in. */
  refused(problem: Problem): void;
  /** Something happened that the page may want to know. */
  event(name: string, detail?: unknown): void;
  /** A live event that concerns looks only. */
  look(change: Partial<Options>): void;
  connect?: Connect;
}

const TYPING_MS = 6_000;
const TYPING_EVERY_MS = 3_000;
/** A lease on thinking is never believed for longer. */
const THINKING_MAX_MS = 120_000;
/** The end of a replay is not marked; it is taken to have ended when nothing has come for this long, */
const QUIET_MS = 300;
/** and at the latest after this. A repeated id is stored once, so neither can do harm. */
const REPLAY_MAX_MS = 3_000;
const PAGE_SIZE = 30;

export class Chat {
  state: State = initial;
  private readonly socket: Socket;
  private readonly outbox: Outbox;
  private token: string;
  private asked: Promise<string> | undefined;
  private params: Record<string, unknown>;
  private expiry: ReturnType<typeof setTimeout> | undefined;
  private quiet: ReturnType<typeof setTimeout> | undefined;
  private replayStarted = 0;
  private readiness: Readiness = 'closed';
  private lastTyping = 0;
  private restored = false;
  private engaged = false;

  constructor(private readonly o: ChatOptions) {
    this.token = o.token;
    this.params = o.options.params_from_site;
    this.socket = new Socket({
      url: `${o.server}/socket.io/`,
      auth: (offset) => this.auth(offset),
      event: (name, args) => this.received(name, args),
      connected: (on) => this.connected(on),
      refused: (problem) => this.refused(problem),
      ...(o.connect && { connect: o.connect }),
    });
    this.outbox = new Outbox({
      store: o.store,
      send: (message) => this.socket.request('message', message) as Promise<Ack>,
      stored: (entry, id, offset) => this.dispatch({ type: 'stored', id: entry.id, messageId: id, offset }),
      failed: (entry, problem) => this.failed(entry.id, problem),
      unknown: () => this.socket.lost(),
    });
  }

  /** Connects, now that the visitor has shown interest; a no-op afterwards. */
  engage(): void {
    if (this.engaged) return;
    this.engaged = true;
    if (!this.token) this.askToken().catch(() => {});
    this.socket.open();
  }

  /** Ends the connection until `resume`, keeping all else: the page is put aside. */
  suspend(): void {
    this.socket.close();
  }

  /** The page is back. */
  resume(): void {
    if (this.engaged) this.socket.open();
  }

  /** The page woke up or is back online. */
  wake(): void {
    this.socket.wake();
  }

  /** The browser says that there is no network. */
  offline(): void {
    this.socket.lost();
  }

  /** Sends what the visitor wrote. False when it cannot be taken now; the draft is then to be kept. */
  sendText(text: string): boolean {
    const trimmed = text.trim();
    return !!trimmed && !this.state.thinking && this.enqueue({ type: 'text', text: trimmed });
  }

  /** Answers with a button. */
  press(button: Button): boolean {
    if (this.state.thinking) return false;
    return this.enqueue({ type: 'button', text: button.Text, ...(button.ActionBody && { action_body: button.ActionBody }) });
  }

  /** Jumps to an entry point of the scenario. */
  jump(alias: string): void {
    this.engage();
    this.enqueue({ type: 'alias', alias });
  }

  /** Lays parameters of the page over those there are; told to the conversation once there is one. */
  setParams(params: Record<string, unknown>): void {
    this.params = { ...this.params, ...params };
    if (this.state.conversation) this.enqueue({ type: 'params', params_from_site: this.params });
  }

  retry(id: string): void {
    this.dispatch({ type: 'retry', id });
    this.outbox.retry(id);
  }

  discard(id: string): void {
    this.dispatch({ type: 'discard', id });
    this.outbox.discard(id);
  }

  /** The visitor is writing. */
  typing(): void {
    const now = Date.now();
    if (now - this.lastTyping < TYPING_EVERY_MS) return;
    this.lastTyping = now;
    this.socket.emit('typing');
  }

  /** Fetches the page before the first item; gives up quietly, scrolling asks again. */
  async loadOlder(): Promise<void> {
    const before = this.state.items[0]?.offset;
    if (!before || !this.state.hasMore || this.state.loadingOlder || !this.state.connected) return;
    this.dispatch({ type: 'loading-older', on: true });
    try {
      const page = (await this.socket.request('history', { before, page_size: PAGE_SIZE })) as { ok?: boolean } & Partial<History>;
      if (page.ok && Array.isArray(page.messages)) {
        this.dispatch({ type: 'older', history: { messages: page.messages.filter(isMessage), has_more: !!page.has_more } });
      }
    } catch {
      // The connection was lost; the list asks again when it is scrolled.
    }
    this.dispatch({ type: 'loading-older', on: false });
  }

  /** The visitor has seen everything up to here. */
  seen(): void {
    const last = this.state.items.at(-1)?.message.id;
    if (!last || last === this.state.read) return;
    this.o.store.set('read', last);
    this.dispatch({ type: 'read', id: last });
  }

  private dispatch(action: Action): void {
    const next = reduce(this.state, action);
    if (next === this.state) return;
    this.state = next;
    clearTimeout(this.expiry);
    const at = nextExpiry(next);
    if (at !== undefined) {
      this.expiry = setTimeout(() => this.dispatch({ type: 'expire', now: Date.now() }), Math.max(0, at - Date.now()) + 1);
    }
    this.o.changed(next);
  }

  private enqueue(body: Body, id: string = uuidv7(), first = false): boolean {
    const time = new Date().toISOString();
    if (!this.outbox.add({ id, body, time, attempt: 0 }, this.state.conversation, first)) return false;
    if (isShown({ id, ...body })) this.dispatch({ type: 'pending', pending: { id, body, time } });
    return true;
  }

  private failed(id: string, problem: Problem): void {
    this.dispatch({ type: 'failed', id, problem });
    this.o.event('error', { code: problem.code });
  }

  private async auth(offset: string): Promise<unknown> {
    const token = this.token || (await this.askToken());
    const { language_code, page_url } = this.o.options;
    return { token, ...(offset && { offset }), params_from_site: this.params, language_code, page_url };
  }

  /** Asks for a token once at a time. */
  private askToken(): Promise<string> {
    const { bot, site, options, token } = this.o;
    this.asked ??= requestToken({ bot_id: bot, site, ...(token && { token }), ...(options.user_id && { user_id: options.user_id }) })
      .then((answer) => {
        // Another conversation: its log has nothing to do with the offset of the old one.
        if (answer.conversation !== this.state.conversation) this.socket.offset = '';
        return this.keep(answer.token);
      })
      .catch((error: unknown) => {
        if (error instanceof TokenError && error.isFinal) {
          this.socket.close();
          this.o.refused(error.problem);
        }
        throw error;
      })
      .finally(() => (this.asked = undefined));
    return this.asked;
  }

  private keep(token: string): string {
    this.token = token;
    this.o.keep(token);
    return token;
  }

  private refused(problem: Problem): Verdict {
    if (/^token_/.test(problem.code)) {
      this.token = '';
      return 'now';
    }
    if (!/^(origin_forbidden|bot_unknown|bad_request)$/.test(problem.code)) return 'later';
    this.o.refused(problem);
    return 'never';
  }

  private connected(on: boolean): void {
    if (!on) this.ready('closed');
    this.dispatch({ type: 'connected', on });
  }

  private received(name: string, [first, second]: unknown[]): void {
    const data = (first ?? {}) as Record<string, unknown>;
    const now = Date.now();
    switch (name) {
      case 'session':
        return this.session(data as unknown as Session);
      case 'history':
        return this.history(data as unknown as History, typeof second === 'string' ? second : '');
      case 'message':
        return this.message(data as unknown as Message, typeof second === 'string' ? second : '', now);
      case 'typing':
        return this.dispatch({ type: 'typing', author: data.author === 'bot' ? 'bot' : 'operator', name: String(data.name ?? ''), until: now + TYPING_MS });
      case 'thinking': {
        const text = String(data.text ?? '');
        this.o.event('thinking', { on: !!text });
        return this.dispatch({ type: 'thinking', text, until: now + Math.min(Number(data.ttl_ms) || 30_000, THINKING_MAX_MS) });
      }
      case 'command':
      case 'settings':
        return this.o.look(data);
      case 'problem':
        return this.o.event('error', { code: data.code });
    }
  }

  private session(session: Session): void {
    if (session.token) this.keep(session.token);
    this.dispatch({ type: 'session', session });
    if (!this.restored) {
      this.restored = true;
      for (const { id, body, time } of this.outbox.restore(session.conversation)) {
        if (isShown({ id, ...body })) this.dispatch({ type: 'pending', pending: { id, body, time } });
      }
    }
    if (session.resumed) this.replaying();
  }

  private history(history: History, offset: string): void {
    const messages = Array.isArray(history.messages) ? history.messages.filter(isMessage) : [];
    const first = !this.state.loaded;
    this.dispatch({ type: 'history', history: { messages, has_more: !!history.has_more }, offset });
    for (const message of messages) this.settle(message);
    if (!messages.length) {
      const { language_code = '', page_url = '' } = this.o.options;
      this.enqueue({ type: 'start', language_code, page_url }, this.state.conversation, true);
    }
    if (first) {
      // A visitor whose storage is denied comes back with everything read.
      this.dispatch({ type: 'read', id: this.o.store.get('read') ?? messages.at(-1)?.id ?? '' });
      this.o.event('ready');
    }
    this.replaying();
  }

  private message(message: Message, offset: string, now: number): void {
    if (!isMessage(message)) return;
    const known = this.state.items.some((item) => item.message.id === message.id);
    this.dispatch({ type: 'message', message, offset, now });
    this.settle(message);
    if (!known && isShown(message)) this.o.event('message', { id: message.id, author: message.author, type: message.type });
    if (this.readiness === 'replaying') this.replaying();
  }

  /** Takes what the log has out of the outbox. */
  private settle(message: Message): void {
    const prefix = messageId(this.state, '');
    if (message.author === 'visitor' && message.id.startsWith(prefix)) this.outbox.settled(message.id.slice(prefix.length));
  }

  /** A stored event came after CONNECT: the replay goes on. */
  private replaying(): void {
    const now = Date.now();
    if (this.readiness === 'closed') this.replayStarted = now;
    if (this.readiness !== 'open') this.ready('replaying');
    clearTimeout(this.quiet);
    this.quiet = setTimeout(() => this.ready('open'), Math.min(QUIET_MS, Math.max(0, this.replayStarted + REPLAY_MAX_MS - now)));
  }

  private ready(readiness: Readiness): void {
    clearTimeout(this.quiet);
    this.readiness = readiness;
    this.outbox.setReadiness(readiness);
  }
}

const isMessage = (message: Partial<Message> | null): message is Message => typeof message?.id === 'string' && typeof message.type === 'string';
