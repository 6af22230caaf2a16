// @vitest-environment jsdom
// Cards, forms and link previews as a visitor meets them.
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { draw, preview, settingsForm } from '../app/rich/rich.ts';
import type { View } from '../app/view/context.ts';
import t from '../app/words/en.ts';

type Answer = [form: string, values: Record<string, string>, text: string];

let answers: Answer[];
let pressed: unknown[];
let isFull: boolean;
let kept: Map<string, string>;
let state: Record<string, unknown>;
let options: Record<string, unknown>;
let last = 0;

/** A view of a conversation that holds what `state` says. */
const view = () =>
  ({
    words: { tag: 'en', t: (key: string) => key },
    more: t,
    options,
    store: { get: (key: string) => kept.get(key), set: (key: string, value: string) => kept.set(key, value), remove: (key: string) => kept.delete(key) },
    chat: {
      state,
      token: async () => 'token-1',
      press: (button: unknown) => !!pressed.push(button),
      answer: (...answer: Answer) => !isFull && !!answers.push(answer),
    },
  }) as unknown as View;

beforeEach(() => {
  answers = [];
  pressed = [];
  isFull = false;
  kept = new Map();
  options = {};
  state = { conversation: `c${++last}`, epoch: 1, items: [], pending: [] };
  document.body.replaceChildren();
});

const newId = () => `m${++last}`;

/** Draws into the page, as the list does. */
function show(message: Record<string, unknown>, active = true): HTMLElement {
  const node = draw({ id: newId(), ...message } as never, view(), active) as HTMLElement;
  document.body.append(node);
  return node;
}

const input = (node: Element, at = 0) => node.querySelectorAll<HTMLInputElement>('input, textarea, select')[at]!;
function write(field: HTMLInputElement, value: string): void {
  field.value = value;
  field.dispatchEvent(new Event('input', { bubbles: true }));
}
const submit = (node: Element) => node.querySelector('form')!.dispatchEvent(new Event('submit', { cancelable: true, bubbles: true }));
const wrongs = (node: Element) => Array.from(node.querySelectorAll('.wrong'), (p) => p.textContent).filter(Boolean);

