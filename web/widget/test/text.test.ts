// @vitest-environment jsdom
import { describe, expect, test } from 'vitest';
import { renderHtml } from '../app/extras/html.ts';
import { blocks, renderMarkdown, toLines } from '../app/extras/markdown.ts';
import { formatSize } from '../app/extras/media.ts';
import { ADDRESS, safeLink, safeResource } from '../app/links.ts';
import { plainWords } from '../app/side/preview.ts';
import { random, textOf } from './random.ts';

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
    'no italic inside of words': ['snake_case_name 2*3*4', '<p>snake_case_name 2*3*4</p>'],
    'a list': ['- a\n- **b**', '<ul><li>a</li><li><b>b</b></li></ul>'],
    'a numbered list from 3': ['3. a\n4. b', '<ol start="3"><li>a</li><li>b</li></ol>'],
    'a quote': ['> a\n> b', '<blockquote>a\nb</blockquote>'],
    'headings, which are none of the page’s': ['# Title\ntext\n###### Small', '<p class="level1">Title</p><p>text</p><p class="level3">Small</p>'],
    'a table': ['a\n| b | **c** |\n|---|:-:|\n| 1 | 2 |\nd', '<p>a</p><table><tr><th>b</th><th class="middle"><b>c</b></th></tr><tr><td>1</td><td class="middle">2</td></tr></table><p>d</p>'],
    'bars are no table': ['| a |\n| b |', '<p>| a |\n| b |</p>'],
    'code is left alone': ['```js\n<b>**x**</b>\n```', '<pre>&lt;b&gt;**x**&lt;/b&gt;</pre>'],
    'an open fence': ['```\nx', '<pre>x</pre>'],
    'HTML is text': ['<img src=x onerror=alert(1)>', '<p>&lt;img src=x onerror=alert(1)&gt;</p>'],
    'paragraphs': ['a\nb\n\nc', '<p>a\nb</p><p>c</p>'],
    'unfinished marks': ['**a and `b', '<p>**a and `b</p>'],
    'only marks': ['**** a', '<p>**** a</p>'],
    'rules': ['a\n\n---\n* * *\n- - -\nb', '<p>a</p><hr><hr><hr><p>b</p>'],
    'bold and italic': ['***a*** ***b** c* ***d* e** __f__ ___g___', '<p><i><b>a</b></i> <i><b>b</b> c</i> <b><i>d</i> e</b> <b>f</b> <i><b>g</b></i></p>'],
    'bold around italic inside of a word': ['**a*b*c** *d**e**f*', '<p><b>a<i>b</i>c</b> <i>d<b>e</b>f</i></p>'],
    'bold over two lines': ['**a\nb** c', '<p><b>a\nb</b> c</p>'],
    'bold beside letters that need no spaces': ['**「茶」**です。**注意：**熱い', '<p><b>「茶」</b>です。<b>注意：</b>熱い</p>'],
    'marks that cross': ['*a ~~b* c~~', '<p><i>a ~~b</i> c~~</p>'],
    'escapes': ['\\*a\\* \\[b](c) \\_d\\_ \\`e\\` C:\\temp \\# \\\\', '<p>*a* [b](c) _d_ `e` C:\\temp # \\</p>'],
    'no italic inside of words of any language': ['назва_файлу_тут ім’я_2_б 名_前_字 _так_', '<p>назва_файлу_тут ім’я_2_б 名_前_字 <i>так</i></p>'],
    'a line to fill in': ['Name: ________ *****', '<p>Name: ________ *****</p>'],
    'a picture is a link to it': ['![a **cup**](https://e.com/a.png) ![](https://e.com/b.png "B")', '<p><a href="https://e.com/a.png" OUT>a <b>cup</b></a> <a href="https://e.com/b.png" OUT>https://e.com/b.png</a></p>'],
    'a picture in a link': ['[![a](https://e.com/a.png)](https://e.com/b)', '<p><a href="https://e.com/b" OUT>a</a></p>'],
    'no link in a link': ['[a [b](https://e.com/b) https://e.com/c](https://e.com)', '<p><a href="https://e.com/" OUT>a b https://e.com/c</a></p>'],
    'a picture that is not safe': ['![a](data:image/png;base64,x)', '<p>![a](data:image/png;base64,x)</p>'],
    'links with titles and angles': ['[a](https://e.com "t (x)") [b](<https://e.com/b> \'t\') [c](https://e.com/c (t))', '<p><a href="https://e.com/" OUT>a</a> <a href="https://e.com/b" OUT>b</a> <a href="https://e.com/c" OUT>c</a></p>'],
    'links with brackets': ['[a](https://e.com/T_(d_(e))) (https://e.com/T_(d)) https://e.com/f(g.', '<p><a href="https://e.com/T_(d_(e))" OUT>a</a> (<a href="https://e.com/T_(d)" OUT>https://e.com/T_(d)</a>) <a href="https://e.com/f(g" OUT>https://e.com/f(g</a>.</p>'],
    'brackets in the words of a link': ['[a [1] `]`](https://e.com)', '<p><a href="https://e.com/" OUT>a [1] <code>]</code></a></p>'],
    'an address in angle brackets': ['<https://e.com/a_b> <b> <https://e.com', '<p><a href="https://e.com/a_b" OUT>https://e.com/a_b</a> &lt;b&gt; &lt;<a href="https://e.com/" OUT>https://e.com</a></p>'],
    'an address that is bold': ['**https://e.com/a**', '<p><b><a href="https://e.com/a" OUT>https://e.com/a</a></b></p>'],
    'emphasis does not end in a link': ['*a [b* c](https://e.com)', '<p>*a <a href="https://e.com/" OUT>b* c</a></p>'],
    'code of several marks': ['``a`b`` `` ` `` `c', '<p><code>a`b</code> <code>`</code> `c</p>'],
    'hard breaks': ['a  \nb\\\nc<br>d<br/>e', '<p>a  \nb\nc\nd\ne</p>'],
    'a fence of tildes': ['~~~\n```\n~~~\na', '<pre>```</pre><p>a</p>'],
    'a long fence': ['````md\n```\n````', '<pre>```</pre>'],
    'three marks in a line are code': ['```a```', '<p><code>a</code></p>'],
    'lists in lists': ['1. a\n   - b\n     - c\n2. d', '<ol start="1"><li>a<ul><li>b<ul><li>c</li></ul></li></ul></li><li>d</li></ol>'],
    'lists in lists, far in and with two or four spaces': ['- a\n    - b\n        - c\n\t\t\t- d\n- e\n1. f\n  - g', '<ul><li>a<ul><li>b<ul><li>c<ul><li>d</li></ul></li></ul></li></ul></li><li>e</li></ul><ol start="1"><li>f<ul><li>g</li></ul></li></ol>'],
    'a list with empty lines': ['1. a\n\n2. b\n\n   more\n\n3. c\n\nd', '<ol start="1"><li>a</li><li>b<p>more</p></li><li>c</li></ol><p>d</p>'],
    'a list with code': ['1. a\n   ```sh\n   x\n\n\n     y\n   ```\n2. b', '<ol start="1"><li>a<pre>x\n\n\n  y</pre></li><li>b</li></ol>'],
    'a list of ten': ['10. a\n    b', '<ol start="10"><li>a\nb</li></ol>'],
    'tasks': ['- [ ] a\n- [x] b\n- [c] d', '<ul><li class="task">☐ a</li><li class="task">☑ b</li><li>[c] d</li></ul>'],
    'a list in a quote': ['> a\n> - b\n>> c', '<blockquote>a<ul><li>b</li></ul><blockquote>c</blockquote></blockquote>'],
    'titles by a line under them': ['a\n===\n\nb\n---\nc\nd\n---', '<p class="level1">a</p><p class="level2">b</p><p>c\nd</p><hr>'],
    'a closed heading': ['## a ##\n# C#', '<p class="level2">a</p><p class="level1">C#</p>'],
    'bars in cells': ['| a | b |\n|:-|-:|\n| `x | y` | 1 \\| 2 |\n| ` | c', '<table><tr><th>a</th><th class="end">b</th></tr><tr><td><code>x | y</code></td><td class="end">1 | 2</td></tr><tr><td>`</td><td class="end">c</td></tr></table>'],
    'odd starts': ['-\n#\n>', '<p>-\n#</p><blockquote></blockquote>'],
  };
  for (const [name, [input, want]] of Object.entries(cases)) test(name, () => expect(html(renderMarkdown(input))).toBe(want));

  const MARKS = ['*', '**', '***a', '*a ', '_', '_a_', '`', '``', '` `` ', '[', '![', '](', '[a](', '[a](b "', '[a](<', '[a](()', '[](](', '[x]((a)', '~~', '~~a', '> ', '>', '- ', '- a\n', '  - a\n', '1. ', '# ', '# #', '|', '|-', '|a|\n', '|a|\n|-|\n', '`|', '\\', '\\|', '<', '<https://', 'https://', 'https://a(', 'https://(a', 'http', '---\n', '===\na\n', '```\n', '~~~', '    ', '\t- ', '\n', 'a\n\n', '☐', '[ ] ', '*[', '*[_`~', '**a [b](https://e.com) _'];

  test('random texts: nothing is thrown, and there is nothing but what is allowed', () => {
    const next = random(3);
    const allowed = new Set(['a', 'b', 'i', 's', 'code', 'pre', 'p', 'ul', 'ol', 'li', 'blockquote', 'hr', 'table', 'tr', 'th', 'td']);
    const classes = /^(level[123]|task|end|middle)$/;
    for (let run = 0; run < 1_500; run++) {
      const text = textOf(next, [...MARKS, ...MARKS, 'a', ' ', '\n', 'javascript:alert(1)', '<img src=x onerror=alert(1)>', ')', '"', '](https://e.com)', '🌿', '\ud800', '\0'], 60);
      for (const open of [false, true]) {
        const box = document.createElement('div');
        box.append(...blocks(toLines(text), open).flatMap(({ node }) => node ?? []));
        expect(box.textContent!.length).toBeLessThanOrEqual(text.length + 2 * box.querySelectorAll('.task').length);
        for (const element of box.querySelectorAll('*')) {
          expect([text, allowed.has(element.localName)]).toEqual([text, true]);
          for (const { name, value } of element.attributes) {
            const right = name === 'class' ? classes.test(value) : element.localName === 'ol' ? name === 'start' : element.localName === 'a' && (name === 'href' ? /^https?:\/\//.test(value) : /^(target|rel)$/.test(name));
            expect([text, name, value, right]).toEqual([text, name, value, true]);
          }
          expect(element.querySelector(':scope a a, :scope > li > li')).toBeNull();
        }
      }
    }
  });

  // A pattern that goes back and forth would take hours here.
  test('what is repeated comes to an end, and makes no tower', () => {
    for (const mark of MARKS)
      for (const end of ['', 'x', ' x', ')', '\n\nx'])
        for (const open of [false, true]) {
          const text = mark.repeat(Math.ceil(4_096 / mark.length)).slice(0, 4_096) + end;
          const drawn = document.createElement('div');
          drawn.append(...blocks(toLines(text), open).flatMap(({ node }) => node ?? []));
          expect(drawn.querySelectorAll('*').length).toBeLessThanOrEqual(text.length + 1);
          let depth = 0;
          for (let at: Element | undefined = drawn; at; at = [...at.children].find((child) => child.firstElementChild) ?? at.children[0]) depth++;
          expect([mark, depth < 60]).toEqual([mark, true]);
        }
  }, 60_000);
});

