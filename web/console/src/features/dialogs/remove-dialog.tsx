import type { Message } from "@switchboard/proto/chat/v1/message_pb";
import type { Dialog as DialogRecord } from "@switchboard/proto/operator/v1/operator_pb";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useApi } from "../../api/api";
import { problemText } from "../../api/problem";
import { useWork } from "../../live/context";
import { uuidv7 } from "../../live/uuid";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { Notice } from "../../ui/notice";
import { useActs } from "./acts";

/** Asks whether a message shall be taken back, and does it. */
export function RemoveDialog({ dialog }: { dialog: DialogRecord }) {
  const { t } = useTranslation();
  const acts = useActs();
  const message = acts?.removing;
  const close = () => acts?.remove(undefined);
  return (
    <Dialog open={!!message} onOpenChange={close} title={t("remove.title")} lead={t("remove.lead")}>
      {message && <Confirm key={message.id} dialog={dialog} message={message} onDone={close} />}
    </Dialog>
  );
}

function Confirm({ dialog, message, onDone }: { dialog: DialogRecord; message: Message; onDone: () => void }) {
  const { t } = useTranslation();
  const { operator } = useApi();
  const { live } = useWork();
  const [clientId] = useState(uuidv7); // the same however often it is tried
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();

  const remove = async () => {
    if (busy) return;
    setBusy(true);
    setProblem(undefined);
    try {
      const { offset } = await operator.deleteMessage({ dialogId: dialog.id, clientId, messageId: message.id });
      live.expect(dialog.bot, dialog.conversation, offset);
      onDone();
    } catch (e) {
      setProblem(problemText(e, t));
      setBusy(false);
    }
  };
  return (
    <div className="mt-4 grid gap-4">
      {problem && <Notice>{problem}</Notice>}
      <div className="flex justify-end gap-2">
        <Button onClick={onDone}>{t("app.cancel")}</Button>
        <Button look="primary" aria-disabled={busy} onClick={() => void remove()}>
          {t(busy ? "remove.busy" : "remove.submit")}
        </Button>
      </div>
    </div>
  );
}
