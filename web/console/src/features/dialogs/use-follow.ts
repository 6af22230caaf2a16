import { DialogState, type Dialog } from "@switchboard/proto/operator/v1/operator_pb";
import { useEffect, useEffectEvent } from "react";
import { useWork } from "../../live/context";
import { useVisible } from "../../ui/use-visible";

/** Keeps a closed dialog live while somebody looks at it: the visitor may still rate it, and goes on with the bot. */
export function useFollow(dialog: Dialog): void {
  const { live } = useWork();
  const follows = useVisible() && dialog.state === DialogState.CLOSED;
  const follow = useEffectEvent((signal: AbortSignal) => live.follow(dialog, signal));
  useEffect(() => {
    if (!follows) return;
    const end = new AbortController();
    void follow(end.signal);
    return () => end.abort();
  }, [follows, dialog.id]);
}
