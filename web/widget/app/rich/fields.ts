// The fields of a form as data: what was sent of them, whether an answer is one, and how it is put in words.
// Nothing here draws or sends.
import type { More, Word } from '../words/en.ts';

const KINDS = ['text', 'long_text', 'email', 'phone', 'number', 'date', 'choice', 'consent', 'location', 'rating'] as const;

export type Kind = (typeof KINDS)[number];

/** One value that is asked for. */
export interface Field {
  name: string;
  label: string;
  kind: Kind;
  required: boolean;
  placeholder: string;
  /** Of a choice; at least one. */
  choices: string[];
  /** Of a number or a date; empty is none. */
  min: string;
  max: string;
  /** Steps of a rating. */
  scale: number;
  style: 'stars' | 'faces' | 'numbers';
}

/** What is written where `label` is said to be: a phrase of the chunks, with what belongs in its places. */
export interface Wrong {
  phrase: Word;
  limit?: string;
}

export const MAX_VALUE = 1_000;
const MAX_FIELDS = 20;
const MAX_TEXT = 4_096;
const FACES = ['😞', '🙁', '😐', '🙂', '😄'];

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Reads fields as they come from the network. What is not one is left out; an unknown kind is a text. */
export function readFields(given: unknown): Field[] {
  if (!Array.isArray(given)) return [];
  const seen = new Set<string>();
  return given.slice(0, MAX_FIELDS).flatMap((field: Record<string, unknown> | null) => {
    const name = textOf(field?.name);
    if (!field || !name || seen.has(name)) return [];
    seen.add(name);
    const choices = Array.isArray(field.choices) ? [...new Set(field.choices.map((choice) => textOf(choice).trim()).filter(Boolean))] : [];
    const known = KINDS.find((kind) => kind === field.kind) ?? 'text';
    const scale = Number.isInteger(field.scale) && Number(field.scale) >= 2 ? Math.min(Number(field.scale), 10) : 5;
    const style = field.style === 'numbers' || scale > 7 ? 'numbers' : field.style === 'faces' && scale <= FACES.length ? 'faces' : 'stars';
    return [{
      name,
      label: textOf(field.label),
      kind: known === 'choice' && !choices[0] ? 'text' : known,
      required: field.required === true,
      placeholder: textOf(field.placeholder),
      choices,
      min: textOf(field.min),
      max: textOf(field.max),
      scale,
      style,
    }];
  });
}

/** The face of a step, from sad to glad: 0 to 4. */
export const faceOf = (step: number, scale: number): number => Math.round(((step - 1) * (FACES.length - 1)) / (scale - 1));

/** Turns what was put in into the value that is sent, or says what is wrong. Empty is an answer where none is required. */
export function check(field: Field, given: string): string | Wrong {
  const raw = given.trim();
  const { kind, min, max } = field;
  if (!raw) return field.required ? { phrase: kind === 'consent' ? 'consentNeeded' : /choice|rating/.test(kind) ? 'choose' : 'required' } : '';
  if (kind === 'email') return raw.length <= 254 && /^[^\s@<>,;]+@[^\s@<>,;.]+(\.[^\s@<>,;.]+)+$/.test(raw) ? raw : { phrase: 'badEmail' };
  if (kind === 'phone') {
    const digits = raw.replace(/[\s\p{Pd}.()]/gu, '');
    return /^\+?[0-9]{7,15}$/.test(digits) ? digits : { phrase: 'badPhone' };
  }
  if (kind === 'number') {
    const number = readNumber(raw);
    if (!number) return { phrase: 'badNumber' };
    if (min && Number(number) < Number(min)) return { phrase: 'atLeast', limit: min };
    if (max && Number(number) > Number(max)) return { phrase: 'atMost', limit: max };
    return number;
  }
  if (kind === 'date') {
    if (!isDay(raw)) return { phrase: 'badDate' };
    if (min && raw < min) return { phrase: 'atLeast', limit: min };
    if (max && raw > max) return { phrase: 'atMost', limit: max };
    return raw;
  }
  if (kind === 'choice') return field.choices.includes(raw) ? raw : { phrase: 'choose' };
  if (kind === 'consent') return raw === 'true' ? raw : { phrase: 'consentNeeded' };
  if (kind === 'rating') return /^\d{1,2}$/.test(raw) && +raw >= 1 && +raw <= field.scale ? String(+raw) : { phrase: 'choose' };
  if (kind === 'location') return readPlace(raw) ?? { phrase: 'badPlace' };
  return [...raw].length <= MAX_VALUE ? raw : { phrase: 'atMost', limit: String(MAX_VALUE) };
}

/** A number as people write it, with a point: "12,5" and "1 500". "1,500" is a thousand times more to one reader than to another. */
export function readNumber(raw: string): string | undefined {
  if (/^[+-]?[1-9]\d{0,2},\d{3}$/.test(raw)) return undefined;
  const text = raw.replace(/\s/g, '').replace(',', '.').replace(/^\+/, '');
  return /^-?\d{1,30}(\.\d{1,30})?$/.test(text) ? text : undefined;
}

/** A day of the calendar, YYYY-MM-DD. */
export function isDay(raw: string): boolean {
  const date = new Date(`${raw}T00:00:00Z`);
  return /^\d{4}-\d\d-\d\d$/.test(raw) && +date === +date && date.toISOString().startsWith(raw);
}

/** "latitude,longitude" of two numbers as people write or copy them. */
export function readPlace(raw: string): string | undefined {
  const [, latitude, longitude] = /^(-?\d{1,2}(?:\.\d{1,15})?)°?(?:\s*[,;]\s*|\s+)(-?\d{1,3}(?:\.\d{1,15})?)°?$/.exec(raw.trim()) ?? [];
  return latitude && Math.abs(+latitude) <= 90 && Math.abs(+longitude!) <= 180 ? `${short(latitude)},${short(longitude!)}` : undefined;
}

/** Six decimals are a hand's breadth; no exponent is left. */
const short = (degrees: string): string => String(+(+degrees).toFixed(6) || 0);

/** Where a place can be looked at. */
export function mapAddress(place: string): string {
  const [latitude, longitude] = place.split(',');
  return `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}`;
}

/** A value as it is shown to people. */
export function inWords({ kind, scale, style }: Field, value: string, tag: string, t: More): string {
  if (kind === 'date' && isDay(value)) return new Date(value).toLocaleDateString(tag, { dateStyle: 'long', timeZone: 'UTC' });
  if (kind === 'consent') return t.yes;
  if (kind === 'location') return mapAddress(value);
  if (kind === 'rating') return `${style === 'stars' ? '⭐ ' : style === 'faces' ? `${FACES[faceOf(+value, scale)]} ` : ''}${value}/${scale}`;
  return value;
}

/** A question has its mark already. */
const titled = (label: string, words: string): string => label.replace(/[\s:.]+$/, '').replace(/[^?!？]$/, '$&:') + ` ${words}`;

/** All values in words: a line for each, or the one value alone. */
export function allInWords(fields: Field[], values: Record<string, string>, tag: string, t: More): string {
  const lines = fields.flatMap((field) => {
    const value = values[field.name];
    const words = value && inWords(field, value, tag, t);
    return words ? [field.label && fields[1] ? titled(field.label, words) : words] : [];
  });
  return [...(lines.join('\n') || '–')].slice(0, MAX_TEXT).join('');
}
