// @vitest-environment jsdom
import "../../../test/dom";
import { Code, ConnectError, createClient, createRouterTransport } from "@connectrpc/connect";
import { Author, type Message } from "@switchboard/proto/chat/v1/message_pb";
import { HistoryService } from "@switchboard/proto/history/v1/history_pb";
import { DialogState, OperatorService, type DeleteMessageRequest, type EditMessageRequest, type SendRequest } from "@switchboard/proto/operator/v1/operator_pb";
import { AuthService } from "@switchboard/proto/config/v1/config_pb";
import { act, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { I18nextProvider } from "react-i18next";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { conversation, dialog, me, message } from "../../../test/fixtures";
import { ApiContext } from "../../api/api";
import { Session } from "../../api/session";
import { browserTokenStore } from "../../api/token-store";
import { newI18n } from "../../i18n/i18n";
import { newWork, WorkContext } from "../../live/context";
import { QueryClientProvider } from "@tanstack/react-query";
import { ActsProvider } from "./acts";
import { MessageRow } from "./bubble";
import { Composer } from "./composer";
import { RemoveDialog } from "./remove-dialog";
import { useMarkSeen } from "./use-mark-seen";

let sent: SendRequest[];
let edits: EditMessageRequest[];
let deletions: DeleteMessageRequest[];
let seen: string[];
let refusing: boolean;

const mine = dialog({ state: DialogState.ACTIVE, operatorId: me.id });
const own = message(2, { author: Author.OPERATOR, authorId: me.id });
const user = userEvent.setup({ delay: null });

/** Two messages with their menus and the composer, as one conversation shows them. */
function open(of = mine, messages: readonly Message[] = [message(1), own]) {
  const transport = createRouterTransport(({ service }) => {
    service(HistoryService, { listMessages: () => ({}) });
    service(OperatorService, {
      send(request) {
        sent.push(request);
        return { id: `${conversation}/${request.clientId}`, offset: "g1-9" };
      },
      editMessage(request) {
        edits.push(request);
        if (refusing) throw new ConnectError("it was deleted", Code.FailedPrecondition);
        return { offset: "g1-9" };
      },
      deleteMessage(request) {
        deletions.push(request);
        return { offset: "g1-9" };
      },
      markSeen({ messageId }) {
        seen.push(messageId);
        return {};
      },
      sendTyping: () => ({}),
    });
  });
  const session = new Session(browserTokenStore(), createClient(AuthService, transport));
  const api = { session, operator: createClient(OperatorService, transport), history: createClient(HistoryService, transport) };
  const work = newWork(api, me);
  function Reader() {
    useMarkSeen(of, messages);
    return null;
  }
  return render(
    <I18nextProvider i18n={newI18n("en")}>
      <ApiContext value={api}>
        <WorkContext value={work}>
          <QueryClientProvider client={work.cache}>
            <ActsProvider dialog={of}>
              <Reader />
              {messages.map((m) => (
                <MessageRow key={m.id} message={m} first last seen={false} />
              ))}
              <Composer dialog={of} name="Iryna" focus={false} />
              <RemoveDialog dialog={of} />
            </ActsProvider>
          </QueryClientProvider>
        </WorkContext>
      </ApiContext>
    </I18nextProvider>,
  );
}

const menuOf = async (text: string) => {
  const row = screen.getByText(text).closest("article")!;
  const button = within(row).getByRole("button", { name: "What to do with this message" });
  button.focus();
  await user.keyboard("{Enter}");
  return screen.findByRole("menu");
};
const choose = async (text: string, what: string) => user.click(within(await menuOf(text)).getByRole("menuitem", { name: what }));
const writing = () => screen.getByRole<HTMLTextAreaElement>("textbox", { name: "Your answer" });

beforeEach(() => {
  [sent, edits, deletions, seen, refusing] = [[], [], [], [], false];
});
afterEach(() => vi.useRealTimers());

test("the visitor's message can be answered, one's own also changed and taken back", async () => {
  open();
  expect(within(await menuOf("text 1")).getAllByRole("menuitem").map((i) => i.textContent)).toEqual(["Answer it"]);
  await user.keyboard("{Escape}");
  expect(within(await menuOf("text 2")).getAllByRole("menuitem").map((i) => i.textContent)).toEqual(["Answer it", "Change it", "Take it back"]);
});

test("in a dialog that is not one's own nothing can be done", () => {
  open(dialog({ state: DialogState.ACTIVE, operatorId: "u-2" }));
  expect(screen.queryByRole("button", { name: "What to do with this message" })).toBeNull();
});

test("an answer says which message it is of, and once", async () => {
  open();
  await choose("text 1", "Answer it");
  expect(screen.getByText("In answer to:").parentElement!.textContent).toBe("In answer to: text 1");
  await user.type(writing(), "Yes{Enter}");
  await user.type(writing(), "And no{Enter}");
  await waitFor(() => expect(sent.map((s) => s.replyTo)).toEqual([message(1).id, ""]));
});

test("a change begins with what was said, and the draft comes back after it", async () => {
  open();
  await user.type(writing(), "a draft");
  await choose("text 2", "Change it");
  await waitFor(() => expect(writing().value).toBe("text 2"));
  await waitFor(() => expect(document.activeElement).toBe(writing()));
  await user.type(writing(), " indeed{Enter}");
  await waitFor(() => expect(writing().value).toBe("a draft"));
  expect(edits.map((e) => [e.messageId, e.text?.text])).toEqual([[own.id, "text 2 indeed"]]);
  expect(sent).toEqual([]);
});

test("a change that is refused is told, kept, and tried again as the same one", async () => {
  refusing = true;
  open();
  await choose("text 2", "Change it");
  await user.type(writing(), "!{Enter}");
  await screen.findByRole("alert");
  expect(writing().value).toBe("text 2!");
  await user.type(writing(), "{Enter}");
  await waitFor(() => expect(edits.length).toBe(2));
  expect(edits[0]!.clientId).toBe(edits[1]!.clientId);
  await user.type(writing(), "{Escape}");
  expect(writing().value).toBe("");
});

test("a change to what was said once before is a change of its own", async () => {
  open();
  for (const n of [1, 2]) {
    await choose("text 2", "Change it");
    await waitFor(() => expect(writing().value).toBe("text 2"));
    await user.type(writing(), "!{Enter}");
    await waitFor(() => expect(edits.length).toBe(n));
    await waitFor(() => expect(writing().value).toBe(""));
  }
  expect(edits[0]!.clientId).not.toBe(edits[1]!.clientId);
});

test("taking back is asked about first", async () => {
  open();
  await choose("text 2", "Take it back");
  const asked = await screen.findByRole("dialog", { name: "Take this message back?" });
  expect(deletions).toEqual([]);
  await user.click(within(asked).getByRole("button", { name: "Take it back" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(deletions.map((d) => [d.dialogId, d.messageId])).toEqual([[mine.id, own.id]]);
});

test("what the taker has on the screen for a moment counts as read", async () => {
  vi.useFakeTimers();
  const notice = message(3, { author: Author.OPERATOR, body: { case: "seen", value: { message: message(1).id } } });
  const shown = open();
  await act(() => vi.advanceTimersByTimeAsync(700));
  expect(seen).toEqual([]);
  await act(() => vi.advanceTimersByTimeAsync(200));
  expect(seen).toEqual([message(1).id]);
  shown.unmount();

  open(mine, [message(1), notice]).unmount(); // it is known
  open(dialog({ state: DialogState.WAITING })); // it is nobody's
  await act(() => vi.advanceTimersByTimeAsync(2000));
  expect(seen).toEqual([message(1).id]);
});

test("what is in another tab of the browser is not read", async () => {
  vi.useFakeTimers();
  const state = vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden");
  open();
  await act(() => vi.advanceTimersByTimeAsync(2000));
  expect(seen).toEqual([]);
  state.mockReturnValue("visible");
  act(() => void document.dispatchEvent(new Event("visibilitychange")));
  await act(() => vi.advanceTimersByTimeAsync(1000));
  expect(seen).toEqual([message(1).id]);
  state.mockRestore();
});
