import type { Message } from "@switchboard/proto/chat/v1/message_pb";
import type { Dialog } from "@switchboard/proto/operator/v1/operator_pb";
import { createContext, useContext, useMemo, useState, type ReactNode } from "react";
import { useWork } from "../../live/context";
import { isMine } from "../../live/dialog-set";

/** What the operator is writing about: a message to answer, or one to change. */
export interface Subject {
  readonly kind: "reply" | "edit";
  readonly message: Message;
}

/** What can be done with a dialog's messages. Without them, in a dialog that is not one's own, nothing can. */
export interface Acts {
  readonly subject: Subject | undefined;
  /** Begins to write about a message, or about none. */
  write(subject: Subject | undefined): void;
  readonly removing: Message | undefined;
  /** Asks whether a message shall be taken back, or no longer asks. */
  remove(message: Message | undefined): void;
}

const Context = createContext<Acts | undefined>(undefined);

export function ActsProvider({ dialog, children }: { dialog: Dialog; children: ReactNode }) {
  const { me } = useWork();
  const [subject, write] = useState<Subject>();
  const [removing, remove] = useState<Message>();
  const mine = isMine(dialog, me.id);
  const acts = useMemo(() => (mine ? { subject, write, removing, remove } : undefined), [mine, subject, removing]);
  return <Context value={acts}>{children}</Context>;
}

export function useActs(): Acts | undefined {
  return useContext(Context);
}
