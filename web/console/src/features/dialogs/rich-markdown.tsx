import { Fragment, type ReactNode } from "react";
import { RichLink } from "./rich-link";

// **bold** *italic* _italic_ ~~struck~~ `code` [text](address) and bare addresses.
const inline =
  /\*\*(?<bold>.+?)\*\*|(?<![\w*])[*_](?!\s)(?<italic>.+?)(?<!\s)[*_](?![\w*])|~~(?<struck>.+?)~~|`(?<code>[^`]+)`|\[(?<label>[^\]]+)\]\((?<href>\S+?)\)|(?<bare>https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]])/g;

/** Marks are looked for in lines up to this length: what the search costs grows with its square. */
const LINE = 4096;

/** Reads the widget's subset of Markdown: the marks above, lists, quotes, code blocks, line breaks. */
export function parseMarkdown(text: string): ReactNode[] {
  const lines = text.replace(/\r\n?/g, "\n").split("\n");
  const blocks: ReactNode[] = [];
  for (let i = 0; i < lines.length; ) {
    const start = i;
    const run = (test: RegExp) => {
      const taken: string[] = [];
      for (let m; i < lines.length && (m = test.exec(lines[i]!)); i++) taken.push(m[1] ?? "");
      return taken;
    };
    if (lines[i]!.startsWith("```")) {
      const code: string[] = [];
      for (i++; i < lines.length && !lines[i]!.startsWith("```"); i++) code.push(lines[i]!);
      i++;
      blocks.push(<pre key={start}><code>{code.join("\n")}</code></pre>);
      continue;
    }
    const bullets = run(/^\s*[-*•]\s+(.*)/);
    if (bullets.length > 0) {
      blocks.push(<ul key={start}>{bullets.map(item)}</ul>);
      continue;
    }
    const numbers = run(/^\s*\d+[.)]\s+(.*)/);
    if (numbers.length > 0) {
      blocks.push(<ol key={start}>{numbers.map(item)}</ol>);
      continue;
    }
    const quote = run(/^>\s?(.*)/);
    if (quote.length > 0) {
      blocks.push(<blockquote key={start}>{broken(quote)}</blockquote>);
      continue;
    }
    const plain = run(/^(?!```|\s*[-*•]\s|\s*\d+[.)]\s|>)(.*\S.*)$/);
    if (plain.length > 0) blocks.push(<p key={start}>{broken(plain)}</p>);
    else i++; // an empty line
  }
  return blocks;
}

function item(text: string, key: number): ReactNode {
  return <li key={key}>{spans(text)}</li>;
}

function broken(lines: string[]): ReactNode[] {
  return lines.map((line, i) => (
    <Fragment key={i}>
      {i > 0 && <br />}
      {spans(line)}
    </Fragment>
  ));
}

function spans(text: string): ReactNode[] {
  if (text.length > LINE) return [text];
  const out: ReactNode[] = [];
  let end = 0;
  for (const match of text.matchAll(inline)) {
    if (match.index > end) out.push(text.slice(end, match.index));
    out.push(<Fragment key={match.index}>{span(match.groups ?? {})}</Fragment>);
    end = match.index + match[0].length;
  }
  if (end < text.length) out.push(text.slice(end));
  return out;
}

function span(g: Partial<Record<string, string>>): ReactNode {
  if (g.bold) return <b>{spans(g.bold)}</b>;
  if (g.italic) return <i>{spans(g.italic)}</i>;
  if (g.struck) return <s>{spans(g.struck)}</s>;
  if (g.code) return <code>{g.code}</code>;
  if (g.label && g.href) return <RichLink href={g.href}>{g.label}</RichLink>;
  if (g.bare) return <RichLink href={g.bare}>{g.bare}</RichLink>;
  return null;
}
