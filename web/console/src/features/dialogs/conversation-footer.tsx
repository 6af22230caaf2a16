import { DialogState, type Dialog } from "@switchboard/proto/operator/v1/operator_pb";
import { useTranslation } from "react-i18next";
import { useTyping, useWork } from "../../live/context";
import { isMine, isWaiting } from "../../live/dialog-set";
import { Button } from "../../ui/button";
import { Kbd } from "../../ui/kbd";
import { Notice } from "../../ui/notice";
import { Composer } from "./composer";
import type { useTake } from "./use-take";

interface ConversationFooterProps {
  dialog: Dialog;
  name: string;
  taking: ReturnType<typeof useTake>;
  /** Whether writing is what comes next. */
  focus: boolean;
}

/** What can be done: write, take, or know why neither. */
export function ConversationFooter({ dialog, name, taking, focus }: ConversationFooterProps) {
  const { t } = useTranslation();
  const { me } = useWork();
  const typing = useTyping(dialog.conversation);
  return (
    <div className="shrink-0 px-3 pb-[max(0.75rem,env(safe-area-inset-bottom))] md:px-5">
      <p role="status" className="flex h-6 items-center gap-2 px-2 text-xs text-muted">
        {typing && (
          <>
            <Dots />
            {t("conversation.typing", { name })}
          </>
        )}
      </p>
      {taking.problem && (
        <Notice className="mb-2" dismiss={t("app.dismiss")} onDismiss={taking.dismiss}>
          {taking.problem}
        </Notice>
      )}
      {isMine(dialog, me.id) ? (
        <Composer dialog={dialog} name={name} focus={focus || taking.taken} />
      ) : isWaiting(dialog) ? (
        <div className="flex flex-wrap items-center justify-between gap-3 rounded-xl border border-line bg-canvas px-4 py-3">
          <div>
            <p className="font-medium">{t("conversation.takeHint", { name })}</p>
            <p className="text-muted">{t("conversation.takeNote")}</p>
          </div>
          <Button look="primary" size="lg" className="grow sm:grow-0" aria-disabled={taking.busy} onClick={taking.take}>
            {t(taking.busy ? "conversation.taking" : "conversation.takeDialog")}
            <Kbd>T</Kbd>
          </Button>
        </div>
      ) : (
        <p className="rounded-xl border border-line bg-canvas px-4 py-3 text-center text-muted">
          {dialog.state === DialogState.CLOSED
            ? t("conversation.closedHint")
            : t("conversation.otherHint", { name: dialog.operatorName || t("message.operator") })}
        </p>
      )}
    </div>
  );
}

function Dots() {
  return (
    <span aria-hidden className="flex gap-0.5">
      {["", "[animation-delay:.2s]", "[animation-delay:.4s]"].map((delay) => (
        <span key={delay} className={`size-1 animate-blink rounded-full bg-current ${delay}`} />
      ))}
    </span>
  );
}
