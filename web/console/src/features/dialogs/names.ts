import type { Dialog } from "@switchboard/proto/operator/v1/operator_pb";
import type { TFunction } from "i18next";

/** What the visitor is called: the name, or the end of the id where there is none. */
export function visitorName(dialog: Dialog, t: TFunction): string {
  const name = dialog.visitor?.name.trim();
  if (name) return name;
  const id = dialog.visitor?.id || dialog.conversation;
  return t("dialogs.visitor", { id: id.slice(-4) });
}

/** The dialog's place in the address: its id has one slash between two parts. */
export function dialogParams(id: string): { conversation: string; trigger: string } {
  const slash = id.indexOf("/");
  return { conversation: id.slice(0, slash), trigger: id.slice(slash + 1) };
}
