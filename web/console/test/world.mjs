// What the development server knows: dialogs, their conversations, and who watches.
import { create } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { conversations } from "./samples.mjs";

const generation = "g1";

export class World {
  #dialogs = new Map();
  #logs = new Map();
  #watchers = new Set();
  #sequence = 1000;
  rejecting = false;

  constructor(proto) {
    this.proto = proto;
    const user = (id, email, name) => create(proto.UserSchema, { id, email, name, role: proto.Role.OPERATOR });
    this.users = [user("u-1", "me@example.com", "Daryna Kovalenko"), user("u-2", "other@example.com", "Olena")];
    this.users[0].email = "olena@example.com";
    for (const sample of conversations(proto, Date.now())) this.#load(sample);
  }

  dialogs() {
    return [...this.#dialogs.values()];
  }

  dialog(id) {
    const dialog = this.#dialogs.get(id);
    if (!dialog) throw new ConnectError(`dialog ${id}: not found`, Code.NotFound);
    return dialog;
  }

  async *watch(user, signal, dialogId) {
    const queue = [];
    let wake = () => {};
    const watcher = { user, push: (event) => (queue.push(event), wake()), ended: false, end: () => ((watcher.ended = true), wake()) };
    this.#watchers.add(watcher);
    signal.addEventListener("abort", watcher.end);
    const beat = setInterval(() => watcher.push({ case: "heartbeat", value: {} }), 15_000);
    try {
      for (const dialog of this.dialogs()) if (dialogId ? dialog.id === dialogId : this.#concerns(dialog, user)) yield { event: { case: "dialog", value: dialog } };
      yield { event: { case: "ready", value: {} } };
      while (!watcher.ended) {
        if (queue.length === 0) await new Promise((resolve) => (wake = resolve));
        while (queue.length > 0) yield { event: queue.shift() };
      }
    } finally {
      clearInterval(beat);
      this.#watchers.delete(watcher);
    }
  }

  take(id, user) {
    const dialog = this.dialog(id);
    const { ACTIVE, WAITING } = this.proto.DialogState;
    if (dialog.state === ACTIVE && dialog.operatorId === user.id) return dialog;
    if (dialog.state !== WAITING) throw new ConnectError("somebody else was faster", Code.FailedPrecondition);
    this.#change(dialog, { state: ACTIVE, operatorId: user.id, operatorName: user.name, takenAt: this.proto.timestamp(Date.now()) });
    const owner = { kind: this.proto.OwnerKind.OPERATOR, operatorId: user.id, operatorName: user.name };
    this.#append(dialog.conversation, "SYSTEM", { body: { case: "ownerChange", value: { owner, reason: this.proto.OwnerReason.TAKEN } } });
    return this.dialog(id);
  }

  close(id, alias, user) {
    const dialog = this.dialog(id);
    if (dialog.operatorId !== user.id) throw new ConnectError("this is not your dialog", Code.FailedPrecondition);
    this.#change(dialog, { state: this.proto.DialogState.CLOSED, closedAt: this.proto.timestamp(Date.now()) });
    const value = { owner: { kind: this.proto.OwnerKind.BOT }, reason: this.proto.OwnerReason.CLOSED, alias };
    this.#append(dialog.conversation, "SYSTEM", { body: { case: "ownerChange", value } });
    return this.dialog(id);
  }

  amend(dialogId, kase, value, user) {
    const { conversation, operatorId } = this.dialog(dialogId);
    if (operatorId !== user.id) throw new ConnectError("this is not your dialog", Code.FailedPrecondition);
    const { offset } = this.#append(conversation, "OPERATOR", { authorId: user.id, authorName: user.name, body: { case: kase, value } });
    return kase === "seen" ? {} : { offset };
  }

  send({ dialogId, clientId, replyTo, body }, user) {
    if (this.rejecting) throw new ConnectError("this is not your dialog any more", Code.PermissionDenied);
    const { conversation } = this.dialog(dialogId);
    const id = `${conversation}/${clientId}`;
    const known = this.#logs.get(conversation).find((m) => m.id === id);
    const stored = known ?? this.#append(conversation, "OPERATOR", { id, replyTo, authorId: user.id, authorName: user.name, body });
    if (!known && /\?\s*$/.test(body.value.text)) {
      setTimeout(() => this.type(conversation), 800);
      setTimeout(() => this.say(conversation, "Yes, exactly. Thank you!"), 2500);
    }
    return { id, offset: stored.offset };
  }

  say(conversation, text) {
    this.#append(conversation, "VISITOR", { body: { case: "text", value: { text } } });
  }

  type(conversation) {
    this.#tell({ case: "typing", value: { conversation } });
  }

  drop() {
    for (const watcher of this.#watchers) watcher.end();
  }

  list({ conversation, pageSize, from }) {
    const log = this.#logs.get(conversation) ?? [];
    const size = pageSize || 50;
    const at = (offset) => Number(offset.split("-")[1]);
    if (from.case === "after") {
      const rest = log.filter((m) => at(m.offset) > at(from.value));
      return { messages: rest.slice(0, size), hasMore: rest.length > size };
    }
    const rest = from.case === "before" ? log.filter((m) => at(m.offset) < at(from.value)) : log;
    return { messages: rest.slice(-size), hasMore: rest.length > size };
  }

  #concerns(dialog, user) {
    const { ACTIVE, WAITING } = this.proto.DialogState;
    return dialog.state === WAITING || (dialog.state === ACTIVE && dialog.operatorId === user.id);
  }

  #load({ dialog, messages }) {
    const mine = dialog.mine ? { operatorId: this.users[0].id, operatorName: this.users[0].name } : {};
    delete dialog.mine;
    this.#dialogs.set(dialog.id, create(this.proto.DialogSchema, { ...dialog, ...mine, version: 1n }));
    this.#logs.set(dialog.conversation, []);
    for (const message of messages) this.#append(dialog.conversation, message.author, message);
  }

  #append(conversation, author, fields) {
    const { proto } = this;
    const sequence = ++this.#sequence;
    const dialog = this.dialogs().find((d) => d.conversation === conversation);
    const message = create(proto.MessageSchema, {
      id: `${conversation}/m${sequence}`,
      time: proto.timestamp(Date.now()),
      ...fields,
      author: proto.Author[author],
      bot: dialog.bot,
      conversation,
      offset: `${generation}-${sequence}`,
    });
    this.#logs.get(conversation).push(message);
    if (["edit", "deletion", "seen"].includes(message.body.case)) {
      this.#change(dialog, { lastOffset: message.offset });
      this.#tell({ case: "message", value: message });
      return message;
    }
    const text = message.body.value?.text ?? message.body.value?.caption ?? message.body.value?.name;
    const unread = author === "VISITOR" ? dialog.unread + 1 : author === "OPERATOR" ? 0 : dialog.unread;
    const said = text ? { lastText: text.slice(0, 140), lastAuthor: message.author, lastAt: message.time } : {};
    this.#change(dialog, { ...said, unread, lastOffset: message.offset });
    this.#tell({ case: "message", value: message });
    return message;
  }

  #change(dialog, fields) {
    const current = this.dialog(dialog.id);
    const next = create(this.proto.DialogSchema, { ...current, ...fields, version: current.version + 1n });
    this.#dialogs.set(next.id, next);
    this.#tell({ case: "dialog", value: next });
  }

  #tell(event) {
    for (const watcher of this.#watchers) watcher.push(event);
  }
}
