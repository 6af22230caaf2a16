import type { JsonValue } from "@bufbuild/protobuf";
import { DialogState, type Dialog } from "@switchboard/proto/operator/v1/operator_pb";
import { X } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { dateOf, useFormat } from "../../i18n/format";
import { Button } from "../../ui/button";
import { cn } from "../../ui/cn";
import { useVisitorMeta } from "./use-visitor-meta";

interface DetailsProps {
  dialog: Dialog;
  name: string;
  onHide: () => void;
  className?: string;
}

/** What is known of the visitor and the dialog. */
export function Details({ dialog, name, onHide, className }: DetailsProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const meta = useVisitorMeta(dialog.id);
  const params = Object.entries(dialog.visitor?.params ?? {});
  return (
    <section aria-labelledby="details" className={cn("flex flex-col overflow-y-auto", className)}>
      <div className="flex h-14 shrink-0 items-center justify-between border-b border-line ps-4 pe-2">
        <h2 id="details" className="font-semibold">
          {t("details.title")}
        </h2>
        <Button look="ghost" size="icon" className="xl:hidden" aria-label={t("conversation.hideDetails")} onClick={onHide}>
          <X aria-hidden />
        </Button>
      </div>
      <Facts title={t("details.visitor")}>
        <Fact name={t("details.name")}>{name}</Fact>
        <Fact name={t("details.language")}>{dialog.visitor?.language}</Fact>
        <Fact name={t("details.user")}>
          {dialog.visitor?.userId && (
            <>
              {dialog.visitor.userId}{" "}
              <span className={cn("text-xs", dialog.visitor.userVerified ? "text-accent-text" : "text-faint")}>
                {t(dialog.visitor.userVerified ? "details.verified" : "details.unverified")}
              </span>
            </>
          )}
        </Fact>
        <Fact name={t("details.id")} code>
          {dialog.visitor?.id}
        </Fact>
        <Fact name={t("details.place")}>{meta && format.place(meta.country, meta.city)}</Fact>
        <Fact name={t("details.address")} code>
          {meta?.ip}
        </Fact>
      </Facts>
      <Facts title={t("details.params")} note={t(params.length > 0 ? "details.untrusted" : "details.noParams")}>
        {params.map(([key, value]) => (
          <Fact key={key} name={key}>
            <Value value={value} />
          </Fact>
        ))}
      </Facts>
      <DialogFacts dialog={dialog} />
    </section>
  );
}

function DialogFacts({ dialog }: { dialog: Dialog }) {
  const { t } = useTranslation();
  const format = useFormat();
  const at = (date: Date | undefined) => date && <time dateTime={date.toISOString()}>{format.full(date)}</time>;
  const [opened, taken, closed] = [dateOf(dialog.openedAt), dateOf(dialog.takenAt), dateOf(dialog.closedAt)];
  return (
    <Facts title={t("details.dialog")}>
      <Fact name={t("details.topic")}>{dialog.topic}</Fact>
      <Fact name={t("details.operator")}>{dialog.operatorName}</Fact>
      <Fact name={t("details.opened")}>{at(opened)}</Fact>
      <Fact name={t("details.taken")}>{at(taken)}</Fact>
      <Fact name={t("details.waited")}>{opened && taken && format.duration(taken.getTime() - opened.getTime())}</Fact>
      <Fact name={t("details.closed")}>{dialog.state === DialogState.CLOSED && at(closed)}</Fact>
      <Fact name={t("details.resumes")} code>
        {dialog.closedAlias}
      </Fact>
      <Fact name={t("details.bot")} code>
        {dialog.bot}
      </Fact>
    </Facts>
  );
}

function Facts({ title, note, children }: { title: string; note?: string; children: ReactNode }) {
  return (
    <section aria-label={title} className="border-b border-line px-4 py-4 last:border-0">
      <h3 className="font-medium">{title}</h3>
      {note && <p className="text-xs text-faint">{note}</p>}
      <dl className="mt-2 grid gap-1.5">{children}</dl>
    </section>
  );
}

/** One fact; nothing when there is none. */
function Fact({ name, code = false, children }: { name: string; code?: boolean; children: ReactNode }) {
  if (!children) return null;
  return (
    <div className="grid grid-cols-[6.5rem_1fr] gap-2">
      <dt className="text-muted wrap-anywhere">{name}</dt>
      <dd dir="auto" className={cn("min-w-0 wrap-anywhere", code && "font-mono text-xs")}>
        {children}
      </dd>
    </div>
  );
}

function Value({ value }: { value: JsonValue }) {
  const { t } = useTranslation();
  if (typeof value === "boolean") return t(value ? "details.yes" : "details.no");
  if (value === null || value === "") return "–";
  if (typeof value === "object") return <code className="text-xs">{JSON.stringify(value)}</code>;
  return String(value);
}
