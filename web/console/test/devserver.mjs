// A server to try the console against: everything in memory, one bot, visitors that answer.
// Only for development and screenshots; never shipped. Sign in as olena@example.com, password
// "correct horse". PORT chooses the port (0 = any); the address is printed.
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { Code, ConnectError } from "@connectrpc/connect";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { loadProto } from "./load-proto.mjs";
import { World } from "./world.mjs";

const dist = fileURLToPath(new URL("../dist", import.meta.url));
const csp = "default-src 'self'; style-src 'self'; img-src 'self' https:";
const types = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };
const accessSeconds = Number(process.env.ACCESS_SECONDS ?? 300);

const proto = await loadProto();
const world = new World(proto);

const sessions = { access: new Map(), refresh: new Map(), next: 1 };

function issue(user) {
  const n = sessions.next++;
  const end = Date.now() + accessSeconds * 1000;
  sessions.access.set(`access-${n}`, { user, end });
  sessions.refresh.set(`refresh-${n}`, user);
  return {
    tokens: { accessToken: `access-${n}`, refreshToken: `refresh-${n}`, expiresAt: proto.timestamp(end) },
    user,
  };
}

function caller(context) {
  const found = sessions.access.get((context.requestHeader.get("Authorization") ?? "").replace(/^Bearer /, ""));
  if (!found || found.end < Date.now()) throw new ConnectError("the access token is missing or old", Code.Unauthenticated);
  return found.user;
}

function routes(router) {
  router.service(proto.AuthService, {
    signIn({ email, password }) {
      const user = world.users.find((u) => u.email === email);
      if (!user || password !== "correct horse") throw new ConnectError("wrong e-mail or password", Code.Unauthenticated);
      return issue(user);
    },
    refresh({ refreshToken }) {
      const user = sessions.refresh.get(refreshToken);
      if (!sessions.refresh.delete(refreshToken)) throw new ConnectError("the refresh token was used", Code.Unauthenticated);
      return issue(user);
    },
    signOut({ refreshToken }) {
      sessions.refresh.delete(refreshToken);
      return {};
    },
    getMe: (_, context) => ({ user: caller(context) }),
  });
  router.service(proto.OperatorService, {
    listDialogs: (_, context) => ({ dialogs: caller(context) && world.dialogs() }),
    getDialog: ({ dialogId }, context) => ({ dialog: caller(context) && world.dialog(dialogId) }),
    async *watch({ dialogId }, context) {
      yield* world.watch(caller(context), context.signal, dialogId);
    },
    take: ({ dialogId }, context) => ({ dialog: world.take(dialogId, caller(context)) }),
    send: (request, context) => world.send(request, caller(context)),
    sendTyping: (_, context) => caller(context) && {},
    editMessage: ({ dialogId, messageId: message, text }, context) => world.amend(dialogId, "edit", { message, text }, caller(context)),
    deleteMessage: ({ dialogId, messageId: message }, context) => world.amend(dialogId, "deletion", { message }, caller(context)),
    markSeen: ({ dialogId, messageId: message }, context) => world.amend(dialogId, "seen", { message }, caller(context)),
    close: ({ dialogId, alias }, context) => ({ dialog: world.close(dialogId, alias, caller(context)) }),
  });
  router.service(proto.HistoryService, {
    listMessages: (request, context) => caller(context) && world.list(request),
  });
}

/** POST /dev/<what>?…: what a test makes happen. */
function steer(url, response) {
  const of = (name) => url.searchParams.get(name) ?? "";
  const acts = {
    say: () => world.say(of("conversation"), of("text")),
    type: () => world.type(of("conversation")),
    grab: () => world.take(of("dialog"), world.users[1]),
    drop: () => world.drop(),
    reject: () => (world.rejecting = of("on") === "1"),
  };
  const act = acts[url.pathname.slice("/dev/".length)];
  act?.();
  response.writeHead(act ? 204 : 404).end();
}

const picture = `<svg xmlns="http://www.w3.org/2000/svg" width="640" height="360"><rect width="640" height="360" fill="#dbe4f0"/><rect x="40" y="40" width="360" height="28" rx="6" fill="#9fb3cc"/><path d="M60 250h520" stroke="#6b82a0" stroke-width="8"/><circle cx="90" cy="250" r="20" fill="#12824c"/><circle cx="320" cy="250" r="20" fill="#12824c"/><circle cx="550" cy="250" r="20" fill="#b42318"/></svg>`;

async function file(url, response) {
  if (url.pathname === "/dev/picture.svg") return response.writeHead(200, { "Content-Type": types[".svg"] }).end(picture);
  if (url.pathname === "/") return response.writeHead(302, { Location: "/console/" }).end();
  const path = normalize(url.pathname.replace(/^\/console\//, "/"));
  const name = extname(path) ? path : "/index.html";
  try {
    const body = await readFile(join(dist, name));
    response.writeHead(200, { "Content-Type": types[extname(name)] ?? "text/plain", "Content-Security-Policy": csp });
    response.end(body);
  } catch {
    response.writeHead(404).end();
  }
}

const handler = connectNodeAdapter({
  routes,
  fallback(request, response) {
    const url = new URL(request.url ?? "/", "http://localhost");
    if (request.method === "POST") steer(url, response);
    else void file(url, response);
  },
});
const server = createServer(handler).listen(Number(process.env.PORT ?? 8080), "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${server.address().port}/console/`);
});
