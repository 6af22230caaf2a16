import type { Dialog } from "@switchboard/proto/operator/v1/operator_pb";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useApi } from "../../api/api";
import { problemText } from "../../api/problem";
import { useWork } from "../../live/context";
import { uuidv7 } from "../../live/uuid";
import type { Subject } from "./acts";

const none = { text: "", messageId: "", clientId: "" };

/**
 * Changing what was said. A text that is tried again after a failure is the same edit; any other is another, also one
 * that says what an earlier one said.
 */
export function useEdit(dialog: Dialog) {
  const { t } = useTranslation();
  const { operator } = useApi();
  const { live } = useWork();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const [attempt, setAttempt] = useState(none);

  /** Reports whether it is done. */
  const save = async ({ message }: Subject, text: string): Promise<boolean> => {
    const same = attempt.text === text && attempt.messageId === message.id;
    const clientId = same ? attempt.clientId : uuidv7();
    if (!same) setAttempt({ text, messageId: message.id, clientId });
    setBusy(true);
    setProblem(undefined);
    try {
      const parseMode = message.body.case === "text" ? message.body.value.parseMode : undefined;
      const { offset } = await operator.editMessage({ dialogId: dialog.id, clientId, messageId: message.id, text: { text, parseMode } });
      live.expect(dialog.bot, dialog.conversation, offset);
      setAttempt(none);
      return true;
    } catch (e) {
      setProblem(problemText(e, t));
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { save, busy, problem, dismiss: () => setProblem(undefined) };
}
