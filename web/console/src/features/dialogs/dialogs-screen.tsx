import { Outlet, useNavigate, useParams } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useDialogSet, useWork } from "../../live/context";
import { mine, waiting } from "../../live/dialog-set";
import { cn } from "../../ui/cn";
import { useShortcuts } from "../../ui/shortcuts";
import { DialogList } from "./dialog-list";
import { dialogParams } from "./names";

/** The list beside what was chosen from it; on narrow screens one at a time. */
export function DialogsScreen() {
  const { t } = useTranslation();
  const { me } = useWork();
  const set = useDialogSet();
  const navigate = useNavigate();
  const { conversation, trigger } = useParams({ strict: false });
  const chosen = conversation && trigger ? `${conversation}/${trigger}` : undefined;
  const queue = waiting(set);
  const own = mine(set, me.id);

  useEffect(() => {
    const title = queue.length > 0 ? t("dialogs.titleWaiting", { count: queue.length }) : t("dialogs.title");
    document.title = `${title} · ${t("app.name")}`;
  }, [queue.length, t]);

  const move = (step: number) => () => {
    const all = [...queue, ...own];
    const at = all.findIndex((d) => d.id === chosen);
    const next = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step];
    if (next) void navigate({ to: "/dialogs/$conversation/$trigger", params: dialogParams(next.id) });
  };
  useShortcuts({
    j: move(1),
    k: move(-1),
    ArrowDown: move(1),
    ArrowUp: move(-1),
    Escape: () => void navigate({ to: "/dialogs" }),
  });

  return (
    <main className="flex min-w-0 grow">
      <h1 className="sr-only">{t("dialogs.title")}</h1>
      <DialogList
        queue={queue}
        own={own}
        chosen={chosen}
        loaded={set.loaded}
        className={cn("w-full md:w-78 md:shrink-0 md:border-e md:border-line", chosen && "hidden md:flex")}
      />
      <div className={cn("min-w-0 grow", !chosen && "hidden md:block")}>
        <Outlet />
      </div>
    </main>
  );
}
