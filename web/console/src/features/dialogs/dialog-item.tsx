import { Link } from "@tanstack/react-router";
import { Author } from "@switchboard/proto/chat/v1/message_pb";
import type { Dialog } from "@switchboard/proto/operator/v1/operator_pb";
import type { TFunction } from "i18next";
import { Clock } from "lucide-react";
import { useTranslation } from "react-i18next";
import { dateOf, useFormat } from "../../i18n/format";
import { useTyping } from "../../live/context";
import { isWaiting } from "../../live/dialog-set";
import { Avatar } from "../../ui/avatar";
import { cn } from "../../ui/cn";
import { dialogParams, visitorName } from "./names";

/** After this long in the queue the waiting time stands out. */
const LONG_MS = 3 * 60_000;

export function DialogItem({ dialog, now, chosen }: { dialog: Dialog; now: Date; chosen: boolean }) {
  const { t } = useTranslation();
  const typing = useTyping(dialog.conversation);
  const name = visitorName(dialog, t);
  const unread = dialog.unread > 0 && !isWaiting(dialog) && !chosen; // what is open is being read
  return (
    <li>
      <Link
        to="/dialogs/$conversation/$trigger"
        params={dialogParams(dialog.id)}
        aria-current={chosen ? "page" : undefined}
        className={cn(
          "flex gap-2.5 rounded-xl px-2 py-2 transition-colors hover:bg-hover focus-visible:-outline-offset-2",
          chosen && "bg-accent-soft hover:bg-accent-soft",
        )}
      >
        <Avatar name={name} seed={dialog.visitor?.id || dialog.conversation} className="mt-0.5" />
        <span className="grid min-w-0 grow grid-cols-1 gap-0.5">
          <span className="flex items-baseline gap-2">
            <span className={cn("truncate font-medium", unread && "font-semibold")}>{name}</span>
            {dialog.topic && <span className="max-w-24 shrink-0 truncate text-xs text-faint">{dialog.topic}</span>}
            <When dialog={dialog} now={now} />
          </span>
          <span className="flex items-center gap-2">
            <span dir="auto" className={cn("grow truncate text-muted", unread && "text-ink", typing && "text-accent-text")}>
              {typing ? t("dialogs.writing") : preview(dialog, t)}
            </span>
            {unread && (
              <span className="grid h-4.5 min-w-4.5 shrink-0 place-items-center rounded-full bg-accent px-1.5 text-2xs font-semibold text-accent-ink tabular-nums">
                <span aria-hidden>{dialog.unread > 99 ? "99+" : dialog.unread}</span>
                <span className="sr-only">{t("dialogs.unread", { count: dialog.unread })}</span>
              </span>
            )}
          </span>
        </span>
      </Link>
    </li>
  );
}

function When({ dialog, now }: { dialog: Dialog; now: Date }) {
  const { t } = useTranslation();
  const format = useFormat();
  const style = "ms-auto flex shrink-0 items-center gap-1 text-xs tabular-nums";
  const opened = dateOf(dialog.openedAt);
  if (isWaiting(dialog) && opened) {
    const ms = now.getTime() - opened.getTime();
    const time = format.duration(ms);
    return (
      <span className={cn(style, ms > LONG_MS ? "font-medium text-warn" : "text-muted")}>
        <Clock aria-hidden className="size-3" />
        <span aria-hidden>{time}</span>
        <span className="sr-only">{t("dialogs.waitingFor", { time })}</span>
      </span>
    );
  }
  const at = dateOf(dialog.lastAt) ?? opened;
  return at ? (
    <time dateTime={at.toISOString()} className={cn(style, "text-faint")}>
      {format.brief(at, now)}
    </time>
  ) : null;
}

function preview(dialog: Dialog, t: TFunction): string {
  if (!dialog.lastText && dialog.lastAuthor === Author.UNSPECIFIED) return t("dialogs.noText");
  const text = dialog.lastText || t(dialog.lastDeleted ? "message.deleted" : "dialogs.noWords");
  // Where nobody has taken the dialog, it was a machine that spoke for the operators.
  if (dialog.lastAuthor === Author.OPERATOR) return t(isWaiting(dialog) ? "dialogs.fromOperators" : "dialogs.fromYou", { text });
  if (dialog.lastAuthor === Author.BOT) return t("dialogs.fromBot", { text });
  return text;
}
