import type { Dialog } from "@switchboard/proto/operator/v1/operator_pb";
import { Check, Pencil, Reply, SendHorizontal, X } from "lucide-react";
import { useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { useApi } from "../../api/api";
import { useWork } from "../../live/context";
import { Button } from "../../ui/button";
import { Notice } from "../../ui/notice";
import { useShortcuts } from "../../ui/shortcuts";
import { useActs, type Subject } from "./acts";
import { plainText } from "./bubble";
import { useEdit } from "./use-edit";

const MAX = 4096;
/** At most one typing notice in this time. */
const TYPING_MS = 3_000;

/** Where the operator writes. What was not sent is kept while other dialogs are open. */
export function Composer({ dialog, name, focus }: { dialog: Dialog; name: string; focus: boolean }) {
  const { t } = useTranslation();
  const { outbox, drafts } = useWork();
  const acts = useActs();
  const subject = acts?.subject;
  const editing = subject?.kind === "edit";
  const area = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState(drafts.get(dialog.id) ?? "");
  const notify = useTypingNotice(dialog.id);
  const edit = useEdit(dialog);
  const over = [...text].length - MAX;
  const ready = text.trim() !== "" && over <= 0 && !edit.busy;

  useEffect(() => {
    if (focus) area.current?.focus();
  }, [focus]);
  useLayoutEffect(() => {
    const el = area.current;
    if (!el) return;
    el.style.height = "auto"; // grows with the text up to its max-height
    el.style.height = `${el.scrollHeight}px`;
  }, [text]);
  // An edit begins with what was said; the draft waits meanwhile.
  useEffect(() => {
    if (!subject) return setText(drafts.get(dialog.id) ?? "");
    if (subject.kind === "edit" && subject.message.body.case === "text") setText(subject.message.body.value.text);
    else setText(drafts.get(dialog.id) ?? "");
    area.current?.focus();
  }, [subject, drafts, dialog.id]);
  useShortcuts({ r: () => area.current?.focus() });

  const change = (value: string) => {
    setText(value);
    if (editing) return;
    if (value === "") drafts.delete(dialog.id);
    else drafts.set(dialog.id, value);
    if (value.trim() !== "") notify.typing();
  };
  const send = () => {
    if (!ready) return;
    if (subject?.kind === "edit") {
      void edit.save(subject, text.trim()).then((done) => done && acts?.write(undefined));
      return;
    }
    outbox.send(dialog, text.trim(), subject?.message.id);
    change("");
    acts?.write(undefined);
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
    if (event.key !== "Escape") return;
    if (subject) acts?.write(undefined);
    else area.current?.blur();
  };

  return (
    <form
      className="rounded-xl border border-line-strong/50 bg-surface focus-within:border-accent"
      onSubmit={(e) => {
        e.preventDefault();
        send();
      }}
    >
      {edit.problem && (
        <Notice className="m-2" dismiss={t("app.dismiss")} onDismiss={edit.dismiss}>
          {edit.problem}
        </Notice>
      )}
      {subject && <About subject={subject} onCancel={() => acts?.write(undefined)} />}
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
        <Button look="primary" type="submit" disabled={!ready} aria-label={t(editing ? "composer.save" : "composer.send")} className="px-2.5">
          {editing ? <Check aria-hidden /> : <SendHorizontal aria-hidden className="rtl:-scale-x-100" />}
        </Button>
      </div>
    </form>
  );
}

/** What is written about, and a way out. */
function About({ subject: { kind, message }, onCancel }: { subject: Subject; onCancel: () => void }) {
  const { t } = useTranslation();
  const Mark = kind === "edit" ? Pencil : Reply;
  return (
    <div className="flex items-center gap-2 border-b border-line ps-3 pe-1.5 py-1 text-xs text-muted">
      <Mark aria-hidden className="size-3.5 shrink-0 rtl:-scale-x-100" />
      <p dir="auto" role="status" className="min-w-0 grow truncate">
        <span className="font-medium">{t(kind === "edit" ? "composer.editing" : "message.replyTo")}: </span>
        {plainText(message)}
      </p>
      <Button look="ghost" size="icon" aria-label={t("app.cancel")} onClick={onCancel}>
        <X aria-hidden />
      </Button>
    </div>
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
