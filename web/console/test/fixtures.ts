import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { Author, MessageSchema, type Message } from "@switchboard/proto/chat/v1/message_pb";
import { Role, UserSchema, type User } from "@switchboard/proto/config/v1/config_pb";
import { DialogSchema, DialogState, type Dialog } from "@switchboard/proto/operator/v1/operator_pb";

export const conversation = "0199c2a4-7d1e-7c00-8000-000000000001";

export const me: User = create(UserSchema, { id: "u-1", email: "daryna@example.com", name: "Daryna", role: Role.OPERATOR });

export function dialog(fields: Partial<Omit<Dialog, "$typeName">> = {}): Dialog {
  return create(DialogSchema, {
    id: `${conversation}/t1`,
    bot: "1",
    conversation,
    state: DialogState.WAITING,
    visitor: { id: "v-1", name: "Iryna" },
    openedAt: timestampFromMs(0),
    version: 1n,
    ...fields,
  });
}

/** A text at a place in the log. */
export function message(sequence: number | string, fields: Partial<Omit<Message, "$typeName" | "body">> & Pick<MessageInitShape<typeof MessageSchema>, "body"> = {}): Message {
  return create(MessageSchema, {
    id: `${conversation}/m${sequence}`,
    bot: "1",
    conversation,
    author: Author.VISITOR,
    offset: `g1-${sequence}`,
    time: timestampFromMs(1_700_000_000_000 + Number(sequence) * 1000),
    body: { case: "text", value: { text: `text ${sequence}` } },
    ...fields,
  });
}

export const ids = (messages: readonly Message[]) => messages.map((m) => m.id.split("/m")[1]);
