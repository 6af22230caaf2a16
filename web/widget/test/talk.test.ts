// What comes after a message and is about it: changes, deletions, notices of reading, answers; and what is still being written.
import { describe, expect, test } from 'vitest';
import { toRows, type MessageRow } from '../app/rows.ts';
import * as to from '../app/store.ts';
import { written } from '../app/side/written.ts';
import type { Message, Owner, Piece } from '../wire/message.ts';

const C = 'conversation';
const empty: to.State = to.joined(to.initial, { conversation: C, visitor: 'v', generation: 'g', resumed: false });
const time = '2026-11-22T10:00:00Z';
const say = (id: string, author: Message['author'], more: Partial<Message> = {}): Message => ({ id, type: 'text', author, text: id, time, ...more });
const edit = (id: string, target: string, text: string, author: Message['author'] = 'operator'): Message => ({ id, type: 'edit', author, target, text });
const remove = (id: string, target: string, author: Message['author'] = 'operator'): Message => ({ id, type: 'delete', author, target });
const owner = (id: string, who: Owner, reason: string, epoch: number): Message => ({ id, type: 'owner', author: 'system', owner: who, reason, epoch });
const state = (...messages: Message[]) => messages.reduce((s, m, i) => to.received(s, m, `g-${i + 1}`), empty);
const messages = (s: to.State) => toRows(s, 'Operator').filter((row): row is MessageRow => row.kind === 'message');
const words = (s: to.State) => messages(s).map(({ message: { type, text, edited } }) => (type === 'deleted' ? '(deleted)' : text + (edited ? '*' : '')));

describe('a message', () => {
  const cases: Record<string, [Message[], string[]]> = {
    'is what it says': [[say('a', 'operator')], ['a']],
    'changed says the new': [[say('a', 'operator'), edit('e', 'a', 'b')], ['b*']],
    'changed twice says the last by offset': [[say('a', 'operator'), edit('e', 'a', 'b'), edit('f', 'a', 'c')], ['c*']],
    'changed before it is there itself': [[edit('e', 'a', 'b'), say('a', 'operator')], ['b*']],
    'of somebody else is not changed': [[say('a', 'visitor'), edit('e', 'a', 'b'), edit('f', 'a', 'c', 'bot')], ['a']],
    'is changed by its author, whatever others try later': [[say('a', 'bot'), edit('e', 'a', 'b', 'bot'), edit('f', 'a', 'c')], ['b*']],
    'deleted is gone': [[say('a', 'operator'), remove('d', 'a')], ['(deleted)']],
    'deleted does not come back by a change': [[say('a', 'operator'), remove('d', 'a'), edit('e', 'a', 'b')], ['(deleted)']],
    'changed and then deleted is gone': [[say('a', 'operator'), edit('e', 'a', 'b'), remove('d', 'a')], ['(deleted)']],
    'of somebody else is not deleted': [[say('a', 'visitor'), remove('d', 'a')], ['a']],
    'that is no message cannot be changed': [[owner('o', { kind: 'queue' }, 'connect', 1), edit('e', 'o', 'b')], []],
  };
  for (const [name, [log, want]] of Object.entries(cases)) test(name, () => expect(words(state(...log))).toEqual(want));

  test('changed on a page that is loaded later is changed all the same', () => {
    const newest = to.replaced(empty, [edit('e', 'a', 'b')], true, 'g-2');
    expect(words(to.prepended(newest, [say('a', 'operator')], false))).toEqual(['b*']);
  });

  test('is the same object as long as it is the same, so that it is not drawn again', () => {
    const before = state(say('a', 'operator'), edit('e', 'a', 'b'));
    const after = to.received(before, say('c', 'operator'), 'g-3');
    expect(to.talk(after)[0]).toBe(to.talk(before)[0]);
  });

  test('that was deleted is not news, and one that was changed is told as it is now', () => {
    const s = { ...state(say('a', 'operator'), say('b', 'operator'), edit('e', 'a', 'new'), remove('d', 'b')), read: '' };
    expect(to.unread(s).map(({ text }) => text)).toEqual(['new']);
  });
});

