import { useVirtualizer } from "@tanstack/react-virtual";
import { Author, type Message } from "@switchboard/proto/chat/v1/message_pb";
import { ArrowDown } from "lucide-react";
import { type RefObject, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "../../i18n/format";
import { usePending, useWork } from "../../live/context";
import type { Thread } from "../../live/thread";
import { Button } from "../../ui/button";
import { amended, fold, type Amendments } from "./amendments";
import { MessageRow, PendingRow, plainText } from "./bubble";
import { EventLine } from "./event-line";
import { layOut, type Row } from "./rows";

/** This near to the end counts as at the end, pixels. */
const NEAR = 80;

interface MessageListProps {
  bot: string;
  conversation: string;
  thread: Thread;
}

/** A conversation's messages: stays at the end while it is there, and reads older ones upwards. */
export function MessageList({ bot, conversation, thread }: MessageListProps) {
  const { t } = useTranslation();
  const { me } = useWork();
  const scroller = useRef<HTMLDivElement>(null);
  const pending = usePending(conversation, thread);
  const rows = useMemo(() => layOut(thread.messages, pending, me.id), [thread.messages, pending, me.id]);
  const past = useMemo(() => recall(thread.messages), [thread.messages]);
  const [atEnd, setAtEnd] = useState(true);

  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (i) => (rows[i]?.kind === "message" ? 64 : 34),
    getItemKey: (i) => rows[i]?.key ?? i,
    overscan: 8,
    anchorTo: "end",
    followOnAppend: true,
    scrollEndThreshold: NEAR,
    paddingStart: 12,
    paddingEnd: 12,
    onChange: (instance) => setAtEnd(instance.isAtEnd(NEAR)),
  });
  useLayoutEffect(() => virtual.scrollToEnd(), [virtual]);

  // What the operator says is always shown, wherever the list was.
  const newest = pending.at(-1)?.id;
  useEffect(() => {
    if (newest) virtual.scrollToEnd();
  }, [newest, virtual]);

  useResize(scroller, () => {
    if (atEnd) virtual.scrollToEnd();
  });

  const items = virtual.getVirtualItems();
  const older = useOlder(bot, conversation, thread, items[0]?.index ?? 0);
  const unseen = useUnseen(rows, atEnd);

  return (
    <div className="relative min-h-0 grow">
      <div ref={scroller} role="log" aria-live="off" aria-label={t("conversation.log")} tabIndex={0} className="h-full overflow-y-auto overscroll-contain focus-visible:-outline-offset-2">
        <div className="flex min-h-full flex-col justify-end">
          <p className="flex min-h-8 items-end justify-center gap-2 px-4 text-xs text-faint" role="status">
            {older.failed ? t("conversation.olderFailed") : thread.hasOlder ? t("conversation.older") : t("conversation.beginning")}
            {older.failed && (
              <Button look="link" size="inline" onClick={older.retry}>
                {t("app.retry")}
              </Button>
            )}
          </p>
          <div className="relative w-full shrink-0" style={{ height: virtual.getTotalSize() }}>
            {items.map((item) => (
              <div
                key={item.key}
                ref={virtual.measureElement}
                data-index={item.index}
                className="absolute inset-x-0 top-0"
                style={{ transform: `translateY(${item.start}px)` }}
              >
                <RowView row={rows[item.index]!} past={past} />
              </div>
            ))}
          </div>
        </div>
      </div>
      {!atEnd && (
        <Button className="absolute inset-x-0 bottom-3 mx-auto w-fit animate-rise rounded-full shadow-float" onClick={() => virtual.scrollToEnd()}>
          <ArrowDown aria-hidden />
          {unseen > 0 ? t("conversation.new", { count: unseen }) : t("conversation.latest")}
        </Button>
      )}
      <Announcement messages={thread.messages} />
    </div>
  );
}

/** Calls changed when the element has another size than before. */
function useResize(element: RefObject<HTMLElement | null>, changed: () => void) {
  const latest = useRef(changed);
  useEffect(() => {
    latest.current = changed;
  });
  useEffect(() => {
    const observer = new ResizeObserver(() => latest.current());
    observer.observe(element.current!);
    return () => observer.disconnect();
  }, [element]);
}

/** What rows need of the other messages: each as it is now, and what became of it. */
interface Past extends Amendments {
  readonly said: ReadonlyMap<string, Message>;
}

function recall(messages: readonly Message[]): Past {
  const amendments = fold(messages);
  return { ...amendments, said: new Map(messages.map((m) => [m.id, amended(m, amendments.byId.get(m.id))])) };
}

function RowView({ row, past }: { row: Row; past: Past }) {
  /** A message as it can be quoted: not one that was taken back. */
  const quoted = (id: string) => (past.byId.get(id)?.deleted ? undefined : past.said.get(id));
  switch (row.kind) {
    case "day":
      return <DayLine date={row.date} />;
    case "line":
      return <EventLine message={row.message} />;
    case "message": {
      const { id, body, replyTo } = row.message;
      const form = body.case === "formAnswer" ? past.said.get(body.value.form)?.body : undefined;
      return (
        <MessageRow
          message={past.said.get(id) ?? row.message}
          first={row.first}
          last={row.last}
          answered={quoted(replyTo)}
          form={form?.case === "form" ? form.value : undefined}
          amendment={past.byId.get(id)}
          seen={past.seen === id}
        />
      );
    }
    case "pending":
      return <PendingRow pending={row.pending} first={row.first} answered={quoted(row.pending.replyTo)} />;
  }
}

function DayLine({ date }: { date: Date }) {
  const { t } = useTranslation();
  const format = useFormat();
  const days = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(date).setHours(0, 0, 0, 0)) / 86_400_000);
  const text = days === 0 ? t("conversation.today") : days === 1 ? t("conversation.yesterday") : format.day(date);
  return (
    <h3 className="flex items-center gap-3 px-4 pt-4 pb-2 text-xs font-medium text-muted md:px-6">
      <span aria-hidden className="h-px grow bg-line" />
      {text}
      <span aria-hidden className="h-px grow bg-line" />
    </h3>
  );
}

/** Reads the page above when the top comes into view, one at a time; after a failure only if asked. */
function useOlder(bot: string, conversation: string, thread: Thread, firstShown: number) {
  const { live } = useWork();
  const [state, setState] = useState<"idle" | "loading" | "failed">("idle");
  const wanted = thread.hasOlder && firstShown < 5 && state === "idle";
  useEffect(() => {
    if (!wanted) return;
    setState("loading");
    live.loadOlder(bot, conversation).then(
      () => setState("idle"),
      () => setState("failed"),
    );
  }, [wanted, live, bot, conversation]);
  return { failed: state === "failed", retry: () => setState("idle") };
}

/** How many of the visitor's messages came since the end was last in view. */
function useUnseen(rows: readonly Row[], atEnd: boolean): number {
  const last = rows.at(-1)?.key;
  const [seen, setSeen] = useState(last);
  useEffect(() => {
    if (atEnd) setSeen(last);
  }, [atEnd, last]);
  const from = rows.findLastIndex((row) => row.key === seen);
  return rows.slice(from + 1).filter((row) => row.kind === "message" && row.message.author === Author.VISITOR).length;
}

/** Reads the visitor's newest words to those who do not see them; nothing that was there before. */
function Announcement({ messages }: { messages: readonly Message[] }) {
  const newest = messages.findLast((m) => m.author === Author.VISITOR);
  const [before] = useState(newest?.id);
  return (
    <p aria-live="polite" className="sr-only">
      {newest && newest.id !== before ? plainText(newest) : ""}
    </p>
  );
}
