import { Code } from "@connectrpc/connect";
import { Link, useParams } from "@tanstack/react-router";
import type { Message } from "@switchboard/proto/chat/v1/message_pb";
import type { Dialog } from "@switchboard/proto/operator/v1/operator_pb";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { hasCode, problemText } from "../../api/problem";
import { useDialog, useThread } from "../../live/context";
import { isWaiting } from "../../live/dialog-set";
import { Button } from "../../ui/button";
import { Notice } from "../../ui/notice";
import { useShortcuts } from "../../ui/shortcuts";
import { useMedia } from "../../ui/use-media";
import { ActsProvider } from "./acts";
import { CloseDialog } from "./close-dialog";
import { ConversationFooter } from "./conversation-footer";
import { ConversationHeader } from "./conversation-header";
import { Details } from "./details";
import { MessageList } from "./message-list";
import { visitorName } from "./names";
import { RemoveDialog } from "./remove-dialog";
import { useFollow } from "./use-follow";
import { useMarkSeen } from "./use-mark-seen";
import { useTake } from "./use-take";

/** The dialog that the address names. */
export function ConversationScreen() {
  const { t } = useTranslation();
  const { conversation, trigger } = useParams({ from: "/shell/dialogs/$conversation/$trigger" });
  const id = `${conversation}/${trigger}`;
  const { dialog, error } = useDialog(id);
  if (dialog) return <Conversation key={id} dialog={dialog} />;
  if (!error) return <Centred>{t("app.loading")}</Centred>;
  return (
    <Centred>
      <p>{hasCode(error, Code.NotFound) ? t("conversation.notFound") : problemText(error, t)}</p>
      <Link to="/dialogs" className="text-accent-text underline underline-offset-2">
        {t("app.toDialogs")}
      </Link>
    </Centred>
  );
}

function Conversation({ dialog }: { dialog: Dialog }) {
  const { t } = useTranslation();
  const taking = useTake(dialog);
  const wide = useMedia("(min-width: 80rem)");
  const [details, setDetails] = useState<boolean>();
  const [closing, setClosing] = useState(false);
  const [clicked] = useState(openedByMouse);
  const name = visitorName(dialog, t);
  const shown = details ?? wide;
  useShortcuts({
    t: isWaiting(dialog) ? taking.take : undefined,
    Escape: shown && !wide ? () => setDetails(false) : undefined,
  });
  return (
    <ActsProvider dialog={dialog}>
      <div className="relative flex h-full bg-surface">
        <section aria-label={t("conversation.label", { name })} className="flex min-w-0 grow flex-col">
          <ConversationHeader
            dialog={dialog}
            name={name}
            taking={taking}
            details={shown}
            onDetails={() => setDetails(!shown)}
            onClose={() => setClosing(true)}
          />
          <Messages dialog={dialog} />
          <ConversationFooter dialog={dialog} name={name} taking={taking} focus={clicked} />
        </section>
        {shown && (
          <Details
            dialog={dialog}
            name={name}
            onHide={() => setDetails(false)}
            className="absolute inset-y-0 end-0 z-10 w-full border-line bg-surface max-xl:shadow-float sm:w-76 sm:border-s xl:static xl:shrink-0"
          />
        )}
        <CloseDialog dialog={dialog} open={closing} onOpenChange={setClosing} />
        <RemoveDialog dialog={dialog} />
      </div>
    </ActsProvider>
  );
}

/** Whether the list was clicked: then writing comes next, while keys may go on to the next dialog. */
function openedByMouse(): boolean {
  const clicked = document.activeElement?.matches("a[href]:not(:focus-visible)") ?? false;
  return clicked && window.matchMedia("(pointer: fine)").matches;
}

const none: readonly Message[] = [];

function Messages({ dialog }: { dialog: Dialog }) {
  const { t } = useTranslation();
  const thread = useThread(dialog.bot, dialog.conversation);
  useFollow(dialog);
  useMarkSeen(dialog, thread.data?.messages ?? none);
  if (thread.data && thread.data.messages.length > 0) {
    return <MessageList bot={dialog.bot} conversation={dialog.conversation} thread={thread.data} />;
  }
  if (!thread.error) return <Centred>{t(thread.data ? "conversation.empty" : "app.loading")}</Centred>;
  return (
    <Centred>
      <Notice>{problemText(thread.error, t)}</Notice>
      <Button onClick={() => void thread.refetch()}>{t("app.retry")}</Button>
    </Centred>
  );
}

function Centred({ children }: { children: ReactNode }) {
  return <div className="grid h-full min-h-0 grow place-content-center justify-items-center gap-3 bg-surface px-6 text-center text-muted">{children}</div>;
}
