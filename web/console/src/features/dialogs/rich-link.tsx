import type { ReactNode } from "react";
import { safeUrl } from "./safe-url";

const address = /https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]]/g;

/** A link that opens beside the console, or just its text when it may not be followed. */
export function RichLink({ href, children }: { href: string; children: ReactNode }) {
  const url = safeUrl(href);
  if (!url) return <span>{children}</span>;
  return (
    <a href={url} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  );
}

/** Plain text with its web addresses as links. */
export function linkify(text: string): ReactNode[] {
  const out: ReactNode[] = [];
  let end = 0;
  for (const match of text.matchAll(address)) {
    if (match.index > end) out.push(text.slice(end, match.index));
    out.push(
      <RichLink key={match.index} href={match[0]}>
        {match[0]}
      </RichLink>,
    );
    end = match.index + match[0].length;
  }
  if (end < text.length) out.push(text.slice(end));
  return out;
}
