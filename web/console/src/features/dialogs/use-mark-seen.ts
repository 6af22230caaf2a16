import { Author, type Message } from "@switchboard/proto/chat/v1/message_pb";
import type { Dialog } from "@switchboard/proto/operator/v1/operator_pb";
import { useEffect } from "react";
import { useApi } from "../../api/api";
import { useWork } from "../../live/context";
import { isMine } from "../../live/dialog-set";
import { useVisible } from "../../ui/use-visible";
import { fold } from "./amendments";
import { isLine } from "./rows";

/** A message that was on the screen this long counts as read. */
const READ_MS = 800;

/** Says how far the operator has read, while the dialog is theirs and on the screen. It may be lost: the next is said. */
export function useMarkSeen(dialog: Dialog, messages: readonly Message[]): void {
  const { operator } = useApi();
  const { me } = useWork();
  const visible = useVisible();
  const newest = messages.findLast((m) => m.author === Author.VISITOR && !isLine(m));
  const news = newest && fold(messages).seen !== newest.id ? newest.id : "";
  const reads = isMine(dialog, me.id) && visible && news !== "";
  useEffect(() => {
    if (!reads) return;
    const timer = setTimeout(() => {
      operator.markSeen({ dialogId: dialog.id, messageId: news }).catch(() => undefined);
    }, READ_MS);
    return () => clearTimeout(timer);
  }, [operator, reads, news, dialog.id]);
}
