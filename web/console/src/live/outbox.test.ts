import { Code, ConnectError, createClient, createRouterTransport } from "@connectrpc/connect";
import { OperatorService, type SendRequest } from "@switchboard/proto/operator/v1/operator_pb";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { conversation, dialog } from "../../test/fixtures";
import { Outbox } from "./outbox";

let calls: SendRequest[];
let answers: (Code | undefined)[];
let stored: string[];
let outbox: Outbox;

const transport = createRouterTransport(({ service }) => {
  service(OperatorService, {
    send(request) {
      calls.push(request);
      const code = answers.shift();
      if (code) throw new ConnectError("no", code);
      return { offset: `g1-${calls.length}`, id: `${conversation}/${request.clientId}` };
    },
  });
});

beforeEach(() => {
  vi.useFakeTimers();
  [calls, answers, stored] = [[], [], []];
  outbox = new Outbox(createClient(OperatorService, transport), (_bot, _conversation, offset) => stored.push(offset));
});
afterEach(() => vi.useRealTimers());

const texts = () => calls.map((c) => c.body.case === "text" && c.body.value.text);
const status = () => outbox.pending.map((p) => p.status);

test("sends in order and tells where the log has it", async () => {
  outbox.send(dialog(), "one");
  outbox.send(dialog(), "two");
  expect(status()).toEqual(["sending", "sending"]);
  await vi.advanceTimersByTimeAsync(0);
  expect(texts()).toEqual(["one", "two"]);
  expect(stored).toEqual(["g1-1", "g1-2"]);
  expect(status()).toEqual(["sent", "sent"]);
});

test("repeats what may pass under the same client id, and the next waits its turn", async () => {
  answers = [Code.Unavailable, Code.DeadlineExceeded];
  outbox.send(dialog(), "one");
  outbox.send(dialog(), "two");
  await vi.advanceTimersByTimeAsync(60_000);
  expect(texts()).toEqual(["one", "one", "one", "two"]);
  expect(new Set(calls.slice(0, 3).map((c) => c.clientId)).size).toBe(1);
  expect(calls[0]!.clientId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test("leaves a refusal to the operator, whose retry is the same message", async () => {
  answers = [Code.PermissionDenied];
  outbox.send(dialog(), "one");
  await vi.advanceTimersByTimeAsync(0);
  expect(status()).toEqual(["failed"]);
  outbox.retry(calls[0]!.clientId);
  await vi.advanceTimersByTimeAsync(0);
  expect(calls[1]!.clientId).toBe(calls[0]!.clientId);
  expect(status()).toEqual(["sent"]);
});

test("stops trying by itself after a few attempts", async () => {
  answers = Array.from({ length: 50 }, () => Code.Unavailable);
  outbox.send(dialog(), "one");
  await vi.advanceTimersByTimeAsync(600_000);
  expect(calls).toHaveLength(4);
  expect(status()).toEqual(["failed"]);
});

test("forgets what the conversation shows", async () => {
  outbox.send(dialog(), "one");
  const { id } = outbox.pending[0]!;
  outbox.forget(new Set([id]));
  await vi.advanceTimersByTimeAsync(0);
  expect(outbox.pending).toEqual([]);
});
