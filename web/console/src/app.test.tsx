// @vitest-environment jsdom
import "../test/dom";
import { create } from "@bufbuild/protobuf";
import { Code, ConnectError, type ConnectRouter } from "@connectrpc/connect";
import { Author } from "@switchboard/proto/chat/v1/message_pb";
import { AuthService, TokensSchema } from "@switchboard/proto/config/v1/config_pb";
import { HistoryService } from "@switchboard/proto/history/v1/history_pb";
import { DialogState, OperatorService, type CloseRequest, type Dialog } from "@switchboard/proto/operator/v1/operator_pb";
import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test, vi } from "vitest";
import { openConsole } from "../test/app";
import { conversation, dialog, me, message } from "../test/fixtures";

// The server: dialogs by id, a take that may be lost, and what was closed where.
let dialogs: Map<string, Dialog>;
let takenBy: { id: string; name: string };
let closed: CloseRequest[];
let meta: { ip?: string; country?: string; city?: string };
const ignored = () => ({});

function routes({ service }: ConnectRouter) {
  const tokens = create(TokensSchema, { accessToken: "a", refreshToken: "r" });
  service(AuthService, {
    signIn({ password }) {
      if (password !== "right") throw new ConnectError("no", Code.Unauthenticated);
      return { tokens, user: me };
    },
    refresh: () => ({ tokens, user: me }),
    signOut: ignored,
  });
  service(HistoryService, { listMessages: () => ({ messages: [message(1)] }) });
  service(OperatorService, {
    async *watch(_, { signal }) {
      for (const value of dialogs.values()) yield { event: { case: "dialog" as const, value } };
      yield { event: { case: "ready" as const, value: {} } };
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
    },
    getDialog({ dialogId }) {
      const found = dialogs.get(dialogId);
      if (!found) throw new ConnectError("no", Code.NotFound);
      return { dialog: found };
    },
    take({ dialogId }) {
      const now = dialog({ ...dialogs.get(dialogId)!, state: DialogState.ACTIVE, operatorId: takenBy.id, operatorName: takenBy.name, version: 9n });
      dialogs.set(dialogId, now);
      if (takenBy.id !== me.id) throw new ConnectError("no", Code.FailedPrecondition);
      return { dialog: now };
    },
    close(request) {
      closed.push(request);
      return { dialog: dialog({ ...dialogs.get(request.dialogId)!, state: DialogState.CLOSED, version: 10n }) };
    },
    sendTyping: ignored,
    getVisitorMeta: () => meta,
  });
}

const user = userEvent.setup({ delay: null });
const list = () => screen.findByRole("region", { name: "Dialog list" });

beforeEach(() => {
  document.title = "";
  localStorage.setItem("switchboard.session", JSON.stringify({ refreshToken: "r", userId: me.id }));
  const odd = dialog({ id: `${conversation}/t 1?`, closedAlias: "after_operator" });
  dialogs = new Map([[odd.id, odd]]);
  takenBy = me;
  closed = [];
  meta = {};
});

test("leads to sign in and back to the page that was asked for", async () => {
  localStorage.clear();
  const address = `/console/dialogs/${conversation}/t%201%3F`;
  const { history } = openConsole(address, routes);
  await user.type(await screen.findByLabelText("E-mail"), "daryna@example.com");
  await user.type(screen.getByLabelText("Password"), "wrong{Enter}");
  expect((await screen.findByRole("alert")).textContent).toBe("The e-mail or the password is not right.");
  await user.clear(screen.getByLabelText("Password"));
  await user.type(screen.getByLabelText("Password"), "right{Enter}");
  await screen.findByRole("region", { name: "Conversation with Iryna" });
  expect(history.location.href).toBe(address);
});

test("the sign-in form is one that password managers know", async () => {
  localStorage.clear();
  openConsole("/console/sign-in", routes);
  const email = await screen.findByLabelText("E-mail");
  expect(email.getAttribute("autocomplete")).toBe("username");
  expect(email.getAttribute("type")).toBe("email");
  const password = screen.getByLabelText("Password");
  expect(password.getAttribute("autocomplete")).toBe("current-password");
  await user.click(screen.getByRole("button", { name: "Show password" }));
  expect(password.getAttribute("type")).toBe("text");
  await user.click(screen.getByRole("button", { name: "Українська" }));
  expect(screen.getByRole("heading", { name: "Вхід" })).toBeTruthy();
  expect(document.documentElement.lang).toBe("uk");
});

