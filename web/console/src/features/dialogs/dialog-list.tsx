import type { Dialog } from "@switchboard/proto/operator/v1/operator_pb";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { cn } from "../../ui/cn";
import { useNow } from "../../ui/use-now";
import { AccountMenu } from "../shell/account-menu";
import { DialogItem } from "./dialog-item";

interface DialogListProps {
  queue: Dialog[];
  own: Dialog[];
  chosen: string | undefined;
  loaded: boolean;
  className?: string;
}

/** Who waits, and who is being answered by me. */
export function DialogList({ queue, own, chosen, loaded, className }: DialogListProps) {
  const { t } = useTranslation();
  const now = useNow(1000);
  const items = (dialogs: Dialog[]) => dialogs.map((d) => <DialogItem key={d.id} dialog={d} now={now} chosen={d.id === chosen} />);
  return (
    <section aria-label={t("dialogs.list")} className={cn("flex min-h-0 flex-col", className)}>
      <div className="flex h-14 shrink-0 items-center justify-between px-4">
        <h2 className="text-[1rem] font-semibold tracking-tight">{t("dialogs.title")}</h2>
        <div className="md:hidden">
          <AccountMenu />
        </div>
      </div>
      <div className="min-h-0 grow overflow-y-auto px-2 pb-4">
        {loaded ? (
          <>
            <Section title={t("dialogs.waiting")} count={queue.length} empty={t("dialogs.waitingEmpty")}>
              {items(queue)}
            </Section>
            <Section title={t("dialogs.mine")} count={own.length} empty={t("dialogs.mineEmpty")}>
              {items(own)}
            </Section>
          </>
        ) : (
          <Skeleton label={t("app.loading")} />
        )}
      </div>
    </section>
  );
}

function Section({ title, count, empty, children }: { title: string; count: number; empty: string; children: ReactNode[] }) {
  return (
    <section aria-label={title} className="mb-4">
      <h3 className="flex items-center gap-1.5 px-2 py-1.5 text-xs font-medium text-muted">
        {title}
        {count > 0 && <span className="text-faint tabular-nums">{count}</span>}
      </h3>
      {count > 0 ? <ul className="grid grid-cols-1 gap-px">{children}</ul> : <p className="px-2 py-1.5 text-faint">{empty}</p>}
    </section>
  );
}

function Skeleton({ label }: { label: string }) {
  return (
    <div role="status" aria-label={label} className="grid gap-4 px-2 pt-3">
      {[0, 1, 2].map((i) => (
        <div key={i} aria-hidden className="flex gap-3">
          <div className="size-8 rounded-full bg-hover" />
          <div className="grid grow content-center gap-2">
            <div className="h-2.5 w-1/2 rounded bg-hover" />
            <div className="h-2.5 w-4/5 rounded bg-hover" />
          </div>
        </div>
      ))}
    </div>
  );
}