describe('a form', () => {
  const message = {
    type: 'form',
    text: 'Where to?',
    fields: [
      { name: 'name', label: 'Name', required: true },
      { name: 'pots', label: 'Pots', kind: 'number', max: '20' },
      { name: 'terms', label: 'I agree', kind: 'consent', required: true },
    ],
  };

  test('says what is wrong at each field, goes to the first, and sends once all is right', () => {
    const node = show(message);
    write(input(node, 1), '21');
    submit(node);
    expect(wrongs(node)).toEqual([t.required, 'At most 20', t.consentNeeded]);
    expect(document.activeElement).toBe(input(node));
    expect(document.getElementById(input(node).getAttribute('aria-describedby')!)!.textContent).toBe(t.required);
    write(input(node), 'Olena');
    expect(wrongs(node)).toEqual(['At most 20', t.consentNeeded]);
    write(input(node, 1), '2,5');
    input(node, 2).click();
    submit(node);
    expect(answers).toEqual([[expect.stringMatching(/^m/), { name: 'Olena', pots: '2.5', terms: 'true' }, 'Name: Olena\nPots: 2.5\nI agree: Yes']]);
  });

  test('keeps what was put in: over drawings, when it cannot be sent, and over a reload', () => {
    const id = newId();
    const node = show({ ...message, id });
    write(input(node), 'Olena');
    input(node, 2).click();
    expect(draw({ ...message, id } as never, view(), true)).toBe(node);
    isFull = true;
    submit(node);
    expect(wrongs(node)).toEqual(['full']);
    expect(input(node).value).toBe('Olena');
    expect(JSON.parse(kept.get(`form:${id}`)!)).toEqual({ name: 'Olena', pots: '', terms: 'true' });
    // The same form in another frame.
    const other = `again-${id}`;
    kept.set(`form:${other}`, kept.get(`form:${id}`)!);
    expect(input(show({ ...message, id: other })).value).toBe('Olena');
    isFull = false;
    submit(node);
    expect(kept.has(`form:${id}`)).toBe(false);
  });

  test('shows what was answered, here or elsewhere, and opens again when that was refused', () => {
    const id = newId();
    const answer = { type: 'form_answer', form: id, values: { name: '<b>Olena</b>', terms: 'true' }, text: '' };
    const node = show({ ...message, id });
    write(input(node), 'Olena');
    state.pending = [{ body: answer }];
    show({ ...message, id }, false);
    expect(node.querySelector('form')).toBeNull();
    expect(Array.from(node.querySelectorAll('dt, dd'), (e) => e.textContent)).toEqual(['Name', '<b>Olena</b>', 'I agree', 'Yes']);
    state.pending = [{ body: answer, problem: { code: 'too_large' } }];
    show({ ...message, id });
    expect(input(node).value).toBe('Olena');
    state.items = [{ message: answer }];
    show({ ...message, id }, false);
    expect(node.querySelector('dl')).not.toBeNull();
  });

  test('that can no longer be answered says so', () => {
    const node = show(message, false);
    expect(node.textContent).toBe(`Where to?${t.formClosed}`);
  });

  test('waits while an agent is thinking', () => {
    const node = show({ ...message, fields: [{ name: 'a' }] });
    write(input(node), 'x');
    state.thinking = { text: 'Looking', until: 1 };
    submit(node);
    expect([answers, wrongs(node)]).toEqual([[], ['thinkingBlocks']]);
  });

  test('of one field is named by the question, and is a line with its button', () => {
    const node = show({ type: 'form', text: 'Which <b>address</b>?', parse_mode: 'HTML', fields: [{ name: 'email', kind: 'email' }] });
    expect(input(node).getAttribute('aria-label')).toBe('Which address?');
    expect([input(node).type, input(node).autocomplete]).toEqual(['email', 'email']);
    expect(node.querySelector('.short .send')).not.toBeNull();
  });

  test('asks in Markdown, and is named by its words', async () => {
    const node = show({ type: 'form', text: 'Which **address**?', parse_mode: 'Markdown', fields: [{ name: 'email', kind: 'email' }] });
    expect([node.querySelector('.md')!.textContent, input(node).getAttribute('aria-label')]).toEqual(['Which address?', 'Which address?']);
    await vi.waitFor(() => expect(node.querySelector('.md')!.innerHTML).toBe('<p>Which <b>address</b>?</p>'));
  });

  test('uses the inputs that a browser has', () => {
    const node = show({ type: 'form', fields: [{ name: 'a', label: 'a', kind: 'phone' }, { name: 'b', label: 'b', kind: 'date', min: '2026-01-01' }, { name: 'c', label: 'c', kind: 'number', min: '0' }, { name: 'd', label: 'd', kind: 'choice', choices: ['1', '2', '3', '4', '5'] }, { name: 'e', label: 'e', kind: 'choice', choices: ['1', '2'] }] });
    const all = Array.from(node.querySelectorAll<HTMLInputElement>('input, select'), (field) => [field.type, field.getAttribute('inputmode'), field.min].filter(Boolean).join());
    expect(all).toEqual(['tel', 'date,2026-01-01', 'text,decimal', 'select-one', 'radio', 'radio']);
  });

  test('nothing that comes from the network breaks it', () => {
    for (const fields of [undefined, null, 'x', [null], [{}], [{ name: 'a', label: 7, choices: {}, scale: 'x', min: {} }]]) expect(show({ type: 'form', text: 'x', fields }).textContent).toContain('x');
  });
});

describe('a rating', () => {
  const message = { type: 'form', text: 'How was it?', fields: [{ name: 'stars', kind: 'rating', required: true }] };
  const radios = (node: Element) => Array.from(node.querySelectorAll<HTMLInputElement>('input[type=radio]'));

  test('is sent by a touch', () => {
    const node = show(message);
    node.querySelector('form')!.dispatchEvent(new Event('pointerdown', { bubbles: true }));
    radios(node)[3]!.click();
    expect(answers).toEqual([[expect.anything(), { stars: '4' }, '⭐ 4/5']]);
  });

  test('is walked over with the keys, and sent by its button', () => {
    const node = show(message);
    expect(radios(node).map((radio) => radio.getAttribute('aria-label'))).toEqual(['1 of 5', '2 of 5', '3 of 5', '4 of 5', '5 of 5']);
    const key = new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true, cancelable: true });
    radios(node)[0]!.dispatchEvent(key);
    expect(key.defaultPrevented).toBe(false);
    radios(node)[1]!.click();
    expect(answers).toEqual([]);
    expect(node.querySelectorAll('.on')).toHaveLength(2);
    submit(node);
    expect(answers).toHaveLength(1);
  });

  test('of the conversation asks for a comment, and is sent once, also by who leaves without one', () => {
    const node = settingsForm('rating', view()) as HTMLElement;
    document.body.append(node);
    expect(settingsForm('rating', view())).toBe(node);
    radios(node)[4]!.click();
    expect(answers).toEqual([]);
    dispatchEvent(new Event('pagehide'));
    dispatchEvent(new Event('pagehide'));
    expect(answers).toEqual([['rating', { rating: '5' }, '⭐ 5/5']]);

    state.epoch = 2;
    const next = settingsForm('rating', view()) as HTMLElement;
    expect(next).not.toBe(node);
    document.body.append(next);
    radios(next)[1]!.click();
    write(input(next, 5), 'Slow');
    submit(next);
    dispatchEvent(new Event('pagehide'));
    expect(answers.slice(1)).toEqual([['rating', { rating: '2', rating_comment: 'Slow' }, '⭐ 2/5\nSlow']]);
    expect(next.textContent).toBe(t.thankYou);
  });

  test('of the conversation is sent when the visitor writes on', async () => {
    state.epoch = 3;
    const node = settingsForm('rating', view()) as HTMLElement;
    document.body.append(node);
    radios(node)[3]!.click();
    node.remove();
    await vi.waitFor(() => expect(answers).toEqual([['rating', { rating: '4' }, '⭐ 4/5']]));
    dispatchEvent(new Event('pagehide'));
    expect(answers).toHaveLength(1);
  });
});

