// @vitest-environment jsdom
import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError } from "@connectrpc/connect";
import { TokensSchema } from "@switchboard/proto/config/v1/config_pb";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { me } from "../../test/fixtures";
import { Session, type AuthCalls, type Exclusive } from "./session";
import { browserTokenStore } from "./token-store";

const denied = () => new ConnectError("no", Code.Unauthenticated);

/** AuthService as its contract says: a refresh token works once. */
class Auth implements AuthCalls {
  good = new Set<string>();
  refreshed: string[] = [];
  signedOut: string[] = [];
  down = false;
  lifeMs = 300_000;
  #n = 0;

  #issue() {
    const refreshToken = `refresh-${++this.#n}`;
    this.good.add(refreshToken);
    const expiresAt = timestampFromMs(Date.now() + this.lifeMs);
    return { tokens: create(TokensSchema, { accessToken: `access-${this.#n}`, refreshToken, expiresAt }), user: me };
  }
  async signIn({ password }: { email: string; password: string }) {
    if (password !== "right") throw denied();
    return this.#issue();
  }
  async refresh({ refreshToken }: { refreshToken: string }) {
    this.refreshed.push(refreshToken);
    await Promise.resolve();
    if (this.down) throw new ConnectError("down", Code.Unavailable);
    if (!this.good.delete(refreshToken)) throw denied();
    return this.#issue();
  }
  async signOut({ refreshToken }: { refreshToken: string }) {
    this.signedOut.push(refreshToken);
    this.good.delete(refreshToken);
  }
}

let auth: Auth;
const alone: Exclusive = (run) => run();
const newSession = (exclusive = alone) => new Session(browserTokenStore(), auth, exclusive);

/** What the browser tells every other tab. */
const tellTabs = () => window.dispatchEvent(new StorageEvent("storage", { key: "switchboard.session" }));

beforeEach(() => {
  vi.useFakeTimers({ now: 1_700_000_000_000 });
  localStorage.clear();
  auth = new Auth();
});
afterEach(() => vi.useRealTimers());

test("signing in gives a token and keeps only the refresh token", async () => {
  const session = newSession();
  expect(session.state.status).toBe("out");
  await session.signIn("daryna@example.com", "right");
  expect(session.state).toEqual({ status: "in", user: me });
  expect(await session.token()).toBe("access-1");
  expect(JSON.stringify(localStorage)).toContain("refresh-1");
  expect(JSON.stringify(localStorage)).not.toContain("access-1");
});

test("a wrong password changes nothing", async () => {
  const session = newSession();
  await expect(session.signIn("daryna@example.com", "wrong")).rejects.toThrow();
  expect(session.state.status).toBe("out");
});

describe("renewing", () => {
  test("is one exchange, however many calls ask", async () => {
    const session = newSession();
    await session.signIn("e", "right");
    session.expire("access-1");
    expect(await Promise.all([session.token(), session.token(), session.token()])).toEqual(["access-2", "access-2", "access-2"]);
    expect(auth.refreshed).toEqual(["refresh-1"]);
  });

  test("happens shortly before the end", async () => {
    const session = newSession();
    await session.signIn("e", "right");
    vi.advanceTimersByTime(auth.lifeMs - 31_000);
    expect(await session.token()).toBe("access-1");
    vi.advanceTimersByTime(1_000);
    expect(await session.token()).toBe("access-2");
  });

  test("is not tried for every call when this machine's clock is wrong", async () => {
    auth.lifeMs = -3_600_000;
    const session = newSession();
    await session.signIn("e", "right");
    expect(await session.token()).toBe("access-1");
    expect(auth.refreshed).toEqual([]);
  });

  test("is not caused by a token that has been replaced", async () => {
    const session = newSession();
    await session.signIn("e", "right");
    session.expire("access-1");
    await session.token();
    session.expire("access-1");
    expect(await session.token()).toBe("access-2");
  });

  test("ends the session when the service says so", async () => {
    const session = newSession();
    await session.signIn("e", "right");
    auth.good.clear();
    session.expire("access-1");
    await expect(session.token()).rejects.toThrow();
    expect(session.state).toEqual({ status: "out", left: false });
    expect(localStorage).toHaveLength(0);
  });

  test("keeps the session when the service cannot be asked", async () => {
    const session = newSession();
    await session.signIn("e", "right");
    session.expire("access-1");
    auth.down = true;
    await expect(session.token()).rejects.toThrow();
    expect(session.state.status).toBe("in");
    auth.down = false;
    expect(await session.token()).toBe("access-2");
  });
});

