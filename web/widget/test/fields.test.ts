import { describe, expect, test } from 'vitest';
import { allInWords, check, faceOf, inWords, isDay, mapAddress, readFields, readNumber, readPlace, type Field, type Kind } from '../app/rich/fields.ts';
import t from '../app/words/en.ts';
import { random, textOf } from './random.ts';

const field = (kind: Kind, more: Partial<Field> = {}): Field => ({ ...readFields([{ name: 'x', kind, choices: ['a', 'b'] }])[0]!, ...more });

describe('what was put in', () => {
  const cases: Record<string, [Field, string, string]> = {
    'text is trimmed': [field('text'), '  a b ', 'a b'],
    'nothing, where nothing is asked for': [field('text'), '  ', ''],
    'nothing': [field('text', { required: true }), ' ', '!required'],
    'a long text': [field('long_text'), 'я'.repeat(1000), 'я'.repeat(1000)],
    'too long a text': [field('long_text'), '🌿'.repeat(1001), '!atMost 1000'],
    'an address': [field('email'), ' olena@example.com.ua ', 'olena@example.com.ua'],
    'an address in another script': [field('email'), 'олена@пошта.укр', 'олена@пошта.укр'],
    'an address without a dot': [field('email'), 'a@b', '!badEmail'],
    'two addresses': [field('email'), 'a@b.c, d@e.f', '!badEmail'],
    'an address with a name': [field('email'), 'Olena <a@b.c>', '!badEmail'],
    'a phone': [field('phone'), '+38 (044) 123-45–67', '+380441234567'],
    'too short a phone': [field('phone'), '123456', '!badPhone'],
    'too long a phone': [field('phone'), '1234567890123456', '!badPhone'],
    'a phone with letters': [field('phone'), '0800 FLOWERS', '!badPhone'],
    'a number with a comma': [field('number'), '12,5', '12.5'],
    'a number with spaces': [field('number'), '1 500', '1500'],
    'a number that could be two': [field('number'), '1,500', '!badNumber'],
    'no number': [field('number'), '1e3', '!badNumber'],
    'too little': [field('number', { min: '-2' }), '-2.5', '!atLeast -2'],
    'too much': [field('number', { max: '10' }), '10.01', '!atMost 10'],
    'a day': [field('date'), '2024-02-29', '2024-02-29'],
    'a day that is not': [field('date'), '2023-02-29', '!badDate'],
    'too early': [field('date', { min: '2026-11-25' }), '2026-11-24', '!atLeast 2026-11-25'],
    'too late': [field('date', { max: '2026-11-25' }), '2026-11-26', '!atMost 2026-11-25'],
    'a choice': [field('choice'), 'b', 'b'],
    'another choice': [field('choice'), 'c', '!choose'],
    'no choice': [field('choice', { required: true }), '', '!choose'],
    'consent': [field('consent'), 'true', 'true'],
    'no consent': [field('consent', { required: true }), '', '!consentNeeded'],
    'a place': [field('location'), '50.4501, 30.5234', '50.4501,30.5234'],
    'a place at almost nothing': [field('location'), '-0.0000001 1.5°', '0,1.5'],
    'a place that is not on earth': [field('location'), '91, 0', '!badPlace'],
    'a step': [field('rating'), '5', '5'],
    'a step too far': [field('rating'), '6', '!choose'],
    'a step too few': [field('rating'), '0', '!choose'],
  };
  for (const [name, [of, given, want]] of Object.entries(cases))
    test(name, () => {
      const found = check(of, given);
      expect(typeof found === 'string' ? found : `!${found.phrase}${found.limit ? ` ${found.limit}` : ''}`).toBe(want);
    });
});

test('fields from the network: what is not one is left out, and bounds are kept', () => {
  expect(readFields(undefined)).toEqual([]);
  expect(readFields('x')).toEqual([]);
  expect(readFields([null, 1, {}, { name: 7 }, { name: 'a' }, { name: 'a' }]).map(({ name }) => name)).toEqual(['a']);
  expect(readFields(Array.from({ length: 30 }, (_, i) => ({ name: `f${i}` })))).toHaveLength(20);
  expect(readFields([{ name: 'a', kind: 'choice', choices: [] }, { name: 'b', kind: 'new' }]).map(({ kind }) => kind)).toEqual(['text', 'text']);
  expect(readFields([{ name: 'a', kind: 'rating', scale: 99 }, { name: 'b', kind: 'rating', scale: 1 }]).map(({ scale, style }) => [scale, style])).toEqual([[10, 'numbers'], [5, 'stars']]);
});

test('what is read is read again the same', () => {
  const next = random(7);
  const pieces = ['0', '1', '9', '-', '+', '.', ',', ' ', '°', 'e', '٣', '\u00a0', '(', ')', '–'];
  for (let i = 0; i < 5_000; i++) {
    const given = textOf(next, pieces, 14);
    for (const kind of ['number', 'phone', 'location', 'date', 'email', 'text'] as const) {
      const once = check(field(kind), given);
      if (typeof once === 'string') expect([kind, given, check(field(kind), once)]).toEqual([kind, given, once]);
    }
    const number = readNumber(given);
    if (number !== undefined) expect(Number.isFinite(Number(number))).toBe(true);
    const place = readPlace(given);
    if (place !== undefined) expect(place).toMatch(/^-?[\d.]+,-?[\d.]+$/);
    if (isDay(given)) expect.unreachable();
  }
});

test('in words', () => {
  expect(inWords(field('date'), '2026-11-24', 'en', t)).toBe('November 24, 2026');
  expect(inWords(field('date'), '2026-11-24', 'uk', t).replace(/\s/g, ' ')).toBe('24 листопада 2026 р.');
  expect(inWords(field('rating', { style: 'faces' }), '1', 'en', t)).toBe('😞 1/5');
  expect(inWords(field('location'), '50.45,30.52', 'en', t)).toBe('https://www.openstreetmap.org/?mlat=50.45&mlon=30.52');
  expect(mapAddress('1,2')).toContain('mlat=1&mlon=2');
  const two = [field('text', { name: 'a', label: 'Name' }), field('consent', { name: 'b', label: 'I agree.' })];
  expect(allInWords(two, { a: 'Olena', b: 'true' }, 'en', t)).toBe('Name: Olena\nI agree: Yes');
  expect(allInWords(two.slice(0, 1), { a: 'Olena' }, 'en', t)).toBe('Olena');
  expect(allInWords([field('text', { name: 'a', label: 'How many?' }), two[1]!], { a: '2' }, 'en', t)).toBe('How many? 2');
  // A message has to say something.
  expect(allInWords(two, {}, 'en', t)).toBe('–');
  expect([...allInWords(Array.from({ length: 20 }, (_, i) => field('text', { name: `${i}` })), Object.fromEntries(Array.from({ length: 20 }, (_, i) => [i, 'x'.repeat(1000)])), 'en', t)]).toHaveLength(4096);
});

test('faces go from sad to glad', () => {
  for (const scale of [2, 3, 4, 5]) {
    const faces = Array.from({ length: scale }, (_, i) => faceOf(i + 1, scale));
    expect([faces[0], faces.at(-1)]).toEqual([0, 4]);
    expect(faces.toSorted((a, b) => a - b)).toEqual(faces);
    expect(new Set(faces).size).toBe(scale);
  }
});
