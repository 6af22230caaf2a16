import { timestampMs } from "@bufbuild/protobuf/wkt";
import { DialogState, type Dialog } from "@switchboard/proto/operator/v1/operator_pb";

/**
 * DialogSet is what the watch stream has told of the operator's dialogs: those waiting, the own
 * ones, and for a while those that left, so that a late older version cannot bring them back.
 */
export interface DialogSet {
  readonly byId: ReadonlyMap<string, Dialog>;
  /** The ids that the picture being sent has named; undefined when it is complete. */
  readonly picture: ReadonlySet<string> | undefined;
  /** Whether a first picture was ever complete. */
  readonly loaded: boolean;
}

/** How many dialogs that left the set are remembered. */
const REMEMBERED = 200;

export const emptyDialogs: DialogSet = { byId: new Map(), picture: new Set(), loaded: false };

/** A new stream begins: it sends the whole picture again. */
export function beginPicture(set: DialogSet): DialogSet {
  return { ...set, picture: new Set() };
}

/** Takes a dialog's state unless a newer one, or the same, is known. */
export function applyDialog(set: DialogSet, dialog: Dialog, me: string): DialogSet {
  const picture = set.picture && new Set(set.picture).add(dialog.id);
  const known = set.byId.get(dialog.id);
  if (known && known.version >= dialog.version) return picture ? { ...set, picture } : set;
  const byId = new Map(set.byId);
  byId.delete(dialog.id); // so that the newest change is last
  byId.set(dialog.id, dialog);
  forget(byId, me);
  return { ...set, byId, picture };
}

/** The picture is complete: what it did not name has left while nobody was watching. */
export function completePicture(set: DialogSet): DialogSet {
  const { picture } = set;
  if (!picture) return set;
  const byId = new Map([...set.byId].filter(([id]) => picture.has(id)));
  return { byId, picture: undefined, loaded: true };
}

function forget(byId: Map<string, Dialog>, me: string): void {
  const left = [...byId.values()].filter((d) => !inSet(d, me));
  for (const dialog of left.slice(0, -REMEMBERED)) byId.delete(dialog.id);
}

export function isWaiting(dialog: Dialog): boolean {
  return dialog.state === DialogState.WAITING || dialog.state === DialogState.OPENING;
}

export function isMine(dialog: Dialog, me: string): boolean {
  return dialog.state === DialogState.ACTIVE && dialog.operatorId === me;
}

/** Whether the stream goes on telling of a dialog. */
export function inSet(dialog: Dialog, me: string): boolean {
  return isWaiting(dialog) || isMine(dialog, me);
}

/** The queue, the longest waiting first. */
export function waiting(set: DialogSet): Dialog[] {
  return [...set.byId.values()].filter(isWaiting).sort((a, b) => opened(a) - opened(b) || tie(a, b));
}

/** The operator's own dialogs, the latest event first. */
export function mine(set: DialogSet, me: string): Dialog[] {
  return [...set.byId.values()]
    .filter((d) => isMine(d, me))
    .sort((a, b) => touched(b) - touched(a) || tie(a, b));
}

function tie(a: Dialog, b: Dialog): number {
  return a.id < b.id ? -1 : 1;
}

function opened(d: Dialog): number {
  return d.openedAt ? timestampMs(d.openedAt) : 0;
}

function touched(d: Dialog): number {
  return d.lastAt ? timestampMs(d.lastAt) : opened(d);
}