describe('delivery', () => {
  const mine = [say('1', 'visitor'), say('2', 'visitor')];
  const cases: Record<string, [Message[], string[]]> = {
    'sent as long as nobody was there': [mine, ['sent', 'sent']],
    'seen as far as an operator has read': [[...mine, { id: 's', type: 'seen', author: 'operator', target: '1' }], ['seen', 'sent']],
    'seen by a notice that is older than one before it': [[...mine, { id: 's', type: 'seen', author: 'operator', target: '2' }, { id: 't', type: 'seen', author: 'operator', target: '1' }], ['seen', 'seen']],
    'not seen by a notice about something that is not here': [[...mine, { id: 's', type: 'seen', author: 'operator', target: 'x' }], ['sent', 'sent']],
    'seen by an answer': [[mine[0]!, say('a', 'bot'), mine[1]!], ['seen', 'sent']],
    'not seen by a change of owner or of a message': [[say('a', 'bot'), ...mine, owner('o', { kind: 'queue' }, 'connect', 4), edit('e', 'a', 'b', 'bot')], ['sent', 'sent']],
  };
  for (const [name, [log, want]] of Object.entries(cases)) test(name, () => expect(messages(state(...log)).flatMap(({ own, delivery }) => (own ? [delivery] : []))).toEqual(want));
});

test('an answer shows what it answers, once that is there, as it is now', () => {
  const answer = say('b', 'operator', { reply_to: 'a' });
  const quoted = (s: to.State) => messages(s).at(-1)!.quoted?.text;
  expect(quoted(state(answer))).toBeUndefined();
  expect(quoted(state(say('a', 'operator'), answer, edit('e', 'a', 'new')))).toBe('new');
  const pending: to.Pending = { id: 'x', body: { type: 'text', text: 'x', reply_to: 'a' }, time };
  expect(quoted(to.queued(state(say('a', 'visitor')), pending))).toBe('a');
});

describe('the line before what is new', () => {
  const kinds = (s: to.State) => toRows(s, '').map(({ kind }) => kind);
  const s: to.State = { ...state(say('a', 'bot'), say('b', 'bot')), fresh: 'b' };
  test('stands there', () => expect(kinds(s)).toEqual(['day', 'message', 'new', 'message']));
  test('goes with what the visitor says', () => expect(kinds(to.queued(s, { id: 'x', body: { type: 'text', text: 'x' }, time }))).toEqual(['day', 'message', 'message', 'message']));
});

describe('how it was is asked', () => {
  const operator = owner('o1', { kind: 'operator', name: 'Olena' }, 'taken', 1);
  const closed = owner('o2', { kind: 'bot' }, 'closed', 2);
  const asks = (s: to.State) => toRows(s, '').at(-1)?.kind === 'rating';
  const cases: Record<string, [Message[], boolean]> = {
    'when an operator has closed the dialog': [[operator, closed], true],
    'still when the bot says something then': [[operator, closed, say('a', 'bot')], true],
    'not when it was answered': [[operator, closed, say('r', 'visitor', { type: 'form_answer', form: 'rating' })], false],
    'not when the visitor goes on': [[operator, closed, say('v', 'visitor')], false],
    'not when nobody was there': [[owner('o1', { kind: 'queue' }, 'connect', 1), closed], false],
    'not when the operator went to another': [[operator, owner('o2', { kind: 'operator', name: 'Petro' }, 'transferred', 2)], false],
    'not when another operator comes': [[operator, closed, owner('o3', { kind: 'operator', name: 'Petro' }, 'taken', 3)], false],
  };
  for (const [name, [log, want]] of Object.entries(cases)) test(name, () => expect(asks(state(...log))).toBe(want));
});