test("an address outside the console is not followed after signing in", async () => {
  localStorage.clear();
  const { history } = openConsole("/console/sign-in?to=https%3A%2F%2Fevil.example%2F", routes);
  await user.type(await screen.findByLabelText("E-mail"), "daryna@example.com");
  await user.type(screen.getByLabelText("Password"), "right{Enter}");
  await list();
  expect(history.location.pathname).toBe("/console/dialogs");
});

test("the title counts who is waiting, and keys open and take", async () => {
  openConsole("/console/", routes);
  await waitFor(() => expect(document.title).toBe("(1) Dialogs · Switchboard"));
  await user.keyboard("j");
  await screen.findByRole("region", { name: "Conversation with Iryna" });
  await user.keyboard("t");
  await screen.findByRole("textbox", { name: "Your answer" });
  const mine = within(await list()).getByRole("region", { name: "Mine" });
  expect(within(mine).getByText("Iryna")).toBeTruthy();
  await waitFor(() => expect(document.title).toBe("Dialogs · Switchboard"));
});

test("the details say from where the visitor came, if that is known", async () => {
  meta = { ip: "203.0.113.7", country: "UA", city: "Kyiv" };
  openConsole(`/console/dialogs/${conversation}/t%201%3F`, routes);
  await user.click(await screen.findByRole("button", { name: "Details" }));
  const visitor = within(await screen.findByRole("region", { name: "Visitor" }));
  expect(await visitor.findByText("203.0.113.7")).toBeTruthy();
  expect(visitor.getByText("Kyiv, Ukraine")).toBeTruthy();
  meta = { ip: "203.0.113.8" };
  await user.click(screen.getAllByRole("button", { name: "Hide details" })[0]!);
  await user.click(screen.getByRole("button", { name: "Details" }));
  const again = within(await screen.findByRole("region", { name: "Visitor" }));
  expect(await again.findByText("203.0.113.8")).toBeTruthy();
  expect(again.queryByText("Place")).toBeNull();
});

test("a take that is lost says to whom", async () => {
  takenBy = { id: "u-2", name: "Olena" };
  openConsole(`/console/dialogs/${conversation}/t%201%3F`, routes);
  await user.click(await screen.findByRole("button", { name: "Take" }));
  expect((await screen.findByRole("alert")).textContent).toContain("Olena was faster.");
  expect(screen.getByText("Olena is answering here.")).toBeTruthy();
});

test("a dialog that is not quite in the queue yet was not taken by anybody", async () => {
  const odd = [...dialogs.values()][0]!;
  dialogs.set(odd.id, dialog({ ...odd, state: DialogState.OPENING }));
  const opening = (router: ConnectRouter) => {
    routes(router);
    router.rpc(OperatorService.method.take, () => {
      throw new ConnectError("not in the queue yet", Code.FailedPrecondition);
    });
  };
  openConsole(`/console/dialogs/${conversation}/t%201%3F`, opening);
  await user.click(await screen.findByRole("button", { name: "Take" }));
  expect((await screen.findByRole("alert")).textContent).toContain("This has changed in the meantime.");
});

test("a connection that is back at once is not worth a word", async () => {
  let streams = 0;
  const broken = (router: ConnectRouter) => {
    routes(router);
    router.rpc(OperatorService.method.watch, async function* (_, { signal }) {
      yield { event: { case: "ready" as const, value: {} } };
      if (++streams === 1) return; // as when the session's token has run out
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
    });
  };
  const said: string[] = [];
  const observer = new MutationObserver(() => said.push(document.body.textContent ?? ""));
  observer.observe(document.body, { childList: true, subtree: true, characterData: true });
  openConsole("/console/", broken);
  await waitFor(() => expect(streams).toBe(2), { timeout: 3_000 });
  observer.disconnect();
  expect(said.filter((text) => text.includes("Reconnecting"))).toEqual([]);
});