test('an answer that no frame can hold is not sent, and nothing of it is lost', () => {
  const fields = Array.from({ length: 20 }, (_, i) => ({ name: `f${i}`, kind: 'long_text' }));
  const node = show({ type: 'form', text: 'Tell us', fields });
  fields.forEach((_, i) => write(input(node, i), '茶'.repeat(1_000)));
  submit(node);
  expect(answers).toEqual([]);
  expect(node.textContent).toContain(t.tooLong);
  fields.forEach((_, i) => write(input(node, i), '茶'.repeat(700)));
  submit(node);
  expect(answers).toHaveLength(1);
});

test('cards answer, but not while an agent is thinking', () => {
  const message = { id: 'c1', type: 'cards', cards: [{ title: 'Tea', buttons: [{ Text: 'Take it' }] }] };
  const key = () => (draw(message as never, view(), true) as HTMLElement).querySelector('button')!;
  expect(key().disabled).toBe(false);
  state.thinking = { text: 'Looking', until: Infinity };
  expect(key().disabled).toBe(true);
  delete state.thinking;
  expect(key().disabled).toBe(false);
});

test('what is asked before the chat begins with its own word', () => {
  options.prechat = { text: 'Hello', fields: [{ name: 'name', label: 'Name', required: true }] };
  const node = settingsForm('prechat', view()) as HTMLElement;
  expect(node.querySelector('button')!.textContent).toBe(t.begin);
  write(input(node), 'Olena');
  state.conversation = 'another';
  expect(settingsForm('prechat', view())).toBe(node);
  submit(node);
  expect(answers).toEqual([['prechat', { name: 'Olena' }, 'Olena']]);
});

describe('a place', () => {
  const message = { type: 'form', text: 'Where?', fields: [{ name: 'place', kind: 'location', required: true }] };
  const locate = (answer: (found: (at: unknown) => void, failed: (why: { code: number }) => void) => void) => vi.stubGlobal('navigator', { ...navigator, geolocation: { getCurrentPosition: answer } });

  test('is asked of the browser', async () => {
    locate((found) => found({ coords: { latitude: 50.45012345, longitude: 30.5234 } }));
    const node = show(message);
    (await vi.waitFor(() => node.querySelector<HTMLElement>('.share') ?? expect.unreachable())).click();
    expect(node.querySelector('a')!.href).toBe('https://www.openstreetmap.org/?mlat=50.45012&mlon=30.5234');
    submit(node);
    expect(answers).toEqual([[expect.anything(), { place: '50.45012,30.5234' }, 'https://www.openstreetmap.org/?mlat=50.45012&mlon=30.5234']]);
  });

  test('is written by hand where that is refused', async () => {
    locate((_, failed) => failed({ code: 1 }));
    const node = show(message);
    (await vi.waitFor(() => node.querySelector<HTMLElement>('.share') ?? expect.unreachable())).click();
    expect([node.querySelector('.status')!.textContent, node.querySelector('details')!.open]).toEqual([t.placeDenied, true]);
    write(input(node), 'at home');
    submit(node);
    expect(wrongs(node)).toEqual([t.badPlace]);
    write(input(node), '50.45 30.52');
    submit(node);
    expect(answers[0]![1]).toEqual({ place: '50.45,30.52' });
  });
});

