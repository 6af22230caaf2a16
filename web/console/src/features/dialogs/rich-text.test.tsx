// @vitest-environment jsdom
import "../../../test/dom";
import { render } from "@testing-library/react";
import { ParseMode } from "@switchboard/proto/chat/v1/message_pb";
import { expect, test } from "vitest";
import { RichText } from "./rich-text";

const link = (href: string, text: string) => `<a href="${href}" target="_blank" rel="noopener noreferrer nofollow">${text}</a>`;
const { UNSPECIFIED: plain, HTML: html, MARKDOWN: md } = ParseMode;

const cases: Record<string, [mode: ParseMode, text: string, want: string]> = {
  "plain text is text": [plain, "<b>1 < 2</b>", "&lt;b&gt;1 &lt; 2&lt;/b&gt;"],
  "plain text has its addresses as links": [plain, "see https://a.example/b?c=1.", `see ${link("https://a.example/b?c=1", "https://a.example/b?c=1")}.`],
  "HTML: the seven tags": [html, "<b>b</b><i>i</i><u>u</u><s>s</s><code>c</code><pre>p</pre>", "<b>b</b><i>i</i><u>u</u><s>s</s><code>c</code><pre>p</pre>"],
  "HTML: other tags leave their text": [html, "<h1>one <b>two</b></h1>", "one <b>two</b>"],
  "HTML: attributes go": [html, '<b onclick="x()" style="color:red">b</b>', "<b>b</b>"],
  "HTML: nothing runs or loads": [html, "a<script>x()</script><img src=x onerror=x()><style>b{}</style>b", "ab"],
  "HTML: links": [html, '<a href="https://a.example/">a</a>', link("https://a.example/", "a")],
  "HTML: a link that runs is its text": [html, '<a href="javascript:x()">a</a>', "<span>a</span>"],
  "HTML: a hidden scheme too": [html, '<a href=" java\nscript:x()">a</a>', "<span>a</span>"],
  "Markdown: marks": [md, "**b** *i* _i_ ~~s~~ `*c*`", "<b>b</b> <i>i</i> <i>i</i> <s>s</s> <code>*c*</code>"],
  "Markdown: no emphasis inside words": [md, "snake_case_name 2*3*4", "snake_case_name 2*3*4"],
  "Markdown: links": [md, "[a](https://a.example/)", link("https://a.example/", "a")],
  "Markdown: a link that runs is its text": [md, "[a](javascript:x())", "<span>a</span>)"],
  "Markdown: markup is text": [md, "<b>no</b>", "&lt;b&gt;no&lt;/b&gt;"],
};

test.each(Object.entries(cases))("%s", (_, [mode, text, want]) => {
  const { container } = render(<RichText text={text} mode={mode} />);
  expect(container.querySelector(".rich > *")!.innerHTML).toBe(want);
});

test("Markdown: blocks", () => {
  const text = "one\ntwo\n\n- a\n- b\n1. c\n> q\n```\nx **y**\n```\nend";
  const { container } = render(<RichText text={text} mode={md} />);
  expect(container.querySelector(".rich")!.innerHTML).toBe(
    "<p>one<br>two</p><ul><li>a</li><li>b</li></ul><ol><li>c</li></ol><blockquote>q</blockquote><pre><code>x **y**</code></pre><p>end</p>",
  );
});

test.each([
  ["an unclosed block", "```\na"],
  ["a bare bullet", "- "],
  ["a bare number", "1."],
  ["white space", " \n\t\n"],
  ["many open marks", "*".repeat(5000)],
  ["deep markup", "<i>".repeat(500)],
])("%s comes to an end", (_, text) => {
  for (const mode of [md, html]) render(<RichText text={text} mode={mode} />);
});
