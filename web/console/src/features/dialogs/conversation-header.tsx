import { Link } from "@tanstack/react-router";
import { DialogState, type Dialog } from "@switchboard/proto/operator/v1/operator_pb";
import { ArrowLeft, PanelRight } from "lucide-react";
import { useTranslation } from "react-i18next";
import { dateOf, useFormat } from "../../i18n/format";
import { useWork } from "../../live/context";
import { isMine, isWaiting } from "../../live/dialog-set";
import { Avatar } from "../../ui/avatar";
import { Button } from "../../ui/button";
import { useNow } from "../../ui/use-now";
import type { useTake } from "./use-take";

interface ConversationHeaderProps {
  dialog: Dialog;
  name: string;
  taking: ReturnType<typeof useTake>;
  details: boolean;
  onDetails: () => void;
  onClose: () => void;
}

export function ConversationHeader({ dialog, name, taking, details, onDetails, onClose }: ConversationHeaderProps) {
  const { t } = useTranslation();
  const { me } = useWork();
  return (
    <div className="flex h-14 shrink-0 items-center gap-2 border-b border-line px-2 md:px-4">
      <Link to="/dialogs" aria-label={t("conversation.back")} className="grid size-9 shrink-0 place-items-center rounded-lg text-muted hover:bg-hover md:hidden">
        <ArrowLeft aria-hidden className="size-5 rtl:-scale-x-100" />
      </Link>
      <Avatar name={name} seed={dialog.visitor?.id || dialog.conversation} className="hidden sm:grid" />
      <div className="min-w-0 grow ps-1">
        <h2 className="flex items-baseline gap-2">
          <span className="truncate text-base font-semibold">{name}</span>
          {dialog.topic && <span className="hidden shrink-0 rounded-md bg-hover px-1.5 py-px text-xs font-normal text-muted sm:inline">{dialog.topic}</span>}
        </h2>
        <p className="truncate text-xs text-muted">
          {dialog.topic && <span className="sm:hidden">{dialog.topic} · </span>}
          <State dialog={dialog} />
        </p>
      </div>
      {isWaiting(dialog) && (
        <Button className="hidden sm:inline-flex" aria-disabled={taking.busy} onClick={taking.take}>
          {t(taking.busy ? "conversation.taking" : "conversation.take")}
        </Button>
      )}
      {isMine(dialog, me.id) && <Button onClick={onClose}>{t("conversation.close")}</Button>}
      <Button
        look="ghost"
        size="icon"
        aria-label={t(details ? "conversation.hideDetails" : "conversation.details")}
        aria-expanded={details}
        onClick={onDetails}
      >
        <PanelRight aria-hidden className="rtl:-scale-x-100" />
      </Button>
    </div>
  );
}

function State({ dialog }: { dialog: Dialog }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { me } = useWork();
  const now = useNow(1000);
  const opened = dateOf(dialog.openedAt) ?? now;
  if (isWaiting(dialog)) return t("conversation.stateWaiting", { time: format.duration(now.getTime() - opened.getTime()) });
  if (isMine(dialog, me.id)) return t("conversation.stateMine", { time: format.brief(dateOf(dialog.takenAt) ?? opened, now) });
  if (dialog.state === DialogState.CLOSED) return t("conversation.stateClosed");
  return t("conversation.stateOther", { name: dialog.operatorName || t("message.operator") });
}
