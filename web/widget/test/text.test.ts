// @vitest-environment jsdom
import { describe, expect, test } from 'vitest';
import { renderHtml } from '../app/extras/html.ts';
import { renderMarkdown } from '../app/extras/markdown.ts';
import { formatSize } from '../app/extras/media.ts';
import { safeLink, safeResource } from '../app/links.ts';
import { plainWords } from '../app/side/preview.ts';

const html = (nodes: (Node | string)[]) => {
  const box = document.createElement('div');
  box.append(...nodes);
  return box.innerHTML.replace(/ target="_blank" rel="noopener noreferrer nofollow"/g, ' OUT');
};

describe('HTML', () => {
  const cases: Record<string, [string, string]> = {
    'all tags that are allowed': ['<b>b</b><i>i</i><u>u</u><s>s</s><code>c</code><pre>p</pre>', '<b>b</b><i>i</i><u>u</u><s>s</s><code>c</code><pre>p</pre>'],
    'nested ones': ['<b>a<i>b</i></b>', '<b>a<i>b</i></b>'],
    'attributes go': ['<b onclick="x()" style="color:red" class="y" id="z">a</b>', '<b>a</b>'],
    'a link': ['<a href="https://e.com/?a=1&amp;b=2">x</a>', '<a href="https://e.com/?a=1&amp;b=2" OUT>x</a>'],
    'a link to run': ['<a href="javascript:alert(1)">x</a>', 'x'],
    'a link to run, hidden': ['<a href="&#x6a;ava\tscript:alert(1)">x</a>', 'x'],
    'a data link': ['<a href="data:text/html,x">x</a>', 'x'],
    'a relative link': ['<a href="/admin">x</a>', 'x'],
    'script and style with what they hold': ['a<script>alert(1)</script><style>*{}</style>b', 'ab'],
    'an image': ['<img src=x onerror=alert(1)>', ''],
    'svg and math': ['<svg><script>alert(1)</script><text>x</text></svg><math><mi>x</mi></math>', ''],
    'a form': ['<form action=/x><input value=1><button>go</button></form>', 'go'],
    'strong is not b': ['<strong>a</strong>', 'a'],
    'line breaks': ['a<br>b<p>c</p>d', 'a\nbc\nd'],
    'unclosed': ['<b>a<i>b', '<b>a<i>b</i></b>'],
    'text that looks like HTML': ['1 < 2 & 3', '1 &lt; 2 &amp; 3'],
    'a template': ['<template><b>x</b></template>y', 'y'],
    'noscript, which a parser without scripts reads as markup': ['<noscript><p title="</noscript><img src=x onerror=alert(1)>">', ''],
    'a comment': ['a<!-- <b>x</b> -->b', 'ab'],
    'out of the body': ['</body></html><b>x</b>', '<b>x</b>'],
  };
  for (const [name, [input, want]] of Object.entries(cases)) test(name, () => expect(html(renderHtml(input))).toBe(want));

  test('a thousand levels do not break the stack', () => expect(() => renderHtml('<b>'.repeat(1000))).not.toThrow());
});

describe('Markdown', () => {
  const cases: Record<string, [string, string]> = {
    'bold, italic, strike, code': ['**a** *b* _c_ ~~d~~ `e`', '<p><b>a</b> <i>b</i> <i>c</i> <s>d</s> <code>e</code></p>'],
    'nested': ['**a *b* c**', '<p><b>a <i>b</i> c</b></p>'],
    'a link': ['see [x](https://e.com)', '<p>see <a href="https://e.com/" OUT>x</a></p>'],
    'a link to run stays text': ['[x](javascript:alert(1))', '<p>[x](javascript:alert(1))</p>'],
    'a bare link without the full stop': ['go to https://e.com/a_b.', '<p>go to <a href="https://e.com/a_b" OUT>https://e.com/a_b</a>.</p>'],
    'no italic inside of words': ['snake_case_name 2*3*4', '<p>snake_case_name 2<i>3</i>4</p>'],
    'a list': ['- a\n- **b**', '<ul><li>a</li><li><b>b</b></li></ul>'],
    'a numbered list from 3': ['3. a\n4. b', '<ol start="3"><li>a</li><li>b</li></ol>'],
    'a quote': ['> a\n> b', '<blockquote>a\nb</blockquote>'],
    'headings, which are none of the page’s': ['# Title\ntext\n###### Small', '<p class="level1">Title</p><p>text</p><p class="level3">Small</p>'],
    'a table': ['a\n| b | **c** |\n|---|:-:|\n| 1 | 2 |\nd', '<p>a</p><table><tr><th>b</th><th><b>c</b></th></tr><tr><td>1</td><td>2</td></tr></table><p>d</p>'],
    'bars are no table': ['| a |\n| b |', '<p>| a |\n| b |</p>'],
    'code is left alone': ['```js\n<b>**x**</b>\n```', '<pre>&lt;b&gt;**x**&lt;/b&gt;</pre>'],
    'an open fence': ['```\nx', '<pre>x</pre>'],
    'HTML is text': ['<img src=x onerror=alert(1)>', '<p>&lt;img src=x onerror=alert(1)&gt;</p>'],
    'paragraphs': ['a\nb\n\nc', '<p>a\nb</p><p>c</p>'],
    'unfinished marks': ['**a and `b', '<p>**a and `b</p>'],
    'only marks': ['****', '<p>****</p>'],
    'odd starts': ['-\n#\n>', '<p>-\n#</p><blockquote></blockquote>'],
  };
  for (const [name, [input, want]] of Object.entries(cases)) test(name, () => expect(html(renderMarkdown(input))).toBe(want));

  test('long lines of marks take no time', () => {
    const start = performance.now();
    for (const mark of ['*', '**', '_', '`', '[', '~~', '[a](', '> ', 'https://']) renderMarkdown(mark.repeat(5_000));
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});

test('links: only http, https, mailto and tel', () => {
  const good = ['https://e.com', 'HTTP://e.com', 'mailto:a@e.com', 'tel:+380441234567'];
  const bad = ['javascript:alert(1)', ' java\nscript:x', 'data:text/html,x', '//e.com', '/x', 'x', '', 'https://', 'vbscript:x', 'blob:https://e.com/x', undefined, 7];
  expect(good.filter(safeLink)).toEqual(good);
  expect(bad.filter(safeLink)).toEqual([]);
  expect(safeResource('/files/a.png', 'https://chat.e.com/widget/')).toBe('https://chat.e.com/files/a.png');
  expect(safeResource('data:image/svg+xml,x', 'https://e.com')).toBeUndefined();
});

test('a preview is one line of plain words', () => {
  const of = (text: string, parse_mode?: 'HTML' | 'Markdown') => plainWords({ id: '', type: 'text', text, ...(parse_mode && { parse_mode }) });
  expect(of('<b>Hi</b>\n you', 'HTML')).toBe('Hi you');
  expect(of('# Hi\n- **you** [there](https://e.com)', 'Markdown')).toBe('Hi you there');
  expect(of('<b>')).toBe('<b>');
  expect(of('x'.repeat(500))).toHaveLength(160);
  expect(plainWords({ id: '', type: 'image', caption: 'A plant' })).toBe('A plant');
});

test('sizes of files', () => {
  expect([0, 1, 8, 999, 1_400, 1_400_000].map((n) => formatSize(n, 'en'))).toEqual(['0 bytes', '1 byte', '8 bytes', '999 bytes', '1.4 kB', '1.4 MB']);
  expect([1, 3, 8].map((n) => formatSize(n, 'uk'))).toEqual(['1 байт', '3 байти', '8 байтів']);
});
