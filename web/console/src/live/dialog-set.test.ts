import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { DialogState } from "@switchboard/proto/operator/v1/operator_pb";
import { expect, test } from "vitest";
import { dialog } from "../../test/fixtures";
import { applyDialog, beginPicture, completePicture, emptyDialogs, mine, waiting, type DialogSet } from "./dialog-set";

const me = "u-1";
const active = { state: DialogState.ACTIVE, operatorId: me };
const after = (...dialogs: Parameters<typeof dialog>[0][]) =>
  completePicture(dialogs.reduce((set: DialogSet, d) => applyDialog(set, dialog(d), me), emptyDialogs));
const names = (list: { id: string }[]) => list.map((d) => d.id);

test("the queue has the longest waiting first, own dialogs the latest event", () => {
  const set = after(
    { id: "c/1", openedAt: timestampFromMs(300) },
    { id: "c/2", openedAt: timestampFromMs(100) },
    { id: "c/3", ...active, lastAt: timestampFromMs(10) },
    { id: "c/4", ...active, lastAt: timestampFromMs(20) },
    { id: "c/5", ...active, operatorId: "u-2" },
  );
  expect(names(waiting(set))).toEqual(["c/2", "c/1"]);
  expect(names(mine(set, me))).toEqual(["c/4", "c/3"]);
});

test("the same or an older version changes nothing", () => {
  const set = after({ version: 3n, ...active });
  expect(applyDialog(set, dialog({ version: 3n }), me)).toBe(set);
  expect(applyDialog(set, dialog({ version: 2n }), me)).toBe(set);
});

test("a late older version does not bring back a dialog that has left", () => {
  let set = after({ version: 1n });
  set = applyDialog(set, dialog({ version: 3n, state: DialogState.ACTIVE, operatorId: "u-2" }), me);
  set = applyDialog(set, dialog({ version: 2n }), me);
  expect(waiting(set)).toEqual([]);
});

test("what a new picture does not name has left meanwhile", () => {
  let set = beginPicture(after({ id: "c/1" }, { id: "c/2" }));
  set = applyDialog(set, dialog({ id: "c/2" }), me);
  expect(names(waiting(set))).toContain("c/1"); // not before the picture is complete
  expect(names(waiting(completePicture(set)))).toEqual(["c/2"]);
});

test("the set is loaded once a picture was complete, also an empty one", () => {
  expect(emptyDialogs.loaded).toBe(false);
  const set = completePicture(emptyDialogs);
  expect(set.loaded).toBe(true);
  expect(beginPicture(set).loaded).toBe(true);
});

test("dialogs that have left are forgotten in the end", () => {
  let set = after({ id: "c/mine", ...active });
  for (let i = 0; i < 1000; i++) set = applyDialog(set, dialog({ id: `c/${i}`, state: DialogState.CLOSED }), me);
  expect(set.byId.size).toBeLessThan(300);
  expect(names(mine(set, me))).toEqual(["c/mine"]);
});
