// @vitest-environment jsdom
import { describe, expect, test } from 'vitest';
import { growMarkdown } from '../app/extras/grow.ts';
import { blocks, renderMarkdown, toLines } from '../app/extras/markdown.ts';
import { random, textOf } from './random.ts';

const anew = (text: string) => {
  const box = document.createElement('div');
  box.append(...blocks(toLines(text), true).flatMap(({ node }) => node ?? []));
  return box.innerHTML;
};

const PIECES = ['a', 'b c', '\n', '\n', '\n\n', '\r\n', '- ', '1. ', '> ', '# ', '## ', '```', '```js\n', '|', '|-|', '| a | b |\n', '|---|---|\n', '**', '*', '_', '`', '~~', '~~~\n', '[x](', '![', '](', '\\', '---\n', '===', '- [ ] ', '    ', '   - ', 'https://e.com/', ')', ' ', '\t', '🌿'];

test('whatever is written in whatever pieces, the result is that of drawing it anew', () => {
  const next = random(1);
  for (let run = 0; run < 300; run++) {
    const text = textOf(next, PIECES, 60);
    const box = document.createElement('div');
    for (let at = 0; at < text.length; ) {
      at = Math.min(text.length, at + 1 + Math.floor(next() * 9));
      growMarkdown(box, text.slice(0, at));
      expect([text.slice(0, at), box.innerHTML]).toEqual([text.slice(0, at), anew(text.slice(0, at))]);
    }
  }
});

test('a text that becomes another one is drawn right, too', () => {
  const next = random(2);
  const box = document.createElement('div');
  for (let run = 0; run < 300; run++) {
    const text = textOf(next, PIECES, 30);
    growMarkdown(box, text);
    expect(box.innerHTML).toBe(anew(text));
  }
});

test('what is finished stays the same node, and so does what only grows', () => {
  const box = document.createElement('div');
  growMarkdown(box, 'One\n\nTwo');
  const [one, two] = box.children;
  growMarkdown(box, 'One\n\nTwo and **more**\n\n```\nx');
  expect([box.children[0], box.children[1]]).toEqual([one, two]);
  const code = box.children[2]!;
  growMarkdown(box, 'One\n\nTwo and **more**\n\n```\nx\ny\n```\n\nEnd');
  expect(box.children[2]).toBe(code);
  expect(code.textContent).toBe('x\ny');
});

test('of a long answer only the end is drawn again', () => {
  const box = document.createElement('div');
  let text = '';
  for (let i = 0; i < 300; i++) {
    const before = [...box.children].slice(0, -1);
    growMarkdown(box, (text += `Line ${i} of **many**\n\n`));
    expect([...box.children].slice(0, before.length)).toEqual(before);
  }
  expect(box.children).toHaveLength(300);
});

