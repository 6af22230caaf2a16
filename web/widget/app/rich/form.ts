// A form: what is asked, its fields, and what has been answered once it has been.
import type { View } from '../view/context.ts';
import { icon, link, make, set } from '../extras/dom.ts';
import { drawText } from '../extras/text.ts';
import type { ParseMode } from '../../wire/message.ts';
import { makeControl, type Control } from './controls.ts';
import { allInWords, check, inWords, mapAddress, readFields, readPlace, type Field } from './fields.ts';

/** A form as it comes from the network. */
export interface Asked {
  text?: string | undefined;
  parse_mode?: ParseMode | undefined;
  fields?: unknown;
  submit?: unknown;
}

/** Something drawn that stays the same node while it changes. */
export interface Drawn {
  node: HTMLElement;
  /** `values`: what has been answered. `active`: it can be answered now. */
  update(active: boolean, values?: Record<string, unknown>): void;
}

const SEND = 'M12 19V5m-6 6 6-6 6 6';
const TICK = 'm5 12.500 4.500 4.500L19 7.500';
/** What an answer may have: the gateway takes 64 KiB with all around it. */
const MAX_BYTES = 6e4;
/** Kinds that fit in a line with the button that sends them. */
const SHORT = /^(text|email|phone|number|date)$/;

/**
 * Draws a form. What is put in is kept in this browser under `key`, if there is one, until it is sent. `send` says whether it was taken.
 * `stepwise`: all but the first field is shown once that one is answered.
 */
export function drawForm(asked: Asked, key: string, view: View, send: (values: Record<string, string>, text: string) => boolean, stepwise?: boolean): Drawn {
  const { more: t, words, store } = view;
  const fields = readFields(asked.fields);
  const question = asked.text ? drawText(asked.text, asked.parse_mode) : undefined;
  const controls = fields.map((field) => makeControl(field, question?.textContent ?? '', view));
  const only = controls.length === 1 ? controls[0] : undefined;
  const isShort = !!only && SHORT.test(only.field.kind) && !only.field.label;
  const isRating = only?.field.kind === 'rating';
  const submit = isShort ? set(make('button', 'send', icon(SEND)), { 'aria-label': textOf(asked.submit) || words.t('send') }) : make('button', 'primary', textOf(asked.submit) || words.t('send'));
  const note = set(make('p', 'wrong'), { role: 'alert' });
  const form = make('form', `form${isShort ? ' short' : ''}${stepwise ? ' stepwise' : ''}${isRating ? ' rating' : ''}`, ...controls.map(({ node }) => node), submit, note);
  form.noValidate = true;
  // Takes the focus when what had it is gone.
  const node = set(make('div', 'asked', ...(question ? [question] : []), form), { tabindex: -1 });
  if (question) set(form, { 'aria-label': question.textContent!.slice(0, 100) });
  let byPointer = false;
  let tried = false;

  const judge = (control: Control): string | undefined => {
    const found = check(control.field, control.read());
    const limit = typeof found === 'string' ? '' : limitOf(control.field, found.limit ?? '', words.tag);
    control.say(typeof found === 'string' ? '' : t[found.phrase].replace('{limit}', () => limit));
    return typeof found === 'string' ? found : undefined;
  };
  const trySend = () => {
    tried = true;
    if (view.chat.state.thinking) return void (note.textContent = words.t('thinkingBlocks'));
    const found = controls.map((control) => [control, judge(control)] as const);
    const wrong = found.find(([, value]) => value === undefined);
    if (wrong) return wrong[0].focus();
    const values = Object.fromEntries(found.flatMap(([{ field }, value]) => (value ? [[field.name, value]] : [])));
    const had = node.contains(document.activeElement);
    const text = allInWords(fields, values, words.tag, t);
    const fits = new Blob([JSON.stringify([values, text])]).size < MAX_BYTES;
    const taken = fits && send(values, text);
    note.textContent = taken ? '' : fits ? words.t('full') : t.tooLong;
    if (!taken) return;
    store.remove(key);
    if (had && !node.contains(document.activeElement)) node.focus({ preventScroll: true });
  };
  const changed = () => {
    form.classList.toggle('begun', !!controls[0]?.read());
    if (tried) controls.forEach(judge);
    if (key) store.set(key, JSON.stringify(Object.fromEntries(controls.map(({ field, read }) => [field.name, read()]))));
  };

  form.onsubmit = (event) => {
    event.preventDefault();
    trySend();
  };
  form.oninput = changed;
  // A touch is an answer; with the keys one walks over the others.
  form.addEventListener('pointerdown', () => (byPointer = true));
  form.addEventListener('keydown', () => (byPointer = false));
  form.onchange = () => {
    changed();
    if (isRating && byPointer) trySend();
  };
  const kept = readKept(key && store.get(key));
  controls.forEach(({ field, write }) => kept[field.name] && write(kept[field.name]!));
  if (Object.keys(kept)[0]) form.classList.toggle('begun', !!controls[0]?.read());

  let before = 'open';
  return {
    node,
    update(active, values) {
      const now = values ? JSON.stringify(values) : active ? 'open' : 'closed';
      if (now === before) return;
      before = now;
      const end = values ? answersOf(fields, values, view) : active ? form : make('p', 'closed', t.formClosed);
      node.replaceChildren(...(question ? [question] : []), end);
      // Also where another tab has answered.
      if (!active || values) store.remove(key);
    },
  };
}

/** What has been answered, to be read only. */
function answersOf(fields: Field[], values: Record<string, unknown>, { more: t, words }: View): Node {
  const rows = fields.flatMap((field) => {
    const value = textOf(values[field.name]);
    if (!value) return [];
    const said = make('dd', '', ...(field.kind === 'location' && readPlace(value) ? link(mapAddress(value), value.replace(',', ', ')) : [inWords(field, value, words.tag, t)]));
    return [make('div', '', ...(field.label && fields[1] ? [make('dt', '', field.label)] : [make('dt', 'hidden', field.label || t.answered)]), said)];
  });
  return make('div', 'answers', icon(TICK), rows[0] ? make('dl', '', ...rows) : make('span', '', t.answered));
}

const limitOf = (field: Field, limit: string, tag: string): string =>
  field.kind === 'date' ? new Date(limit).toLocaleDateString(tag, { dateStyle: 'medium', timeZone: 'UTC' }) : new Intl.NumberFormat(tag, { maximumFractionDigits: 20 }).format(Number(limit));

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

function readKept(kept: string | undefined): Record<string, string> {
  try {
    const values: unknown = JSON.parse(kept ?? '{}');
    return Object.fromEntries(Object.entries(values as object).filter(([, value]) => typeof value === 'string' && value));
  } catch {
    return {};
  }
}
