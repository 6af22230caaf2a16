// @vitest-environment jsdom
import "../../../test/dom";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { ActionType, FormAnswerSchema, FormFieldKind, FormSchema, MessageSchema, OwnerKind, OwnerReason, ParseMode } from "@switchboard/proto/chat/v1/message_pb";
import { fireEvent, render, screen, within } from "@testing-library/react";
import { I18nextProvider } from "react-i18next";
import { expect, test } from "vitest";
import { message } from "../../../test/fixtures";
import { newI18n } from "../../i18n/i18n";
import { EventLine } from "./event-line";
import { MessageBody } from "./message-body";
import { isLine } from "./rows";

type Body = MessageInitShape<typeof MessageSchema>["body"];

/** Renders a message of any type the way the list does. */
function show(body: Body) {
  const shown = message(1, { body });
  const { container } = render(
    <I18nextProvider i18n={newI18n("en")}>
      {isLine(shown) ? <EventLine message={{ ...shown, time: undefined }} /> : <MessageBody body={shown.body} />}
    </I18nextProvider>,
  );
  return container;
}

const owner = (kind: OwnerKind, reason: OwnerReason, operatorName = ""): Body => ({
  case: "ownerChange",
  value: { owner: { kind, operatorName }, reason },
});
const { BOT, QUEUE, OPERATOR } = OwnerKind;

const cases: Record<string, [body: Body, want: string]> = {
  start: [{ case: "start", value: { pageUrl: "https://shop.example.com/cart?x=1" } }, "The conversation began on shop.example.com/cart"],
  "start without a page": [{ case: "start", value: {} }, "The conversation began"],
  text: [{ case: "text", value: { text: "hello" } }, "hello"],
  button: [{ case: "button", value: { text: "Returns", actionBody: "r" } }, "Pressed a button: Returns"],
  alias: [{ case: "alias", value: { alias: "menu" } }, "Went to “menu”"],
  params: [{ case: "paramsChanged", value: {} }, "The page’s parameters changed"],
  file: [{ case: "file", value: { url: "https://a.example/x.pdf", name: "x.pdf", size: 184_320n, contentType: "application/pdf" } }, "x.pdf184 kB · application/pdf"],
  "file without a name": [{ case: "file", value: { url: "https://a.example/x" } }, "File"],
  "owner: queue": [owner(QUEUE, OwnerReason.CONNECT), "The bot called an operator"],
  "owner: queue again": [owner(QUEUE, OwnerReason.TRANSFERRED), "Back in the queue"],
  "owner: taken": [owner(OPERATOR, OwnerReason.TAKEN, "Olena"), "Olena took the dialog"],
  "owner: transferred": [owner(OPERATOR, OwnerReason.TRANSFERRED, "Olena"), "The dialog went to Olena"],
  "owner: closed": [owner(BOT, OwnerReason.CLOSED), "The dialog was closed, the bot goes on"],
  "owner: closed by the visitor": [owner(BOT, OwnerReason.CLOSED_BY_VISITOR), "The visitor ended the dialog, the bot goes on"],
  "owner: timeout": [owner(BOT, OwnerReason.TIMEOUT), "The dialog timed out, the bot goes on"],
  end: [{ case: "end", value: {} }, "The conversation ended"],
  "end with a reason": [{ case: "end", value: { reason: "closed by the visitor" } }, "The conversation ended: closed by the visitor"],
  system: [{ case: "systemEvent", value: { kind: "rated", text: "Rated 5 of 5" } }, "Rated 5 of 5"],
  "system without a text": [{ case: "systemEvent", value: { kind: "rated" } }, "rated"],
  "a type of a newer server": [{ case: undefined }, "A message that this version of the console cannot show"],
};

test.each(Object.entries(cases))("%s", (_, [body, want]) => {
  expect(show(body).textContent).toBe(want);
});

