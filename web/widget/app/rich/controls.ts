// What a field is answered with: the browser's own inputs, with a label, and a place for what is wrong.
import { icon, make, newId, set } from '../extras/dom.ts';
import type { View } from '../view/context.ts';
import { faceOf, MAX_VALUE, type Field } from './fields.ts';

/** A field on the screen. */
export interface Control {
  field: Field;
  node: HTMLElement;
  /** What is in it, as `check` takes it. */
  read(): string;
  write(raw: string): void;
  focus(): void;
  /** Shows what is wrong; empty: nothing is. */
  say(wrong: string): void;
}

/** A place for what is wrong. */
export interface Problem {
  node: HTMLElement;
  say(wrong: string): void;
}

/** From so many choices on they are a list to open. */
const MANY = 5;

/** Makes what a field is answered with. `question` is what names it where it has no label. */
export function makeControl(field: Field, question: string, view: View): Control {
  if (field.kind === 'location') return makePlace(field, question, view);
  if (field.kind === 'rating' || (field.kind === 'choice' && field.choices.length < MANY)) return makeRadios(field, question, view);
  return makeInput(field, question, view);
}

/** The words over a field. One that need not be filled in says so, as most have to be. */
function labelOf({ label, required }: Field, { more: t }: View): (Node | string)[] {
  return label ? [label, ...(required ? [] : [' ', make('small', '', t.optional)])] : [];
}

/** The place for what is wrong, told to whoever comes to the field. */
function errorOf(target: Element): Problem {
  const node = make('p', 'wrong');
  node.id = newId();
  return {
    node,
    say(wrong) {
      node.textContent = wrong;
      if (wrong) set(target, { 'aria-invalid': 'true', 'aria-describedby': node.id });
      else ['aria-invalid', 'aria-describedby'].forEach((name) => target.removeAttribute(name));
    },
  };
}

function makeInput(field: Field, question: string, view: View): Control {
  const { kind, name, label, required, placeholder, min, max } = field;
  const input = kind === 'long_text' ? make('textarea', 'box') : kind === 'choice' ? make('select', 'box') : make('input', kind === 'consent' ? '' : 'box');
  input.id = newId();
  input.required = required;
  if (input instanceof HTMLSelectElement) input.append(new Option(placeholder || view.more.choose, ''), ...field.choices.map((choice) => new Option(choice, choice)));
  else {
    if (input instanceof HTMLInputElement) input.type = { email: 'email', phone: 'tel', date: 'date', consent: 'checkbox' }[kind as string] ?? 'text';
    else input.rows = 3;
    input.maxLength = MAX_VALUE;
    set(input, { placeholder: placeholder || undefined, autocomplete: autocomplete(kind, name), dir: kind === 'email' || kind === 'phone' ? 'ltr' : 'auto' });
    // A telephone's pad for decimals may lack the minus.
    if (kind === 'number') set(input, { inputmode: Number(min || -1) < 0 ? 'text' : 'decimal' });
    if (kind === 'date') set(input, { min: min || undefined, max: max || undefined });
  }
  if (!label) set(input, { 'aria-label': question || placeholder || name });
  const error = errorOf(input);
  const words = make('label', '', ...labelOf(field, view));
  words.htmlFor = input.id;
  const isTick = kind === 'consent';
  const node = isTick ? make('div', 'entry tick', make('div', 'line', input, words), error.node) : make('div', 'entry', ...(label ? [words] : []), input, error.node);
  return {
    field,
    node,
    read: () => (isTick ? ((input as HTMLInputElement).checked ? 'true' : '') : input.value),
    write(raw) {
      if (isTick) (input as HTMLInputElement).checked = raw === 'true';
      else input.value = raw;
    },
    focus: () => input.focus(),
    say: error.say,
  };
}

