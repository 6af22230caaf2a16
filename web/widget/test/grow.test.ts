// @vitest-environment jsdom
import { expect, test } from 'vitest';
import { growMarkdown } from '../app/extras/grow.ts';
import { renderMarkdown } from '../app/extras/markdown.ts';
import { random, textOf } from './random.ts';

const anew = (text: string) => {
  const box = document.createElement('div');
  box.append(...renderMarkdown(text));
  return box.innerHTML;
};

const PIECES = ['a', 'b c', '\n', '\n', '\n\n', '\r\n', '- ', '1. ', '> ', '# ', '## ', '```', '```js\n', '|', '|-|', '| a | b |\n', '|---|---|\n', '**', '*', '_', '`', '~~', '[x](', 'https://e.com/', ')', ' ', '\t', '🌿'];

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

test('a long answer costs what its end costs', () => {
  const box = document.createElement('div');
  const start = performance.now();
  let text = '';
  for (let i = 0; i < 300; i++) growMarkdown(box, (text += `Line ${i} of **many**\n\n`));
  expect(box.children).toHaveLength(300);
  expect(performance.now() - start).toBeLessThan(4_000);
});