test.each(["keyboard", "inlineKeyboard"] as const)("%s: the text and what could be chosen, not to be pressed here", (kind) => {
  show({
    case: kind,
    value: {
      text: "How can <b>I</b> help?",
      parseMode: ParseMode.HTML,
      buttons: [{ text: "Returns" }, { text: "Blog", actionType: ActionType.OPEN_URL, actionBody: "https://a.example/" }],
    },
  });
  expect(screen.getByText("I").tagName).toBe("B");
  expect(screen.getAllByRole("listitem").map((li) => li.textContent)).toEqual(["Returns", "Blog(opens a link)"]);
  expect(screen.queryByRole("button")).toBeNull();
});

test("cards: pictures, words and what could be chosen, not to be pressed here", () => {
  show({
    case: "cards",
    value: {
      cards: [
        { title: "Sencha", text: "Green", image: { url: "https://a.example/s.png", alt: "A cup" }, buttons: [{ text: "Take it" }] },
        { title: "Assam" },
      ],
    },
  });
  expect(screen.getByRole("img", { name: "A cup" })).toBeTruthy();
  expect(within(screen.getByRole("list", { name: "Buttons" })).getByText("Take it")).toBeTruthy();
  expect(screen.getByRole("list", { name: "Cards" }).children.length).toBe(2);
  expect(screen.queryByRole("button")).toBeNull();
});

const form = create(FormSchema, {
  text: "Who are <b>you</b>?",
  parseMode: ParseMode.HTML,
  fields: [
    { name: "name", label: "Your name", required: true },
    { name: "tea", label: "Tea", kind: FormFieldKind.CHOICE, choices: ["black", "green"] },
    { name: "news", label: "Letters", kind: FormFieldKind.CONSENT },
    { name: "note", label: "Note" },
  ],
});

test("form: what is asked for, not to be filled in here", () => {
  show({ case: "form", value: form });
  expect(screen.getAllByRole("listitem").map((li) => li.textContent)).toEqual(["Your name * (required)", "Tea: black, green", "Letters", "Note"]);
  expect(screen.queryByRole("textbox")).toBeNull();
});

test("an answer to a form: by its labels where the form is known", () => {
  const answer = create(FormAnswerSchema, { form: "m", values: { name: "Iryna", tea: "green", news: "true" }, text: "in words" });
  const { container } = render(
    <I18nextProvider i18n={newI18n("en")}>
      <MessageBody body={{ case: "formAnswer", value: answer }} form={form} />
    </I18nextProvider>,
  );
  const lines = [...container.querySelectorAll("dt")].map((dt) => `${dt.textContent}: ${dt.nextElementSibling!.textContent}`);
  expect(lines).toEqual(["Your name: Iryna", "Tea: green", "Letters: yes"]);
});

test.each([
  ["prechat", "Before the chat"],
  ["offline", "Left a message"],
  ["rating", "Rating"],
  ["m", "Filled in the form"],
])("an answer to the form %s in the visitor's words", (of, head) => {
  const container = show({ case: "formAnswer", value: { form: of, values: { name: "Iryna" }, text: "Name: Iryna" } });
  expect([...container.querySelectorAll("p")].map((p) => p.textContent)).toEqual([head, "Name: Iryna"]);
});

test("image: its space, its text, and a link when it cannot be shown", () => {
  show({ case: "image", value: { url: "https://a.example/x.png", alt: "A door", width: 640, height: 360, caption: "ours" } });
  const picture = screen.getByRole("img", { name: "A door" });
  expect([picture.getAttribute("width"), picture.getAttribute("height")]).toEqual(["640", "360"]);
  expect(screen.getByText("ours")).toBeTruthy();
  fireEvent.error(picture);
  expect(screen.queryByRole("img")).toBeNull();
  expect(screen.getByText("A door")).toBeTruthy();
  expect(screen.getByRole("link").getAttribute("href")).toBe("https://a.example/x.png");
});

test.each(["javascript:alert(1)", "data:text/html,x", "//["])("an address like %s is not followed", (url) => {
  show({ case: "image", value: { url } });
  show({ case: "file", value: { url, name: "x" } });
  expect(screen.queryByRole("link")).toBeNull();
  expect(screen.queryByRole("img")).toBeNull();
});