describe('cards', () => {
  const cards = [{ title: 'Fig', text: 'See https://e.com/fig', image: { url: 'https://e.com/fig.png', alt: 'A fig' }, buttons: [{ Text: 'Take it', ActionBody: 'fig' }, { Text: 'Guide', ActionType: 'open-url', ActionBody: 'https://e.com' }, { Text: 'Bad', ActionType: 'open-url', ActionBody: 'javascript:alert(1)' }, { Text: 'Nothing', ActionType: 'none' }] }, { title: 'Aloe' }];
  const buttons = (node: Element) => Array.from(node.querySelectorAll<HTMLButtonElement>('.key'));

  test('say which of how many they are, and answer while they can', () => {
    const id = newId();
    const node = show({ type: 'cards', cards, id });
    expect(Array.from(node.querySelectorAll('.card'), (card) => [card.getAttribute('role'), card.getAttribute('aria-label')])).toEqual([['group', '1 of 2'], ['group', '2 of 2']]);
    buttons(node)[0]!.click();
    expect(pressed).toEqual([cards[0]!.buttons![0]]);
    expect(draw({ type: 'cards', cards, id } as never, view(), false)).toBe(node);
    expect(buttons(node).map(({ disabled }) => disabled)).toEqual([true, false, true, undefined]);
  });

  test('ask before a link is opened', async () => {
    buttons(show({ type: 'cards', cards }))[1]!.click();
    const link = await vi.waitFor(() => document.querySelector<HTMLAnchorElement>('dialog .primary') ?? expect.unreachable());
    expect([link.href, link.rel]).toEqual(['https://e.com/', 'noopener noreferrer nofollow']);
  });

  test('hold the place of a picture that does not come', () => {
    const node = show({ type: 'cards', cards });
    const box = node.querySelector<HTMLElement>('.picture')!;
    box.querySelector('img')!.dispatchEvent(new Event('error'));
    expect([box.textContent, box.style.aspectRatio]).toEqual(['A fig', '1.6']);
  });

  test('nothing that comes from the network breaks them', () => {
    for (const bad of [undefined, 'x', [null, 1], [{}], [{ title: 7, image: 1, buttons: 'x' }], [{ image: { url: 'javascript:1' }, buttons: [null, {}, { Text: 'a', Columns: 'x', BgColor: 'url(x)' }] }]]) expect(() => show({ type: 'cards', cards: bad })).not.toThrow();
    expect(show({ type: 'cards', cards: Array.from({ length: 30 }, () => ({ title: 'x' })) }).querySelectorAll('.card')).toHaveLength(10);
  });
});

describe('what is behind a link', () => {
  const asked: unknown[] = [];
  beforeEach(() => {
    asked.length = 0;
    vi.stubGlobal('fetch', async (_: URL, { body }: RequestInit) => {
      const { url } = JSON.parse(String(body)) as { url: string };
      asked.push(url);
      return { json: async () => (url.includes('none') ? { error: { code: 'no_preview', message: 'x' } } : { url, title: '<b>Care</b>', description: 'How to', image: 'javascript:1', site_name: 'Terra' }) };
    });
  });
  const of = (text: string, more = {}) => preview({ id: newId(), type: 'text', author: 'bot', text, ...more } as never, view()) as HTMLElement;

  test('is asked for once, and shown as text', async () => {
    const url = `https://e.com/${newId()}`;
    const node = of(`See ${url}, and https://e.com/other`);
    expect(node.childNodes).toHaveLength(0);
    const link = await vi.waitFor(() => node.querySelector('a') ?? expect.unreachable());
    expect([link.href, link.textContent, link.querySelector('img')]).toEqual([url, 'Terra<b>Care</b>How to', null]);
    const again = of(`<a href="${url}">x</a>`, { parse_mode: 'HTML' });
    await vi.waitFor(() => expect(again.querySelector('a')).not.toBeNull());
    expect(asked).toEqual([url]);
  });

  test('is nothing where it cannot be known, or the visitor has written it', async () => {
    const none = of('https://e.com/none');
    const own = of('https://e.com/own', { author: 'visitor' });
    await vi.waitFor(() => expect(asked).toEqual(['https://e.com/none']));
    expect([none.childNodes.length, own.childNodes.length]).toEqual([0, 0]);
  });

  test('does not move what the reader looks at', async () => {
    const list = Object.assign(document.createElement('div'), { className: 'list' });
    document.body.append(list);
    let height = 1000;
    Object.defineProperty(list, 'scrollHeight', { get: () => height });
    list.scrollTop = 500;
    const node = of(`https://e.com/${newId()}`);
    list.append(node);
    node.getBoundingClientRect = () => ({ top: -50 }) as DOMRect;
    const append = node.append.bind(node);
    node.append = (...nodes) => {
      append(...nodes);
      height = 1090;
    };
    await vi.waitFor(() => expect(list.scrollTop).toBe(590));
  });
});
