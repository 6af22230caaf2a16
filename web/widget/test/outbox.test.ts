import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createOutbox, type Entry } from '../app/outbox.ts';
import { openStorage } from '../app/storage.ts';
import type { Ack, Body } from '../wire/message.ts';

type Sent = Body & { id: string; attempt?: number };

const entry = (id: string): Entry => ({ id, body: { type: 'text', text: id }, time: new Date().toISOString(), attempt: 0 });
const ok = (id: string): Ack => ({ ok: true, id: `c/${id}`, offset: 'g-1' });
const no = (code: string, retry_after_ms?: number): Ack => ({ ok: false, error: { code, message: code, ...(retry_after_ms && { retry_after_ms }) } });

/** An outbox whose sends are answered by the test, one after the other. */
function setUp(store = openStorage('kw:', () => { throw new Error('denied'); })) {
  const sent: Sent[] = [];
  const answers: ((ack?: Ack) => Promise<void>)[] = [];
  const told: string[] = [];
  const outbox = createOutbox({
    store,
    send: (message) =>
      new Promise((resolve, reject) => {
        sent.push(message);
        answers.push(async (ack) => {
          if (ack) resolve(ack);
          else reject(new Error('lost'));
          await vi.advanceTimersByTimeAsync(0);
        });
      }),
    stored: (id) => told.push(`stored ${id}`),
    failed: (id, { code }) => told.push(`failed ${id} ${code}`),
    unknown: () => told.push('unknown'),
  });
  return { outbox, sent, answers, told, store };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('sends in order, one at a time', async () => {
  const { outbox, sent, answers, told } = setUp();
  outbox.add(entry('a'), 'c');
  outbox.add(entry('b'), 'c');
  expect(sent).toEqual([]);
  outbox.setReadiness('replaying');
  expect(sent.map((m) => m.id)).toEqual(['a']);
  await answers[0]!(ok('a'));
  expect(sent.map((m) => m.id)).toEqual(['a', 'b']);
  await answers[1]!(ok('b'));
  expect(told).toEqual(['stored a', 'stored b']);
  expect(sent[0]).not.toHaveProperty('attempt');
});

test('an attempt without an answer waits for the end of the replay and says that it is another one', async () => {
  const { outbox, sent, answers, told } = setUp();
  outbox.add(entry('a'), 'c');
  outbox.setReadiness('open');
  outbox.setReadiness('closed');
  await answers[0]!();
  expect(told).toEqual([]);
  outbox.setReadiness('replaying');
  expect(sent).toHaveLength(1);
  outbox.setReadiness('open');
  expect(sent[1]).toMatchObject({ id: 'a', attempt: 2 });
});

test('what the replay brought is not sent again', () => {
  const { outbox, sent } = setUp();
  outbox.add(entry('a'), 'c');
  outbox.setReadiness('open');
  outbox.setReadiness('closed');
  outbox.settled('a');
  outbox.setReadiness('open');
  expect(sent).toHaveLength(1);
});

test('no acknowledgement: the connection is not believed any more', async () => {
  const { outbox, answers, told } = setUp();
  outbox.add(entry('a'), 'c');
  outbox.setReadiness('open');
  await answers[0]!();
  expect(told).toEqual(['unknown']);
});

for (const code of ['unavailable', 'rate_limited']) {
  test(`${code} is tried again after the wait, before all that follows`, async () => {
    const { outbox, sent, answers } = setUp();
    outbox.setReadiness('open');
    outbox.add(entry('a'), 'c');
    outbox.add(entry('b'), 'c');
    await answers[0]!(no(code, 5_000));
    await vi.advanceTimersByTimeAsync(4_999);
    expect(sent).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(2_001);
    expect(sent[1]).toMatchObject({ id: 'a', attempt: 2 });
  });
}

test('a final refusal stops the message and nothing else; it can be tried again', async () => {
  const { outbox, sent, answers, told } = setUp();
  outbox.setReadiness('open');
  outbox.add(entry('a'), 'c');
  outbox.add(entry('b'), 'c');
  await answers[0]!(no('blocked'));
  expect(told).toEqual(['failed a blocked']);
  expect(sent[1]!.id).toBe('b');
  await answers[1]!(ok('b'));
  outbox.retry('a');
  expect(sent[2]).toMatchObject({ id: 'a', attempt: 2 });
});

test('what was refused is still there on the next page, until the visitor gives it up', async () => {
  const first = setUp();
  first.outbox.setReadiness('open');
  first.outbox.add(entry('a'), 'c');
  await first.answers[0]!(no('too_large'));
  const second = setUp(first.store);
  expect(second.outbox.restore('c').map(({ id }) => id)).toEqual(['a']);
  second.outbox.setReadiness('open');
  await second.answers[0]!(no('too_large'));
  expect(second.told).toEqual(['failed a too_large']);
  second.outbox.settled('a');
  expect(setUp(first.store).outbox.restore('c')).toEqual([]);
});

test('what nobody sees is not sent again by every page', async () => {
  const { outbox, answers, store } = setUp();
  outbox.setReadiness('open');
  outbox.add({ ...entry('a'), body: { type: 'alias', alias: 'x' } }, 'c');
  await answers[0]!(no('bad_request'));
  expect(store.keys('out:')).toEqual([]);
});

test('is bounded', () => {
  const { outbox } = setUp();
  const taken = Array.from({ length: 205 }, (_, i) => outbox.add(entry(`m${i}`), 'c'));
  expect(taken.filter(Boolean)).toHaveLength(200);
  expect(outbox.add(entry('m1'), 'c')).toBe(true);
});

test('what has to be answered first is still first on the next page', () => {
  const first = setUp();
  const answer: Body = { type: 'form_answer', form: 'prechat', values: {}, text: 'Olena' };
  first.outbox.add({ ...entry('a'), body: { type: 'start' } }, 'a', true);
  first.outbox.add({ ...entry('b'), body: answer }, 'a', true);
  first.outbox.add(entry('c'), 'a');
  expect(setUp(first.store).outbox.restore('a').map(({ id }) => id)).toEqual(['b', 'a', 'c']);
});

test('the next page takes over what was left, of this conversation and not too old', async () => {
  const first = setUp();
  first.outbox.add(entry('b'), 'c');
  first.outbox.add(entry('a'), 'c');
  first.outbox.add(entry('other'), 'another');
  first.outbox.add({ ...entry('ancient'), time: '2020-01-01T00:00:00Z' }, 'c');
  first.store.set('out:broken', '{');
  const { outbox, sent, store } = setUp(first.store);
  outbox.add(entry('new'), 'c');
  expect(outbox.restore('c').map((e) => e.id)).toEqual(['a', 'b']);
  expect(store.keys('out:').sort()).toEqual(['out:a', 'out:b', 'out:new']);
  outbox.setReadiness('open');
  expect(sent[0]).toMatchObject({ id: 'a', attempt: 2 });
});
