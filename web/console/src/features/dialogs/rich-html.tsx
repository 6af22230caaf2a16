import { Fragment, type ReactNode } from "react";
import { RichLink } from "./rich-link";

/** Deeper nesting than this is not formatting. */
const DEPTH = 20;

/** Reads a text with exactly the tags b, i, u, s, a, code and pre; of others only the text is left. */
export function parseHtml(text: string): ReactNode[] {
  // The parsed document is inert: it runs nothing and loads nothing.
  const body = new DOMParser().parseFromString(text, "text/html").body;
  return nodes(body, 0);
}

function nodes(parent: Node, depth: number): ReactNode[] {
  return [...parent.childNodes].map((node, i) => {
    if (node instanceof Text) return node.data;
    if (!(node instanceof HTMLElement) || depth > DEPTH) return null;
    const children = nodes(node, depth + 1);
    switch (node.localName) {
      case "b":
        return <b key={i}>{children}</b>;
      case "i":
        return <i key={i}>{children}</i>;
      case "u":
        return <u key={i}>{children}</u>;
      case "s":
        return <s key={i}>{children}</s>;
      case "code":
        return <code key={i}>{children}</code>;
      case "pre":
        return <pre key={i}>{children}</pre>;
      case "a":
        return (
          <RichLink key={i} href={node.getAttribute("href") ?? ""}>
            {children}
          </RichLink>
        );
      case "br":
        return <br key={i} />;
      case "script":
      case "style":
      case "template":
        return null;
      default:
        return <Fragment key={i}>{children}</Fragment>;
    }
  });
}
