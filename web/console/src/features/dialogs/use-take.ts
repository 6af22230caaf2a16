import { Code } from "@connectrpc/connect";
import { DialogState, type Dialog } from "@switchboard/proto/operator/v1/operator_pb";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useApi } from "../../api/api";
import { hasCode, problemText } from "../../api/problem";
import { useWork } from "../../live/context";
import { isWaiting } from "../../live/dialog-set";

/** Taking a dialog; losing it to a colleague is told as what it is. */
export function useTake(dialog: Dialog) {
  const { t } = useTranslation();
  const { operator } = useApi();
  const { live, me } = useWork();
  const [busy, setBusy] = useState(false);
  const [taken, setTaken] = useState(false);
  const [problem, setProblem] = useState<string>();

  const lost = async () => {
    const { dialog: now } = await operator.getDialog({ dialogId: dialog.id });
    if (!now) return t("conversation.fasterUnknown");
    live.applyDialog(now);
    if (now.operatorId === me.id && now.state === DialogState.ACTIVE) return undefined; // a former attempt got it
    if (isWaiting(now)) return t("problem.conflict");
    if (now.state === DialogState.CLOSED) return t("conversation.alreadyClosed");
    return now.operatorName ? t("conversation.faster", { name: now.operatorName }) : t("conversation.fasterUnknown");
  };

  const take = async () => {
    if (busy) return;
    setBusy(true);
    setProblem(undefined);
    try {
      const answer = await operator.take({ dialogId: dialog.id });
      if (answer.dialog) live.applyDialog(answer.dialog);
      setTaken(true);
    } catch (e) {
      if (!hasCode(e, Code.FailedPrecondition)) setProblem(problemText(e, t));
      else setProblem(await lost().catch(() => t("conversation.fasterUnknown")));
    } finally {
      setBusy(false);
    }
  };
  return { take: () => void take(), busy, taken, problem, dismiss: () => setProblem(undefined) };
}
