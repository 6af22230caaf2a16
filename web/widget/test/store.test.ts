import { describe, expect, test } from 'vitest';
import { activeKeyboard, toRows } from '../app/rows.ts';
import * as to from '../app/store.ts';
import type { Message, Owner } from '../wire/message.ts';

const C = 'conversation';
const base: to.State = to.joined(to.initial, { conversation: C, visitor: 'v', generation: 'g', resumed: false });
const bot = (id: string, more: Partial<Message> = {}): Message => ({ id, type: 'text', author: 'bot', text: id, time: '2026-11-22T10:00:00Z', ...more });
const own = (id: string, text = id): to.Pending => ({ id, body: { type: 'text', text }, time: '2026-11-22T10:00:05Z' });
const ids = (state: to.State) => state.items.map((item) => item.message.id);
const owner = (id: string, who: Owner, epoch: number): Message => ({ id, type: 'owner', author: 'system', owner: who, epoch });

describe('events', () => {
  test('are ordered by offset whatever the order they come in', () => {
    let state = base;
    for (const n of [10, 9, 100, 2]) state = to.received(state, bot(`m${n}`), `g-${n}`);
    expect(ids(state)).toEqual(['m2', 'm9', 'm10', 'm100']);
  });

  test('come twice and count once', () => {
    const once = to.received(to.received(base, bot('a'), 'g-1'), bot('b'), 'g-2');
    expect(to.received(once, bot('a'), 'g-1')).toEqual(once);
  });

  test('history replaces what there is and takes sent messages out of pending', () => {
    let state = to.queued(to.received(base, bot('old'), 'f-9'), own('x'));
    state = to.replaced(state, [bot('a'), { ...bot(`${C}/x`), author: 'visitor' }], true, 'g-2');
    expect(ids(state)).toEqual(['a', `${C}/x`]);
    expect(state.pending).toEqual([]);
    expect(state).toMatchObject({ loaded: true, hasMore: true });
    // What comes next stands after the page, though its first item has no offset.
    expect(ids(to.received(state, bot('c'), 'g-3')).at(-1)).toBe('c');
  });

  test('an older page is put before, without what is known', () => {
    const state = to.replaced(base, [bot('b'), bot('c')], true, 'g-3');
    const next = to.prepended(state, [bot('a'), bot('b')], true);
    expect(ids(next)).toEqual(['a', 'b', 'c']);
    expect(to.prepended(next, [], true).hasMore).toBe(false);
  });

  test('another conversation starts empty, the same one keeps what it has', () => {
    const state = to.received(base, bot('a'), 'g-1');
    const session = { visitor: 'v', generation: 'g', resumed: true };
    expect(ids(to.joined(state, { ...session, conversation: C }))).toEqual(['a']);
    expect(to.joined(state, { ...session, conversation: 'other' })).toMatchObject({ items: [], loaded: false });
  });
});

describe('own messages', () => {
  test('acknowledged before the event: one message, at its place', () => {
    let state = to.received(base, bot('a'), 'g-1');
    state = to.stored(to.queued(state, own('x')), 'x', `${C}/x`, 'g-3');
    expect(state.pending).toEqual([]);
    state = to.received(state, bot('late'), 'g-2');
    expect(ids(state)).toEqual(['a', 'late', `${C}/x`]);
    expect(ids(to.received(state, { ...bot(`${C}/x`), author: 'visitor' }, 'g-3'))).toEqual(['a', 'late', `${C}/x`]);
  });

  test('the event before the acknowledgement: the acknowledgement changes nothing', () => {
    const state = to.received(to.queued(base, own('x')), { ...bot(`${C}/x`), author: 'visitor' }, 'g-1');
    expect(state.pending).toEqual([]);
    expect(to.stored(state, 'x', `${C}/x`, 'g-1')).toBe(state);
    expect(to.queued(state, own('x'))).toBe(state);
  });

  test('failed, tried again, given up', () => {
    const problem = { code: 'blocked', message: 'no' };
    const state = to.failed(to.queued(to.queued(base, own('x')), own('y')), 'x', problem);
    expect(state.pending.map((p) => p.problem)).toEqual([problem, undefined]);
    expect(to.failed(state, 'x').pending.map((p) => p.problem)).toEqual([undefined, undefined]);
    expect(to.discarded(state, 'x').pending.map((p) => p.id)).toEqual(['y']);
  });
});

