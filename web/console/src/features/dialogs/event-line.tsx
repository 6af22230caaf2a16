import { OwnerKind, OwnerReason, type Message, type OwnerChange } from "@switchboard/proto/chat/v1/message_pb";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import { dateOf, useFormat } from "../../i18n/format";

/** A fact of the conversation, as a quiet line between the messages. */
export function EventLine({ message }: { message: Message }) {
  const { t } = useTranslation();
  const format = useFormat();
  const at = dateOf(message.time);
  return (
    <p className="mx-auto flex max-w-120 flex-wrap items-baseline justify-center gap-x-2 px-4 py-1.5 text-center text-xs text-muted">
      <span className="wrap-anywhere">{lineText(message, t)}</span>
      {at && (
        <time dateTime={at.toISOString()} title={format.full(at)} className="text-faint tabular-nums">
          {format.time(at)}
        </time>
      )}
    </p>
  );
}

export function lineText({ body }: Message, t: TFunction): string {
  switch (body.case) {
    case "start":
      return body.value.pageUrl ? t("message.startedOn", { page: shortPage(body.value.pageUrl) }) : t("message.started");
    case "alias":
      return t("message.alias", { alias: body.value.alias });
    case "paramsChanged":
      return t("message.params");
    case "ownerChange":
      return ownerText(body.value, t);
    case "end":
      return body.value.reason ? t("message.endedWhy", { reason: body.value.reason }) : t("message.ended");
    case "systemEvent":
      return body.value.text || body.value.kind;
    default:
      return t("message.unsupported");
  }
}

function ownerText({ owner, reason }: OwnerChange, t: TFunction): string {
  const name = owner?.operatorName || t("message.operator");
  switch (owner?.kind) {
    case OwnerKind.QUEUE:
      return t(reason === OwnerReason.TRANSFERRED ? "message.owner.requeued" : "message.owner.queue");
    case OwnerKind.OPERATOR:
      return t(reason === OwnerReason.TRANSFERRED ? "message.owner.transferred" : "message.owner.taken", { name });
    default:
      break;
  }
  switch (reason) {
    case OwnerReason.CLOSED:
      return t("message.owner.closed");
    case OwnerReason.CLOSED_BY_VISITOR:
      return t("message.owner.closedByVisitor");
    case OwnerReason.TIMEOUT:
      return t("message.owner.timeout");
    default:
      return t("message.owner.bot");
  }
}

function shortPage(address: string): string {
  try {
    const url = new URL(address);
    return url.host + (url.pathname === "/" ? "" : url.pathname);
  } catch {
    return address;
  }
}
