import type { Dialog } from "@switchboard/proto/operator/v1/operator_pb";
import { SendHorizontal } from "lucide-react";
import { useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { useApi } from "../../api/api";
import { useWork } from "../../live/context";
import { Button } from "../../ui/button";
import { useShortcuts } from "../../ui/shortcuts";

const MAX = 4096;
/** At most one typing notice in this time. */
const TYPING_MS = 3_000;

/** Where the operator writes. What was not sent is kept while other dialogs are open. */
export function Composer({ dialog, name, focus }: { dialog: Dialog; name: string; focus: boolean }) {
  const { t } = useTranslation();
  const { outbox, drafts } = useWork();
  const area = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState(drafts.get(dialog.id) ?? "");
  const notify = useTypingNotice(dialog.id);
  const over = [...text].length - MAX;
  const ready = text.trim() !== "" && over <= 0;

  useEffect(() => {
    if (focus) area.current?.focus();
  }, [focus]);
  useLayoutEffect(() => {
    const el = area.current;
    if (!el) return;
    el.style.height = "auto"; // grows with the text up to its max-height
    el.style.height = `${el.scrollHeight}px`;
  }, [text]);
  useShortcuts({ r: () => area.current?.focus() });

  const change = (value: string) => {
    setText(value);
    if (value === "") drafts.delete(dialog.id);
    else drafts.set(dialog.id, value);
    if (value.trim() !== "") notify.typing();
  };
  const send = () => {
    if (!ready) return;
    outbox.send(dialog, text.trim());
    change("");
    notify.reset(); // the next answer is news at once
    area.current?.focus();
  };
  const press = (event: KeyboardEvent) => {
    // While an input method composes, Enter chooses a word; Safari says so only by keyCode 229.
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      send();
    }
    if (event.key === "Escape") area.current?.blur();
  };

  return (
    <form
      className="rounded-xl border border-line-strong/50 bg-surface focus-within:border-accent"
      onSubmit={(e) => {
        e.preventDefault();
        send();
      }}
    >
      <textarea
        ref={area}
        rows={1}
        dir="auto"
        value={text}
        aria-label={t("composer.label")}
        aria-describedby="composer-hint"
        aria-invalid={over > 0}
        placeholder={t("composer.placeholder", { name })}
        onChange={(e) => change(e.target.value)}
        onKeyDown={press}
        className="block max-h-[40dvh] min-h-11 w-full resize-none bg-transparent px-3 pt-2.5 pb-1 text-base outline-none placeholder:text-faint pointer-coarse:text-[16px]"
      />
      <div className="flex items-center justify-between gap-2 ps-3 pe-1.5 pb-1.5">
        <p id="composer-hint" className="text-2xs text-faint">
          {over > 0 ? (
            <span className="font-medium text-danger">{t("composer.tooLong", { count: over })}</span>
          ) : (
            <span className="pointer-coarse:hidden">{t("composer.hint")}</span>
          )}
        </p>
        <Button look="primary" type="submit" disabled={!ready} aria-label={t("composer.send")} className="px-2.5">
          <SendHorizontal aria-hidden className="rtl:-scale-x-100" />
        </Button>
      </div>
    </form>
  );
}

/** Tells the visitor that an answer is being written. The notice may be lost: nothing waits for it. */
function useTypingNotice(dialogId: string): { typing(): void; reset(): void } {
  const { operator } = useApi();
  const last = useRef(0);
  return {
    typing() {
      if (Date.now() - last.current < TYPING_MS) return;
      last.current = Date.now();
      operator.sendTyping({ dialogId }).catch(() => undefined);
    },
    reset() {
      last.current = 0;
    },
  };
}
