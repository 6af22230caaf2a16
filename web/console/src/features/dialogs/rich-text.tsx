import { ParseMode } from "@switchboard/proto/chat/v1/message_pb";
import type { ReactNode } from "react";
import { parseHtml } from "./rich-html";
import { parseMarkdown } from "./rich-markdown";
import { linkify } from "./rich-link";

/** A text as its parse mode says. Whatever it holds, only React elements come out: no markup is injected. */
export function RichText({ text, mode }: { text: string; mode: ParseMode }) {
  return (
    <div dir="auto" className="rich">
      {parse(text, mode)}
    </div>
  );
}

function parse(text: string, mode: ParseMode): ReactNode {
  switch (mode) {
    case ParseMode.HTML:
      return <div className="whitespace-pre-wrap">{parseHtml(text)}</div>;
    case ParseMode.MARKDOWN:
      return parseMarkdown(text);
    default:
      return <div className="whitespace-pre-wrap">{linkify(text)}</div>;
  }
}