test("a connection that stays away is told", async () => {
  let streams = 0;
  const broken = (router: ConnectRouter) => {
    routes(router);
    router.rpc(OperatorService.method.watch, async function* () {
      if (streams++ === 0) yield { event: { case: "ready" as const, value: {} } };
      throw new ConnectError("down", Code.Unavailable);
    });
  };
  openConsole("/console/", broken);
  await screen.findByText("Connection lost. Reconnecting…", undefined, { timeout: 4_000 });
});

test("closing asks where the bot goes on", async () => {
  const odd = [...dialogs.values()][0]!;
  dialogs.set(odd.id, dialog({ ...odd, state: DialogState.ACTIVE, operatorId: me.id }));
  openConsole(`/console/dialogs/${conversation}/t%201%3F`, routes);
  await user.click(await screen.findByRole("button", { name: "Close" }));
  const question = await screen.findByRole("dialog", { name: "Close the dialog" });
  const alias = within(question).getByLabelText<HTMLInputElement>("The bot goes on at");
  expect(alias.value).toBe("after_operator");
  await user.clear(alias);
  await user.type(alias, "goodbye");
  await user.click(within(question).getByRole("button", { name: "Close the dialog" }));
  await screen.findByText("This dialog is closed. The conversation goes on with the bot.");
  expect(closed[0]).toMatchObject({ dialogId: odd.id, alias: "goodbye" });
});

test("a closed dialog goes on while somebody looks at it: the rating comes", async () => {
  const odd = [...dialogs.values()][0]!;
  dialogs.set(odd.id, dialog({ ...odd, state: DialogState.CLOSED, operatorId: me.id }));
  let rate = () => {};
  const rated = new Promise<void>((resolve) => (rate = resolve));
  const left = vi.fn();
  const after = (router: ConnectRouter) => {
    routes(router);
    router.rpc(OperatorService.method.watch, async function* ({ dialogId }, { signal }) {
      if (dialogId === odd.id) signal.addEventListener("abort", left);
      yield { event: { case: "ready" as const, value: {} } };
      if (dialogId === odd.id) {
        await rated;
        const value = message(2, { body: { case: "formAnswer", value: { form: "rating", values: { rating: "5" }, text: "Splendid" } } });
        yield { event: { case: "message" as const, value } };
      }
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
    });
  };
  openConsole(`/console/dialogs/${conversation}/t%201%3F`, after);
  await screen.findByRole("log");
  rate();
  await screen.findByText(/Splendid/); // read to those who do not see it; here nothing has a height
  expect(left).not.toHaveBeenCalled();
  await user.keyboard("{Escape}");
  await waitFor(() => expect(left).toHaveBeenCalled());
});

test("the list shows no words that were taken back", async () => {
  const odd = [...dialogs.values()][0]!;
  const said = [
    { lastText: "", lastAuthor: Author.UNSPECIFIED, lastDeleted: false },
    { lastText: "", lastAuthor: Author.OPERATOR, lastDeleted: true },
    { lastText: "", lastAuthor: Author.VISITOR, lastDeleted: false },
  ];
  dialogs = new Map(said.map((fields, i) => [`${odd.id}${i}`, dialog({ ...odd, id: `${odd.id}${i}`, state: DialogState.ACTIVE, operatorId: me.id, ...fields })]));
  openConsole("/console/", routes);
  const own = within(within(await list()).getByRole("region", { name: "Mine" }));
  await own.findByText("No messages yet");
  await own.findByText("You: This message was deleted");
  await own.findByText("A message without words");
});

test("a dialog that does not exist is said to", async () => {
  openConsole(`/console/dialogs/${conversation}/none`, routes);
  await screen.findByText("There is no such dialog, or you may not see it.");
});

test("signing out leads to sign in, without a way back to the last one's page", async () => {
  const { session, history } = openConsole(`/console/dialogs/${conversation}/t%201%3F`, routes);
  await list();
  await session.signOut();
  await screen.findByLabelText("E-mail");
  expect(history.location.href).toBe("/console/sign-in");
  expect(localStorage.getItem("switchboard.session")).toBeNull();
});
