import { useNavigate } from "@tanstack/react-router";
import { Coffee, Inbox } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useDialogSet, useWork } from "../../live/context";
import { mine, waiting } from "../../live/dialog-set";
import { Button } from "../../ui/button";
import { Kbd } from "../../ui/kbd";
import { dialogParams } from "./names";

/** What to do next when no dialog is open. */
export function NothingChosen() {
  const { t } = useTranslation();
  const { me } = useWork();
  const set = useDialogSet();
  const navigate = useNavigate();
  const queue = waiting(set);
  const longest = queue[0];
  const quiet = !longest && mine(set, me.id).length === 0;
  if (!set.loaded) return null;
  const Icon = quiet ? Coffee : Inbox;
  return (
    <section aria-labelledby="nothing" className="grid h-full place-content-center justify-items-center bg-surface px-6 text-center">
      <Icon aria-hidden className="size-9 text-faint" strokeWidth={1.5} />
      <h2 id="nothing" className="mt-4 text-[1rem] font-semibold">
        {t(quiet ? "dialogs.quiet" : "dialogs.pick")}
      </h2>
      <p className="mt-1 max-w-80 text-muted">
        {quiet ? t("dialogs.quietHint") : longest ? t("dialogs.pickHint", { count: queue.length }) : t("dialogs.pickMine")}
      </p>
      {longest && (
        <Button
          look="primary"
          className="mt-5"
          onClick={() => void navigate({ to: "/dialogs/$conversation/$trigger", params: dialogParams(longest.id) })}
        >
          {t("dialogs.openLongest")}
        </Button>
      )}
      {!quiet && (
        <p className="mt-6 flex items-center gap-1.5 text-xs text-faint pointer-coarse:hidden">
          <Kbd>J</Kbd>
          <Kbd>K</Kbd> {t("dialogs.keys")}
          <Kbd className="ms-3">T</Kbd> {t("dialogs.keysTake")}
        </p>
      )}
    </section>
  );
}