/** What the browser may fill in by itself. */
function autocomplete(kind: string, name: string): string | undefined {
  if (kind === 'email') return 'email';
  if (kind === 'phone') return 'tel';
  if (kind !== 'text') return undefined;
  const known: [RegExp, string][] = [
    [/^(full_?|your_?)?name$/i, 'name'],
    [/^first_?name$/i, 'given-name'],
    [/^(last_?|sur)name$/i, 'family-name'],
    [/^(company|organi[sz]ation)$/i, 'organization'],
    [/^(street|address)/i, 'street-address'],
    [/^city$/i, 'address-level2'],
    [/^(zip|post(al)?_?code)/i, 'postal-code'],
    [/^country$/i, 'country-name'],
  ];
  return known.find(([pattern]) => pattern.test(name))?.[1];
}

const STAR = 'm12 3.600 2.600 5.300 5.800.800-4.200 4.100 1 5.800-5.200-2.700-5.200 2.700 1-5.800-4.200-4.100 5.800-.800Z';
/** A face; the lower the middle of the mouth, the gladder. */
const face = (mood: number) => `M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM9 9.500v.500m6-.500v.500M8 ${16.5 - mood * 0.6}q4 ${mood * 2.2 - 4.4} 8 0`;

/** Steps of a rating, or a few choices side by side. The browser's radios: arrows walk, and one answer stands. */
function makeRadios(field: Field, question: string, view: View): Control {
  const { kind, scale, style, choices, required } = field;
  const isRating = kind === 'rating';
  const group = newId();
  const error = make('p', 'wrong');
  error.id = newId();
  const steps = isRating ? Array.from({ length: scale }, (_, i) => String(i + 1)) : choices;
  const radios = steps.map((value) => Object.assign(make('input', 'hidden'), { type: 'radio', name: group, value, required }));
  const row = make('div', isRating ? `steps ${style}` : 'picks');
  radios.forEach((radio, i) => {
    const value = steps[i]!;
    const look = !isRating || style === 'numbers' ? value : icon(style === 'stars' ? STAR : face(faceOf(i + 1, scale)));
    const label = make('label', '', radio, make('span', 'look', look));
    if (isRating) set(radio, { 'aria-label': view.more.step.replace('{n}', value).replace('{max}', String(scale)) });
    row.append(label);
  });
  /** All stars up to the one that was chosen are full. */
  const paint = () => {
    const at = radios.findIndex(({ checked }) => checked);
    radios.forEach(({ parentElement }, i) => parentElement!.classList.toggle('on', style === 'stars' && isRating ? i <= at : i === at));
  };
  row.onchange = paint;
  const node = make('fieldset', 'entry', ...(field.label ? [make('legend', '', ...labelOf(field, view))] : []), row, error);
  if (!field.label) set(node, { 'aria-label': question || field.name });
  return {
    field,
    node,
    read: () => radios.find(({ checked }) => checked)?.value ?? '',
    write(raw) {
      radios.forEach((radio) => (radio.checked = radio.value === raw));
      paint();
    },
    focus: () => (radios.find(({ checked }) => checked) ?? radios[0]!).focus(),
    say(wrong) {
      error.textContent = wrong;
      radios.forEach((radio) => (wrong ? set(radio, { 'aria-invalid': 'true', 'aria-describedby': error.id }) : ['aria-invalid', 'aria-describedby'].forEach((name) => radio.removeAttribute(name))));
    },
  };
}

/** Where the visitor is. Few forms ask for it, so what asks comes when it is needed. */
function makePlace(field: Field, question: string, view: View): Control {
  const node = make('fieldset', 'entry', ...(field.label ? [make('legend', '', ...labelOf(field, view))] : []));
  if (!field.label) set(node, { 'aria-label': question || field.name });
  let raw = '';
  let inner: Pick<Control, 'write' | 'focus' | 'say'> | undefined;
  const changed = (next: string) => {
    raw = next;
    node.dispatchEvent(new Event('input', { bubbles: true }));
  };
  const error = errorOf(node);
  import('./place.ts').then(
    ({ fillPlace }) => {
      inner = fillPlace(node, errorOf, changed, view);
      inner.write(raw);
    },
    () => node.append(view.more.lost),
  );
  return {
    field,
    node,
    read: () => raw,
    write(next) {
      raw = next;
      inner?.write(next);
    },
    focus: () => inner?.focus(),
    say: (wrong) => (inner ?? error).say(wrong),
  };
}
