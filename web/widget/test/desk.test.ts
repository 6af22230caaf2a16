// What is asked before or instead of writing.
import { describe, expect, test } from 'vitest';
import { formAsked, isClosed } from '../app/desk.ts';
import * as to from '../app/store.ts';
import type { Message } from '../wire/message.ts';
import type { Hours, Settings } from '../wire/options.ts';

const now = Date.parse('2026-11-22T18:00:00Z');
const before = '2026-11-22T17:00:00Z';
const later = '2026-11-22T19:00:00Z';

describe('nobody is there', () => {
  const cases: Record<string, [Hours | undefined, boolean]> = {
    'never, without hours': [undefined, false],
    'not while it is open': [{ open: true, changes_at: later }, false],
    'when it has closed since': [{ open: true, changes_at: before }, true],
    'while it is closed': [{ open: false, changes_at: later }, true],
    'not when it has opened since': [{ open: false, changes_at: before }, false],
    'for as long as nothing is known of a change': [{ open: false }, true],
    'not in the next opening, when more is not known': [{ open: true, changes_at: '2026-11-22T16:00:00Z', opens_at: before }, false],
    'not for something that is no time': [{ open: true, changes_at: 'soon' }, false],
  };
  for (const [name, [hours, want]] of Object.entries(cases)) test(name, () => expect(isClosed(hours, now)).toBe(want));
});

describe('first is asked for', () => {
  const loaded: to.State = { ...to.initial, conversation: 'c', loaded: true };
  const with_ = (...messages: Message[]) => messages.reduce((s, m, i) => to.received(s, m, `g-${i + 1}`), loaded);
  const answer = (form: string, time = before): Message => ({ id: form, type: 'form_answer', author: 'visitor', form, time });
  const form = { fields: [] };
  const both: Settings = { prechat: form, offline: form, hours: { open: false } };
  const cases: Record<string, [to.State, Settings, string | undefined]> = {
    'nothing, without forms': [loaded, {}, undefined],
    'nothing until the history is there': [to.initial, both, undefined],
    'the pre-chat form in a new conversation': [loaded, { prechat: form }, 'prechat'],
    'the pre-chat form when only parameters were said': [with_({ id: 'p', type: 'params', author: 'visitor' }), { prechat: form }, 'prechat'],
    'nothing in one that has begun': [with_({ id: 's', type: 'start', author: 'visitor' }), { prechat: form }, undefined],
    'nothing once it was answered': [with_(answer('prechat')), { prechat: form }, undefined],
    'nothing when the answer is on its way': [to.queued(loaded, { id: 'x', time: before, body: { type: 'form_answer', form: 'prechat', values: {}, text: 'x' } }), { prechat: form }, undefined],
    'the offline form out of hours, before all else': [loaded, both, 'offline'],
    'the offline form out of hours, also later': [with_({ id: 's', type: 'start', author: 'visitor' }), both, 'offline'],
    'nothing of those who wait for somebody': [{ ...with_({ id: 's', type: 'start', author: 'visitor' }), owner: { kind: 'queue' } }, both, undefined],
    'nothing of those who have left word': [with_(answer('offline')), both, undefined],
    'nothing more of those whose word is on its way': [to.queued(loaded, { id: 'x', time: before, body: { type: 'form_answer', form: 'offline', values: {}, text: 'x' } }), both, undefined],
    'the offline form again after a day': [with_(answer('offline', '2026-11-20T17:00:00Z')), both, 'offline'],
    'no offline form while people are there': [loaded, { offline: form, hours: { open: true } }, undefined],
  };
  for (const [name, [state, settings, want]] of Object.entries(cases)) test(name, () => expect(formAsked(state, settings, now)).toBe(want));
});