describe('thinking', () => {
  const thinking = { ...base, thinking: { text: 'searching', until: 1_000 }, typing: { text: 'Olena', author: 'operator', until: 900 } };
  const ends: Record<string, (state: to.State) => to.State> = {
    'a message of the bot': (s) => to.received(s, bot('a'), 'g-1'),
    'a message of an operator': (s) => to.received(s, bot('a', { author: 'operator' }), 'g-1'),
    'a change of owner': (s) => to.received(s, owner('o', { kind: 'queue' }, 1), 'g-1'),
    'a new connection': (s) => to.joined(s, { conversation: C, visitor: 'v', generation: 'g', resumed: true }),
    'its time': (s) => to.expired(s, 1_000),
  };
  for (const [name, end] of Object.entries(ends)) {
    test(`ends with ${name}`, () => expect(end(thinking)).toMatchObject({ thinking: undefined, typing: undefined }));
  }
  test('goes on through the visitor’s own words and until its time', () => {
    expect(to.received(thinking, { ...bot('v'), author: 'visitor' }, 'g-1').thinking).toBeDefined();
    expect(to.expired(thinking, 950)).toMatchObject({ thinking: { text: 'searching' }, typing: undefined });
    expect(to.expired(base, 950)).toBe(base);
  });
});

test('an owner change of an earlier epoch is history', () => {
  const state = to.received(base, owner('o2', { kind: 'operator', name: 'Olena' }, 5), 'g-5');
  expect(to.received(state, owner('o1', { kind: 'queue' }, 4), 'g-4').owner.kind).toBe('operator');
});

test('unread are the words of others after the one that was read', () => {
  let state = to.replaced(base, [bot('a'), bot('b')], false, 'g-2');
  state = to.received({ ...state, read: 'b' }, owner('o', { kind: 'queue' }, 3), 'g-3');
  state = to.received(state, { ...bot('v'), author: 'visitor' }, 'g-4');
  state = to.received(state, bot('c'), 'g-5');
  expect(to.unread(state).map((m) => m.id)).toEqual(['c']);
  expect(to.unread({ ...state, read: '' })).toHaveLength(3);
});

describe('rows', () => {
  const summary = (state: to.State) =>
    toRows(state, 'Operator').map((row) => (row.kind === 'message' ? `${row.own ? `own:${row.delivery}` : row.message.author}:${row.first ? 'F' : ''}${row.last ? 'L' : ''}` : row.kind === 'notice' ? `${row.phrase}:${row.name}` : row.kind));

  test('runs of one author, days, notices, and what is on its way', () => {
    let state = to.replaced(base, [bot('a'), bot('b'), bot('c', { time: '2026-11-22T10:20:00Z' })], false, 'g-3');
    state = to.received(state, owner('o1', { kind: 'operator', name: 'Olena' }, 4), 'g-4');
    state = to.received(state, owner('o1 renewed', { kind: 'operator', name: 'Olena' }, 5), 'g-5'); // no news
    state = to.received(state, owner('o2', { kind: 'bot' }, 6), 'g-6');
    state = to.received(state, { id: 's', type: 'alias' }, 'g-7');
    state = to.failed(to.queued(to.queued(state, own('x')), own('y')), 'y', { code: 'blocked', message: '' });
    expect(summary(state)).toEqual(['day', 'bot:F', 'bot:L', 'bot:FL', 'joined:Olena', 'left:Olena', 'own:sending:F', 'own:failed:L']);
  });

  test('another name or another day begins a new run', () => {
    const state = to.replaced(base, [bot('a', { author: 'operator', author_name: 'A' }), bot('b', { author: 'operator', author_name: 'B' }), bot('c', { author: 'operator', author_name: 'B', time: '2026-11-29T10:00:00Z' })], false, '');
    expect(summary(state)).toEqual(['day', 'operator:FL', 'operator:FL', 'day', 'operator:FL']);
  });
});

describe('the active keyboard', () => {
  const keyboard = bot('k', { type: 'keyboard', buttons: [] });
  const shown = to.received(base, keyboard, 'g-1');
  const cases: Record<string, [to.State, string | undefined]> = {
    'is the newest one': [to.received(shown, { ...keyboard, id: 'k2' }, 'g-2'), 'k2'],
    'stays when the bot says more': [to.received(shown, bot('a'), 'g-2'), 'k'],
    'goes with an answer': [to.received(shown, { ...bot('v'), author: 'visitor' }, 'g-2'), undefined],
    'goes with an answer on its way': [to.queued(shown, own('x')), undefined],
    'comes back when the answer was refused': [to.failed(to.queued(shown, own('x')), 'x', { code: 'blocked', message: '' }), 'k'],
    'stays when the page sets parameters': [to.received(shown, { id: 'p', type: 'params', author: 'visitor' }, 'g-2'), 'k'],
    'is a form, too': [to.received(shown, bot('f', { type: 'form', fields: [] }), 'g-2'), 'f'],
    'is an operator’s, while they are in charge': [to.received(to.received(shown, owner('o', { kind: 'operator', name: 'Olena' }, 2), 'g-2'), bot('f', { type: 'form', author: 'operator' }), 'g-3'), 'f'],
    'goes when it is deleted': [to.received(shown, bot('d', { type: 'delete', target: 'k' }), 'g-2'), undefined],
    'goes when an operator is called': [to.received(shown, owner('o', { kind: 'queue' }, 2), 'g-2'), undefined],
  };
  for (const [name, [state, want]] of Object.entries(cases)) test(name, () => expect(activeKeyboard(state)?.id).toBe(want));
});