describe('addresses in plain text', () => {
  const cases: Record<string, [string, string[]]> = {
    'with brackets': ['see https://e.com/wiki/Tea_(drink), (https://e.com/Tea_(d)_b)', ['https://e.com/wiki/Tea_(drink)', 'https://e.com/Tea_(d)_b']],
    'in brackets': ['(https://e.com/a). [https://e.com/b]: https://e.com/c(', ['https://e.com/a', 'https://e.com/b', 'https://e.com/c(']],
    'with punctuation behind': ['https://e.com/a?b=c!?.. http://e.com:8080/*x*, https://', ['https://e.com/a?b=c', 'http://e.com:8080/*x']],
    'in Markdown': ['[a](https://e.com/Tea_(drink)) **https://e.com/b**', ['https://e.com/Tea_(drink)', 'https://e.com/b']],
    'in quotes': ['"https://e.com/a" <https://e.com/b> `https://e.com/c`', ['https://e.com/a', 'https://e.com/b', 'https://e.com/c']],
  };
  for (const [name, [text, want]] of Object.entries(cases)) test(name, () => expect(text.split(ADDRESS).filter((_, i) => i % 2)).toEqual(want));

  test('come to an end, whatever is repeated in them', () => {
    for (const piece of ['https://', 'https://a(', 'https://(', '(', ')', '.', 'a.', '()', '(()', 'a)']) for (const end of ['', ' ', ')']) expect(`https://${piece.repeat(5_000)}${end}`.split(ADDRESS).join('')).toContain(piece);
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
  expect(of('**Назва**: __a__ назва_файлу_тут ~~b~~ [c](https://e.com/T_(d)) ![e](https://e.com/f.png)', 'Markdown')).toBe('Назва: a назва_файлу_тут b c e');
  expect(of('<b>')).toBe('<b>');
  expect(of('x'.repeat(500))).toHaveLength(160);
  expect(plainWords({ id: '', type: 'image', caption: 'A plant' })).toBe('A plant');
});

test('sizes of files', () => {
  expect([0, 1, 8, 999, 1_400, 1_400_000].map((n) => formatSize(n, 'en'))).toEqual(['0 bytes', '1 byte', '8 bytes', '999 bytes', '1.4 kB', '1.4 MB']);
  expect([1, 3, 8].map((n) => formatSize(n, 'uk'))).toEqual(['1 байт', '3 байти', '8 байтів']);
});
