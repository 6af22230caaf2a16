import type { Dialog as DialogRecord } from "@switchboard/proto/operator/v1/operator_pb";
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { useApi } from "../../api/api";
import { problemText } from "../../api/problem";
import { useWork } from "../../live/context";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { Field } from "../../ui/field";
import { Notice } from "../../ui/notice";

interface CloseDialogProps {
  dialog: DialogRecord;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** Asks where the bot goes on, and closes. */
export function CloseDialog({ dialog, open, onOpenChange }: CloseDialogProps) {
  const { t } = useTranslation();
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={t("close.title")} lead={t("close.lead")}>
      <CloseForm dialog={dialog} onDone={() => onOpenChange(false)} />
    </Dialog>
  );
}

function CloseForm({ dialog, onDone }: { dialog: DialogRecord; onDone: () => void }) {
  const { t } = useTranslation();
  const { operator } = useApi();
  const { live } = useWork();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (busy) return;
    const alias = String(new FormData(event.currentTarget).get("alias")).trim();
    setBusy(true);
    setProblem(undefined);
    try {
      const answer = await operator.close({ dialogId: dialog.id, alias });
      if (answer.dialog) live.applyDialog(answer.dialog);
      onDone();
    } catch (e) {
      setProblem(problemText(e, t));
      setBusy(false);
    }
  };

  return (
    <form className="mt-4 grid gap-4" onSubmit={(e) => void submit(e)}>
      <Field label={t("close.alias")} hint={t("close.aliasHint")} name="alias" defaultValue={dialog.closedAlias} autoComplete="off" spellCheck={false} autoCapitalize="none" />
      {problem && <Notice>{problem}</Notice>}
      <div className="flex justify-end gap-2">
        <Button onClick={onDone}>{t("app.cancel")}</Button>
        <Button look="primary" type="submit" aria-disabled={busy}>
          {t(busy ? "close.busy" : "close.submit")}
        </Button>
      </div>
    </form>
  );
}
