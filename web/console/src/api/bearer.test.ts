import { Code, ConnectError, createClient, createRouterTransport, type HandlerContext } from "@connectrpc/connect";
import { OperatorService } from "@switchboard/proto/operator/v1/operator_pb";
import { beforeEach, expect, test } from "vitest";
import { bearer } from "./bearer";

let seen: string[];
let current: number;
let good: number;

const session = {
  token: async () => `access-${current}`,
  expire: (token: string) => {
    if (token === `access-${current}`) current++;
  },
};

function check({ requestHeader }: HandlerContext) {
  const token = requestHeader.get("Authorization") ?? "";
  seen.push(token);
  if (token !== `Bearer access-${good}`) throw new ConnectError("old", Code.Unauthenticated);
}

const client = createClient(
  OperatorService,
  createRouterTransport(
    ({ service }) =>
      service(OperatorService, {
        take: (_, context) => (check(context), {}),
        async *watch(_, context) {
          yield { event: { case: "heartbeat" as const, value: {} } };
          check(context);
        },
      }),
    { transport: { interceptors: [bearer(session)] } },
  ),
);

beforeEach(() => {
  [seen, current, good] = [[], 1, 1];
});

test("signs a call", async () => {
  await client.take({});
  expect(seen).toEqual(["Bearer access-1"]);
});

test("tries a refused call once more with a fresh token", async () => {
  good = 2;
  await client.take({});
  expect(seen).toEqual(["Bearer access-1", "Bearer access-2"]);
});

test("does not try a second time", async () => {
  good = 99;
  await expect(client.take({})).rejects.toMatchObject({ code: Code.Unauthenticated });
  expect(seen).toHaveLength(2);
});

test("a refusal inside a stream ends it, and the next stream has a fresh token", async () => {
  good = 2;
  const watch = async () => {
    let events = 0;
    for await (const _ of client.watch({})) events++;
    return events;
  };
  await expect(watch()).rejects.toMatchObject({ code: Code.Unauthenticated });
  expect(await watch()).toBe(1);
  expect(seen).toEqual(["Bearer access-1", "Bearer access-2"]);
});