test("a reloaded page goes on with the stored session", async () => {
  await newSession().signIn("e", "right");
  const session = newSession();
  expect(session.state.status).toBe("unknown");
  expect(await session.token()).toBe("access-2");
  expect(session.state.status).toBe("in");
});

describe("two tabs", () => {
  test("exchange one after the other under a lock, each the newest token", async () => {
    let tail: Promise<unknown> = Promise.resolve();
    const lock: Exclusive = (run) => {
      const turn = tail.then(run);
      tail = turn.catch(() => undefined);
      return turn;
    };
    await newSession().signIn("e", "right");
    const [a, b] = [newSession(lock), newSession(lock)];
    expect(await Promise.all([a.token(), b.token()])).toEqual(["access-2", "access-3"]);
    expect(auth.refreshed).toEqual(["refresh-1", "refresh-2"]);
  });

  test("without locks the slower one takes the faster one's token", async () => {
    await newSession().signIn("e", "right");
    const [a, b] = [newSession(), newSession()];
    expect(await Promise.all([a.token(), b.token()])).toEqual(["access-2", "access-3"]);
    expect(auth.refreshed).toEqual(["refresh-1", "refresh-1", "refresh-2"]);
  });

  test("sign out together", async () => {
    const [a, b] = [newSession(), newSession()];
    await a.signIn("e", "right");
    tellTabs();
    await b.token();
    await a.signOut();
    tellTabs();
    expect(b.state.status).toBe("out");
    expect(auth.signedOut).toEqual(["refresh-2"]);
  });
});

test("an answer that comes after signing out does not bring the session back", async () => {
  const session = newSession();
  await session.signIn("e", "right");
  session.expire("access-1");
  const token = session.token();
  await session.signOut();
  await expect(token).rejects.toThrow();
  expect(session.state.status).toBe("out");
  expect(localStorage).toHaveLength(0);
});

test.each(["granted", "refused"])("an exchange that is %s after signing out and in again touches nothing", async (outcome) => {
  const session = newSession();
  await session.signIn("e", "right");
  session.expire("access-1");
  const token = session.token();
  if (outcome === "refused") auth.good.delete("refresh-1");
  const left: boolean[] = [];
  session.subscribe(() => session.state.status === "out" && left.push(session.state.left));
  const out = session.signOut();
  const { tokens } = await auth.signIn({ email: "e", password: "right" });
  auth.signIn = async () => ({ tokens, user: me });
  await session.signIn("e", "right");
  await out;
  await expect(token).rejects.toThrow();
  expect(left).toEqual([true]);
  expect(await session.token()).toBe(tokens.accessToken);
  expect(localStorage.getItem("switchboard.session")).toContain(tokens.refreshToken);
});

describe("where storage is denied", () => {
  const refuse = () => {
    throw new DOMException("denied", "SecurityError");
  };
  test("the session lives in memory", async () => {
    const session = new Session(browserTokenStore(refuse), auth, alone);
    await session.signIn("e", "right");
    session.expire("access-1");
    expect(await session.token()).toBe("access-2");
  });
});

test.each(["", "{", "null", "[]", '{"refreshToken":1,"userId":"u"}'])("stored nonsense %j is nobody", (text) => {
  localStorage.setItem("switchboard.session", text);
  expect(newSession().state.status).toBe("out");
});