/** Answers as models write them; no sign of their marks is in the words. */
const ANSWERS: Record<string, string> = {
  emphasis: 'The **best** tea is *green*, ***very* green** or ~~black~~ __white__ _oolong_.\n\nUse `kettle` and ``a kettle``; **`both` are *fine***.\nA ***new* line**, and the end',
  links: 'Read [our **guide**](https://example.com/guide_to_(tea) "A title"), ![a cup](https://example.com/cup.png), [![b](https://example.com/b.png)](https://example.com/b).\nOr https://example.com/a_b_(c)?d=e, or <https://example.com/angles>. h is held, and with https://example.com/the_end.',
  lists: 'Steps:\n\n1. **Heat** the water:\n   - to `80` degrees\n   - not to *a hundred*\n\n     A paragraph.\n2. Pour it.\n\n3. Wait\n   ```sh\n   sleep 120\n\n   echo done\n   ```\n10. Drink\n\n- [x] made\n- [ ] drunk\n* other\n\t* deep\n\t\t* deeper\n\t\t\t* deepest\n\nDone.',
  table: 'Prices:\n\n| Tea | *Price* |\n|:----|------:|\n| `Green` | **5** |\n| [Black](https://example.com/black) | 6 |\n\nAnd more:\n| A |\n|---|\n| b |\nafter',
  blocks: '# Title\n\nText\n\n---\n\n## Second **title** ##\n> A quote\n> with *two* lines\n> - and a list\n>\n> more\n\n* * *\n```js\nconst a = 1;\n\nif (a) b();\n```\nText\n~~~\ncode\n~~~\nEnd\\\nbroken  \nlines<br>here\n\nUnderlined\n===\nlast',
  languages: '**重要：**请在**80°C**的水中。файл назва.\n\n*Смачного!* **«Чай»** і `код`. 42 is it.\n7 cups',
};
const SIGNS = /[*_`~[\]|\\<>#=]/;

/** Each character that is seen, with what it stands in. */
function seen(box: Element): string[] {
  const walker = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
  const out: string[] = [];
  while (walker.nextNode()) {
    const path: string[] = [];
    for (let at = walker.currentNode.parentElement!; at !== box; at = at.parentElement!) path.unshift(at.localName);
    // Bold italic looks like italic bold; which of them is inside is told by what ends first.
    const sides = path.join('>').replace('b>i', 'i>b');
    for (const character of walker.currentNode.nodeValue!) if (character.trim()) out.push(`${sides} ${character}`);
  }
  return out;
}

describe('an answer that is being written', () => {
  for (const [name, text] of Object.entries(ANSWERS)) {
    const whole = document.createElement('div');
    whole.append(...renderMarkdown(text));
    const end = seen(whole);

    test(`${name}: nothing that has been seen becomes something else, and no mark is seen`, () => {
      const box = document.createElement('div');
      for (let at = 1; at <= text.length; at++) {
        const piece = text.slice(0, at);
        growMarkdown(box, piece);
        const now = seen(box);
        expect([piece, now]).toEqual([piece, end.slice(0, now.length)]);
        // Addresses and code have such signs.
        expect([piece, now.filter((one) => SIGNS.test(one.slice(-1)) && !/^(.*a|pre) .$/.test(one))]).toEqual([piece, []]);
        // What comes last has at most some letters that are not seen yet, and a row of a table.
        expect([piece, [...box.children].slice(0, -1).map((block) => block.outerHTML)]).toEqual([piece, [...whole.children].slice(0, Math.max(0, box.children.length - 1)).map((block) => block.outerHTML)]);
      }
    });
  }

  const cases: Record<string, [string, string]> = {
    'emphasis is closed': ['The **bes', '<p>The <b>bes</b></p>'],
    'emphasis in emphasis is closed': ['***a** b', '<p><i><b>a</b> b</i></p>'],
    'a half of an end is no sign': ['**best*', '<p><b>best</b></p>'],
    'a mark at the end waits': ['The **', '<p>The </p>'],
    'strike is closed': ['~~a', '<p><s>a</s></p>'],
    'code is closed': ['a `co*d', '<p>a <code>co*d</code></p>'],
    'words of a link are a link that leads nowhere yet': ['see [our gui', '<p>see <a>our gui</a></p>'],
    'so they are while its address is written': ['see [our guide](https://exa', '<p>see <a>our guide</a></p>'],
    'and its title': ['[a](https://example.com "A ti', '<p><a>a</a></p>'],
    'an address that grows leads nowhere yet': ['https://examp', '<p><a>https://examp</a></p>'],
    'a number in brackets waits': ['said [12', '<p>said </p>'],
    'brackets that are none’s come back': ['said [12] and [x] y', '<p>said [12] and [x] y</p>'],
    'a bracket long ago makes no link of the rest': [`[a ${'x'.repeat(300)}`, `<p>[a ${'x'.repeat(300)}</p>`],
    'stars between spaces are stars': ['5 * 3 * 2', '<p>5 * 3 * 2</p>'],
    'a head of a table waits': ['a\n| a | b', '<p>a</p>'],
    'also for the line behind it': ['a\n| a | b |\n|--', '<p>a</p>'],
    'what is no table comes': ['| a | b |\nc', '<p>| a | b |\nc</p>'],
    'a row waits': ['| a |\n|---|\n| b', '<table><tr><th>a</th></tr></table>'],
    'a fence is code': ['```js\nconst a', '<pre>const a</pre>'],
    'a fence that is being closed is no code': ['```js\na\n``', '<pre>a</pre>'],
    'an item that may be a rule waits': ['- a\n- ', '<ul><li>a</li></ul>'],
    'a rule waits for its line': ['a\n\n---', '<p>a</p>'],
    'an end of a paragraph is one': ['**a\n\nb', '<p>**a</p><p>b</p>'],
  };
  for (const [name, [text, want]] of Object.entries(cases))
    test(name, () => {
      const box = document.createElement('div');
      growMarkdown(box, text);
      expect(box.innerHTML).toBe(want);
    });
});
