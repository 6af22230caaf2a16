// One control for each kind of setting. A control shows a value, says what it was changed to, and can say what is
// wrong with it.
import { LANGUAGES } from '../../wire/options.ts';
import { problemOf, type Field, type Value, type Values } from './fields.ts';
import { h, icon } from './dom.ts';
import { ICONS } from './icons.ts';
import type { Words } from './words.ts';

export interface Control {
  element: HTMLElement;
  field: Field;
  show(values: Values): void;
  /** Shows a problem that somebody else has found. */
  problem(text: string): void;
}

export type Change = (key: string, value: Value) => void;

/** How a control gets its words: by the key of the setting, of a choice, or of a problem. */
export const word = (words: Words, key: string): string => words[key] ?? key;

let count = 0;

/** Draws a control of any kind but colours. */
export function makeControl(field: Field, words: Words, locale: string, change: Change): Control {
  const id = `c${++count}`;
  const name = word(words, field.key);
  const note = h('p', { className: 'note bad', id: `${id}-note`, hidden: true });
  const problem = (text: string) => {
    note.textContent = text;
    note.hidden = !text;
    for (const input of element.querySelectorAll('input, select')) input.setAttribute('aria-invalid', String(!!text));
  };
  const accept = (value: Value) => {
    const found = problemOf(field, value);
    problem(found ? word(words, `problem_${found}`).replace('{max}', String(field.max)).replace('{min}', String(field.min)) : '');
    if (!found) change(field.key, value);
  };
  const { body, set } = draw(field, id, name, words, locale, accept);
  const help = words[`${field.key}_help`];
  const element = h('div', { className: `control ${field.kind}`, dataset: { key: field.key } }, ...body, help ? h('p', { className: 'note' }, help) : undefined, note);
  return {
    element,
    field,
    problem,
    show(values) {
      element.hidden = !!field.when && !field.when(values);
      if (element.contains(document.activeElement) && !note.hidden) return; // half written
      problem('');
      set(values[field.key]!);
    },
  };
}

type Drawn = { body: HTMLElement[]; set(value: Value): void };

function draw(field: Field, id: string, name: string, words: Words, locale: string, accept: (value: Value) => void): Drawn {
  const label = h('label', { for: id }, name);
  const described = { id, 'aria-describedby': `${id}-note` } as const;
  switch (field.kind) {
    case 'switch': {
      const input = h('input', { ...described, type: 'checkbox', role: 'switch', onchange: () => accept(input.checked) });
      return { body: [h('div', { className: 'line' }, label, input)], set: (value) => (input.checked = value === true) };
    }
    case 'number': {
      const [min, max] = [String(field.min), String(field.max)];
      const input = h('input', { ...described, type: 'number', min, max, inputMode: 'numeric', oninput: () => accept(input.valueAsNumber) });
      const slider = h('input', { type: 'range', min, max, 'aria-label': name, oninput: () => accept(slider.valueAsNumber) });
      return {
        body: [label, h('div', { className: 'line' }, slider, input, h('span', { className: 'unit' }, 'px'))],
        set(value) {
          if (document.activeElement !== input) input.value = String(value);
          slider.value = String(value);
        },
      };
    }
    case 'choice':
    case 'icons': {
      const radios = field.choices!.map((choice) => {
        const text = word(words, `${field.key}=${choice}`);
        const input = h('input', { type: 'radio', name: id, value: choice, onchange: () => accept(choice) });
        const path = ICONS[choice];
        const content = field.kind === 'icons' ? [icon(path!, true), h('span', { className: 'hidden' }, text)] : [text];
        return { input, element: h('label', field.kind === 'icons' ? { title: text } : {}, input, h('span', {}, ...content)) };
      });
      const set = (value: Value) => radios.forEach(({ input }) => (input.checked = input.value === value));
      return { body: [h('fieldset', {}, h('legend', {}, name), h('div', { className: `radios of${radios.length}` }, ...radios.map(({ element }) => element)))], set };
    }
    case 'language': {
      const names = (tag: string) => new Intl.DisplayNames([tag], { type: 'language' }).of(tag) ?? tag;
      const capital = (text: string) => text.charAt(0).toLocaleUpperCase(locale) + text.slice(1);
      const select = h('select', { ...described, onchange: () => accept(select.value) }, h('option', { value: '' }, word(words, 'language_auto')), ...LANGUAGES.map((tag) => h('option', { value: tag, lang: tag }, capital(names(tag)))));
      const set = (value: Value) => {
        const tag = String(value);
        // A tag of the bot's that is none of ours, such as pt-BR, stays what it is.
        if (tag && ![...select.options].some((option) => option.value === tag)) select.append(h('option', { value: tag }, tag));
        select.value = tag;
      };
      return { body: [label, select], set };
    }
    default: {
      const input = h('input', { ...described, type: 'text', inputMode: field.kind === 'text' ? 'text' : 'url', spellcheck: field.kind === 'text', autocomplete: 'off', placeholder: words[`${field.key}_example`] ?? '', oninput: () => accept(input.value.trim()) });
      return { body: [label, input], set: (value) => document.activeElement !== input && (input.value = String(value)) };
    }
  }
}