describe('what is being written', () => {
  const piece = (at: number, text: string, id = 'm'): Piece => ({ id, at, text, author: 'bot' });
  const after = (s: to.State, ...pieces: Piece[]) => pieces.reduce((next, p) => written(next, p, 1_000), s);
  const text = (s: to.State) => s.partial?.message.text;
  const hello = after(empty, piece(0, 'Hel'), piece(3, 'lo'));
  const cases: Record<string, [Piece[], string | undefined]> = {
    'grows': [[piece(0, 'Hel'), piece(3, 'lo')], 'Hello'],
    'takes a repetition for one': [[piece(0, 'Hel'), piece(3, 'lo'), piece(3, 'lo'), piece(0, 'Hel')], 'Hello'],
    'goes on behind a repetition that reaches further': [[piece(0, 'Hel'), piece(1, 'ello, ')], 'Hello, '],
    'waits behind a gap': [[piece(0, 'Hel'), piece(5, ' you'), piece(3, 'lo')], 'Hello'],
    'is whole again with a piece from the beginning': [[piece(0, 'Hel'), piece(9, 'u'), piece(0, 'Hello you')], 'Hello you'],
    'is not begun in the middle': [[piece(3, 'lo')], undefined],
    'can be written anew': [[piece(0, 'Hello'), piece(0, 'Hi')], 'Hi'],
    'ends with nothing at 0': [[piece(0, 'Hel'), piece(0, '')], undefined],
    'goes on when another one ends': [[piece(0, 'Hel'), piece(0, '', 'other')], 'Hel'],
    'gives way to another one': [[piece(0, 'Hel'), piece(0, 'Bye', 'other')], 'Bye'],
    'is bounded': [[piece(0, 'Hel'), piece(3, 'x'.repeat(65_536))], 'Hel'],
    'is not broken by what is none': [[piece(0, 'Hel'), {} as Piece, { ...piece(3, ''), text: 7 as unknown as string }, piece(-1, 'x'), piece(NaN, 'x'), { ...piece(0, 'x'), id: 7 as unknown as string }], 'Hel'],
  };
  for (const [name, [pieces, want]] of Object.entries(cases)) test(name, () => expect(text(after(empty, ...pieces))).toBe(want));

  test('is the last row, under the key that the message will have', () => {
    const s = to.queued(hello, { id: 'x', body: { type: 'text', text: 'x' }, time });
    expect(messages(s).map(({ key, live }) => [key, !!live])).toEqual([[`${C}/x`, false], ['m', true]]);
    const done = to.received(s, say('m', 'bot'), 'g-1');
    expect(done.partial).toBeUndefined();
    expect(messages(done).map(({ key, live }) => [key, !!live])).toEqual([['m', false], [`${C}/x`, false]]);
    expect(written(done, piece(5, ' late'), 1_000)).toBe(done);
  });

  test('ends thinking and typing', () => {
    const s = { ...empty, thinking: { text: 'x', until: 9e9 }, typing: { text: 'x', author: 'bot', until: 9e9 } };
    expect(after(s, piece(0, 'Hel'))).toMatchObject({ thinking: undefined, typing: undefined });
    expect(after(s, piece(3, 'lo'))).toBe(s);
  });

  const ends: Record<string, (s: to.State) => to.State> = {
    'the message': (s) => to.received(s, say('m', 'bot'), 'g-1'),
    'the message in a history': (s) => to.replaced(s, [say('m', 'bot')], false, 'g-1'),
    'a change of owner': (s) => to.received(s, owner('o', { kind: 'queue' }, 'connect', 1), 'g-1'),
    '30 seconds of silence': (s) => to.expired(s, 31_000),
    'another conversation': (s) => to.joined(s, { conversation: 'other', visitor: 'v', generation: 'g', resumed: false }),
  };
  for (const [name, end] of Object.entries(ends)) test(`ends with ${name}`, () => expect(end(hello).partial).toBeUndefined());

  test('goes on through other messages, a new connection and until its time', () => {
    expect(text(to.received(hello, say('other', 'bot'), 'g-1'))).toBe('Hello');
    expect(text(to.joined(hello, { conversation: C, visitor: 'v', generation: 'g', resumed: true }))).toBe('Hello');
    expect(to.expired(hello, 30_999)).toBe(hello);
  });
});

test('an end is a notice, on its way too, and does not take the question of how it was away', () => {
  const s = state(owner('o', { kind: 'operator', name: 'Olena' }, 'taken', 1), owner('b', { kind: 'bot' }, 'closed_by_visitor', 2));
  const pending = to.queued(s, { id: 'x', body: { type: 'end' }, time });
  const kinds = (of: to.State) => toRows(of, '').map((row) => (row.kind === 'notice' ? row.phrase : row.kind));
  expect(kinds(pending)).toEqual(['joined', 'left', 'ended', 'rating']);
  expect(kinds(to.received(s, { id: `${C}/x`, type: 'end', author: 'visitor', time }, 'g-9'))).toEqual(['joined', 'left', 'ended', 'rating']);
});
