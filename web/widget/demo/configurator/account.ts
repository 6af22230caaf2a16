// Who is signed in, by the session that the console keeps on this origin, and calls in their name. Like each tab of
// the console, this page exchanges the refresh token under the lock that they share, and writes the next one back.

const KEY = 'switchboard.session';
/** How long before its end an access token is exchanged. */
const EARLY_MS = 30_000;
const TIMEOUT_MS = 15_000;

export interface User {
  name: string;
  role: string;
}

/** Why a call failed: Connect's code and message, and the fields that are wrong. */
export class Refusal extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly fields: { field: string; description: string }[] = [],
  ) {
    super(message);
  }
}

interface Session {
  refreshToken: string;
  userId: string;
}

function stored(): Session | undefined {
  try {
    const { refreshToken, userId } = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Session>;
    return typeof refreshToken === 'string' && typeof userId === 'string' ? { refreshToken, userId } : undefined;
  } catch {
    return undefined; // storage is denied, or is not what the console writes
  }
}

/** Calls a method with Connect's JSON. */
async function post(method: string, request: object, token?: string): Promise<Record<string, unknown>> {
  let response: Response;
  try {
    response = await fetch(`/switchboard.config.v1.${method}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }) },
      body: JSON.stringify(request),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch {
    throw new Refusal('unavailable', 'no answer');
  }
  const body = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  if (response.ok) return body;
  const details = (Array.isArray(body.details) ? body.details : []) as { debug?: { fieldViolations?: { field: string; description: string }[] } }[];
  throw new Refusal(String(body.code ?? 'unknown'), String(body.message ?? response.status), details.flatMap(({ debug }) => debug?.fieldViolations ?? []));
}

/** One holder at a time across all tabs, where the browser has locks (secure contexts). */
const exclusive = <T>(run: () => Promise<T>): Promise<T> => (navigator.locks ? (navigator.locks.request(KEY, run) as Promise<T>) : run());

export class Account {
  #access: { token: string; renewAt: number; userId: string } | undefined;
  #user: User | undefined;

  /** Who is signed in, asked anew; undefined: nobody. Rejects with a Refusal when it cannot be known. */
  async user(): Promise<User | undefined> {
    try {
      await this.#token();
      return this.#user;
    } catch (problem) {
      if (problem instanceof Refusal && problem.code === 'unauthenticated') return undefined;
      throw problem;
    }
  }

  /** Calls a method of config.v1 in the user's name. */
  async call(method: string, request: object): Promise<Record<string, unknown>> {
    const token = await this.#token();
    try {
      return await post(method, request, token);
    } catch (problem) {
      if (!(problem instanceof Refusal) || problem.code !== 'unauthenticated' || this.#access?.token !== token) throw problem;
      this.#access = undefined; // revoked before its time: one more try with a new one
      return post(method, request, await this.#token());
    }
  }

  async #token(): Promise<string> {
    const now = stored();
    if (this.#access && this.#access.userId === now?.userId && Date.now() < this.#access.renewAt) return this.#access.token;
    return exclusive(() => this.#renew());
  }

  async #renew(attempts = 3): Promise<string> {
    const session = stored();
    if (!session) throw new Refusal('unauthenticated', 'signed out');
    try {
      const answer = await post('AuthService/Refresh', { refreshToken: session.refreshToken });
      const { accessToken, refreshToken, expiresAt } = answer.tokens as Record<string, string>;
      const user = answer.user as User & { id: string };
      // Signed out meanwhile, or somebody else in: the new tokens must not bring the session back.
      if (stored()?.userId !== session.userId) throw new Refusal('unauthenticated', 'signed out');
      localStorage.setItem(KEY, JSON.stringify({ refreshToken, userId: user.id } satisfies Partial<Record<keyof Session, unknown>>));
      const renewAt = Date.parse(expiresAt ?? '') - EARLY_MS;
      this.#access = { token: accessToken!, userId: user.id, renewAt: renewAt > Date.now() ? renewAt : Infinity };
      this.#user = { name: user.name, role: user.role };
      return accessToken!;
    } catch (problem) {
      // Without locks a tab of the console may have been faster: its token is the one that works.
      const isLate = problem instanceof Refusal && problem.code === 'unauthenticated' && attempts > 1 && stored() && stored()!.refreshToken !== session.refreshToken;
      if (isLate) return this.#renew(attempts - 1);
      throw problem;
    }
  }
}

/** Calls back when another tab has signed in or out. */
export function onSession(callback: () => void): void {
  let who = stored()?.userId;
  addEventListener('storage', (event) => {
    if ((event.key !== KEY && event.key !== null) || stored()?.userId === who) return;
    who = stored()?.userId;
    callback();
  });
}
