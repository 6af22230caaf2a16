import { timestampMs } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError } from "@connectrpc/connect";
import type { Tokens, User } from "@switchboard/proto/config/v1/config_pb";
import type { TokenStore } from "./token-store";

/** What the session needs of AuthService; its calls carry no access token. */
export interface AuthCalls {
  signIn(request: { email: string; password: string }): Promise<{ tokens?: Tokens; user?: User }>;
  refresh(request: { refreshToken: string }): Promise<{ tokens?: Tokens; user?: User }>;
  signOut(request: { refreshToken: string }): Promise<unknown>;
}

/** Runs one holder at a time across all tabs of the browser. */
export type Exclusive = <T>(run: () => Promise<T>) => Promise<T>;

export type SessionState =
  | { status: "unknown" } // a stored session has not been tried yet
  | { status: "out"; left: boolean } // left: signed out by themselves
  | { status: "in"; user: User };

/** How long before its end an access token is exchanged. */
const EARLY_MS = 30_000;

/**
 * Session is who is signed in. The access token is only ever in memory; the refresh token is in the
 * store, works once and is shared by the tabs, so it is exchanged by one tab at a time, and each
 * tab takes the newest one from the store.
 */
export class Session {
  #state: SessionState;
  #access: { token: string; renewAt: number } | undefined;
  #renewing: Promise<string> | undefined;
  /** Grows when somebody signs in or a session ends: what was asked for before is of no use after. */
  #turn = 0;
  #listeners = new Set<() => void>();

  constructor(
    private readonly store: TokenStore,
    private readonly auth: AuthCalls,
    private readonly exclusive: Exclusive = browserExclusive(),
  ) {
    this.#state = { status: store.read() ? "unknown" : "out", left: false };
    store.onForeignChange(() => this.#adopt());
  }

  get state(): SessionState {
    return this.#state;
  }

  /** Calls back after each change of state. Returns how to stop. */
  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Begins a session. Rejects with the service's ConnectError; nothing has changed then. */
  async signIn(email: string, password: string): Promise<void> {
    const answer = await this.auth.signIn({ email, password });
    this.#turn++;
    this.#keep(answer.tokens, answer.user);
  }

  /**
   * Resolves with a token that is good for a call, exchanging the refresh token when it must.
   * However many calls ask at once, there is one exchange. Rejects with Unauthenticated when the
   * session is over, and with the cause when the service could not be asked.
   */
  token(): Promise<string> {
    if (this.#access && Date.now() < this.#access.renewAt) return Promise.resolve(this.#access.token);
    this.#renewing ??= this.exclusive(() => this.#renew()).finally(() => {
      this.#renewing = undefined;
    });
    return this.#renewing;
  }

  /** Says that the service has refused this token. One that has been replaced since is ignored. */
  expire(token: string): void {
    if (this.#access?.token === token) this.#access = undefined;
  }

  /** Ends the session here at once and at the service as soon as it can be told. */
  async signOut(): Promise<void> {
    const stored = this.store.read();
    this.#end(true);
    if (stored) await this.auth.signOut({ refreshToken: stored.refreshToken }).catch(() => undefined);
  }

  async #renew(): Promise<string> {
    const stored = this.store.read();
    if (!stored) {
      this.#end();
      throw new ConnectError("signed out", Code.Unauthenticated);
    }
    const turn = this.#turn;
    try {
      const answer = await this.auth.refresh({ refreshToken: stored.refreshToken });
      // Signed out while the answer was on its way: the new tokens must not bring the session back.
      if (turn !== this.#turn || !this.store.read()) throw new ConnectError("signed out", Code.Unauthenticated);
      return this.#keep(answer.tokens, answer.user);
    } catch (e) {
      if (ConnectError.from(e).code !== Code.Unauthenticated || turn !== this.#turn) throw e;
      const newest = this.store.read();
      // Without locks another tab may have been faster: its token is the one that works.
      if (newest && newest.refreshToken !== stored.refreshToken) return this.#renew();
      this.#end();
      throw e;
    }
  }

  #keep(tokens: Tokens | undefined, user: User | undefined): string {
    if (!tokens?.accessToken || !user) {
      throw new ConnectError("the answer has no tokens or no user", Code.Internal);
    }
    this.store.write({ refreshToken: tokens.refreshToken, userId: user.id });
    const renewAt = tokens.expiresAt ? timestampMs(tokens.expiresAt) - EARLY_MS : Infinity;
    // A token that is old on arrival means that this machine's clock is wrong: then only the
    // service's refusal tells when to renew.
    this.#access = { token: tokens.accessToken, renewAt: renewAt > Date.now() ? renewAt : Infinity };
    this.#set({ status: "in", user });
    return tokens.accessToken;
  }

  /** Follows another tab that signed out or signed somebody else in. */
  #adopt(): void {
    const stored = this.store.read();
    if (!stored) {
      this.#end();
      return;
    }
    if (this.#state.status === "in" && this.#state.user.id === stored.userId) return;
    this.#turn++;
    this.#access = undefined;
    this.#set({ status: "unknown" });
  }

  #end(left = false): void {
    this.store.clear();
    this.#turn++;
    this.#access = undefined;
    this.#set({ status: "out", left });
  }

  #set(state: SessionState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

/** A lock across tabs where the browser has one (secure contexts); otherwise none. */
function browserExclusive(): Exclusive {
  const locks: LockManager | undefined = globalThis.navigator?.locks;
  if (!locks) return (run) => run();
  return async (run) => await locks.request("switchboard.session", run);
}
