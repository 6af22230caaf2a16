import { Author, type Form, type Message } from "@switchboard/proto/chat/v1/message_pb";
import { Ban, Bot, Check, CheckCheck, Clock } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { dateOf, useFormat } from "../../i18n/format";
import { problemText } from "../../api/problem";
import { useWork } from "../../live/context";
import type { Pending } from "../../live/outbox";
import { Button } from "../../ui/button";
import { cn } from "../../ui/cn";
import type { Amendment } from "./amendments";
import { MessageBody } from "./message-body";
import { MessageMenu } from "./message-menu";

type Side = "visitor" | "bot" | "operator";

const looks: Record<Side, string> = {
  visitor: "bg-bubble text-ink rounded-ss-md",
  bot: "bg-bot text-ink border border-bot-line rounded-se-md",
  operator: "bg-accent text-accent-ink rounded-se-md [&_:focus-visible]:outline-current",
};

interface MessageRowProps {
  /** As it is now. */
  message: Message;
  first: boolean;
  last: boolean;
  /** The message that this one answers, if it is known. */
  answered?: Message;
  /** The form that this one is an answer to, if it is known. */
  form?: Form;
  /** What became of it. */
  amendment?: Amendment;
  /** Whether an operator has read the visitor's messages up to this one. */
  seen: boolean;
}

export function MessageRow({ message, first, last, answered, form, amendment, seen }: MessageRowProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { me } = useWork();
  const at = dateOf(message.time);
  const side = sideOf(message);
  return (
    <Row side={side} first={first} name={first && side !== "visitor" ? authorName(message, me.id, t) : undefined}>
      {answered && <Quote message={answered} />}
      {amendment?.deleted ? (
        <p className="flex max-w-full items-center gap-1.5 rounded-2xl border border-dashed border-line-strong px-3 py-2 text-muted italic">
          <Ban aria-hidden className="size-4 shrink-0" />
          {t("message.deleted")}
        </p>
      ) : (
        <div className="group relative max-w-full">
          <Bubble side={side}>
            <MessageBody body={message.body} form={form} />
          </Bubble>
          <MessageMenu message={message} className={cn("absolute inset-y-0 my-auto", side === "visitor" ? "start-full ms-1" : "end-full me-1")} />
        </div>
      )}
      {(last || seen || amendment?.text) && (
        <p className="flex items-center gap-1 px-1 text-2xs text-faint">
          {amendment?.text && <span>{t("message.edited")}</span>}
          {last && at && (
            <time dateTime={at.toISOString()} title={format.full(at)} className="tabular-nums">
              {format.time(at)}
            </time>
          )}
          {seen && (
            <span className="flex items-center gap-1">
              <CheckCheck aria-hidden className="size-3" />
              {t("message.seen")}
            </span>
          )}
        </p>
      )}
    </Row>
  );
}

/** Something said that the conversation does not have yet. */
export function PendingRow({ pending, first, answered }: { pending: Pending; first: boolean; answered?: Message }) {
  const { t } = useTranslation();
  const { outbox } = useWork();
  const failed = pending.status === "failed";
  const Mark = pending.status === "sent" ? Check : Clock;
  return (
    <Row side="operator" first={first} name={first ? t("message.you") : undefined}>
      {answered && <Quote message={answered} />}
      <Bubble side="operator" className={failed ? "opacity-60" : undefined}>
        <p dir="auto" className="whitespace-pre-wrap wrap-anywhere">
          {pending.text}
        </p>
      </Bubble>
      {failed ? (
        <div role="alert" className="flex flex-wrap justify-end gap-x-2 px-1 text-xs text-danger">
          <span>
            {t("composer.failed")} {problemText(pending.problem, t)}
          </span>
          <Button look="link" size="inline" onClick={() => outbox.retry(pending.clientId)}>
            {t("app.retry")}
          </Button>
          <Button look="link" size="inline" onClick={() => outbox.forget(new Set([pending.id]))}>
            {t("composer.discard")}
          </Button>
        </div>
      ) : (
        <span className="flex items-center gap-1 px-1 text-2xs text-faint">
          <Mark aria-hidden className="size-3" />
          {t(pending.status === "sent" ? "composer.sent" : "composer.sending")}
        </span>
      )}
    </Row>
  );
}

function Row({ side, first, name, children }: { side: Side; first: boolean; name?: string; children: ReactNode }) {
  return (
    <article className={cn("flex px-4 md:px-6", first ? "pt-3" : "pt-0.5", side === "visitor" ? "justify-start" : "justify-end")}>
      <div className={cn("grid max-w-[min(85%,38rem)] min-w-0 grid-cols-[minmax(0,1fr)] gap-1", side === "visitor" ? "justify-items-start" : "justify-items-end")}>
        {name && (
          <p className="flex items-center gap-1 px-1 text-2xs font-medium text-muted">
            {side === "bot" && <Bot aria-hidden className="size-3.5" />}
            {name}
          </p>
        )}
        {children}
      </div>
    </article>
  );
}

function Bubble({ side, className, children }: { side: Side; className?: string; children: ReactNode }) {
  return <div className={cn("max-w-full rounded-2xl px-3 py-2 text-base", looks[side], className)}>{children}</div>;
}

function Quote({ message }: { message: Message }) {
  const { t } = useTranslation();
  const text = plainText(message);
  if (!text) return null;
  return (
    <p dir="auto" className="max-w-full truncate border-s-2 border-line-strong ps-2 text-xs text-muted">
      <span className="sr-only">{t("message.replyTo")}: </span>
      {text}
    </p>
  );
}

function sideOf({ author }: Message): Side {
  if (author === Author.VISITOR) return "visitor";
  return author === Author.OPERATOR ? "operator" : "bot";
}

function authorName(message: Message, me: string, t: ReturnType<typeof useTranslation>["t"]): string {
  if (message.author === Author.OPERATOR && message.authorId === me) return t("message.you");
  if (message.authorName) return message.authorName;
  if (message.author === Author.OPERATOR) return t("message.operator");
  return t(message.author === Author.SYSTEM ? "message.system" : "message.bot");
}

/** A message's words without formatting, for quotes and announcements. */
export function plainText({ body }: Message): string {
  switch (body.case) {
    case "text":
    case "button":
    case "keyboard":
    case "inlineKeyboard":
    case "form":
    case "formAnswer":
      return body.value.text;
    case "cards":
      return body.value.cards.map((card) => card.title || card.text).find(Boolean) ?? "";
    case "image":
      return body.value.caption || body.value.alt;
    case "file":
      return body.value.name;
    default:
      return "";
  }
}
