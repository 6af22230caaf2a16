// A colour or a background: a swatch to pick from, free text, and for a background also a gradient of two colours.
import { canvasResolve } from '../../app/paint/paint.ts';
import { safeBackground } from '../../wire/css.ts';
import { word, type Change, type Control } from './controls.ts';
import { h, icon } from './dom.ts';
import type { Field, Values } from './fields.ts';
import { LINES } from './icons.ts';
import { formatGradient, parseGradient, shown, toHex, type Gradient } from './palette.ts';
import type { Words } from './words.ts';

/** Whether a text may be used for a field of a kind. */
export const isColor = (text: string, kind: Field['kind'] = 'background'): boolean => safeBackground(text) && (kind === 'background' || CSS.supports('color', text));

const hex = (color: string) => toHex(color, canvasResolve) ?? '#888888';

let count = 0;

export function makeColor(field: Field, words: Words, change: Change): Control {
  const id = `k${++count}`;
  const [, group, leaf] = field.key.split('.') as [string, string, string];
  const name = word(words, `leaf_${leaf}`);
  const full = `${word(words, `group_${group}`)}: ${name}`;
  const isBackground = field.kind === 'background';
  let drawn = '';
  let isOwn = false;

  const note = h('p', { className: 'note bad', id: `${id}-note`, hidden: true }, '');
  const problem = (text: string) => {
    note.textContent = text;
    note.hidden = !text;
    input.setAttribute('aria-invalid', String(!!text));
  };
  const gradient = (): Gradient => parseGradient(drawn) ?? { angle: 130, from: hex(drawn), to: hex(drawn) };
  const swatch = h('input', { type: 'color', className: 'pick', 'aria-label': `${full}. ${word(words, 'pick')}`, oninput: () => change(field.key, swatch.value) });
  const input = h('input', {
    id,
    type: 'text',
    autocomplete: 'off',
    spellcheck: false,
    'aria-label': full,
    'aria-describedby': `${id}-note`,
    oninput() {
      const text = input.value.trim();
      const isGood = !text || isColor(text, field.kind);
      problem(isGood ? '' : word(words, isBackground ? 'problem_background' : 'problem_color'));
      if (isGood) change(field.key, text);
    },
    onblur: () => note.hidden && (input.value = isOwn ? drawn : ''),
  });
  const reset = h('button', { type: 'button', className: 'icon', title: word(words, 'reset_color'), 'aria-label': `${full}. ${word(words, 'reset_color')}`, onclick: () => change(field.key, '') }, icon(LINES.undo));

  const toggle = h('button', {
    type: 'button',
    className: 'icon ramp',
    title: word(words, 'gradient'),
    'aria-label': `${full}. ${word(words, 'gradient')}`,
    onclick: () => change(field.key, parseGradient(drawn) ? parseGradient(drawn)!.from : formatGradient(gradient())),
  });
  const stop = (side: 'from' | 'to') => {
    const it = h('input', { type: 'color', className: 'pick', 'aria-label': `${full}. ${word(words, `stop_${side}`)}`, oninput: () => change(field.key, formatGradient({ ...gradient(), [side]: it.value })) });
    return it;
  };
  const [from, to] = [stop('from'), stop('to')];
  const degrees = h('span', { className: 'degrees' });
  const angle = h('input', { type: 'range', min: '0', max: '359', 'aria-label': `${full}. ${word(words, 'angle')}`, oninput: () => change(field.key, formatGradient({ ...gradient(), angle: angle.valueAsNumber })) });
  const editor = h('div', { className: 'line gradient', hidden: true }, from, angle, degrees, to);

  const line = h('div', { className: 'line' }, h('label', { for: id }, name), isBackground && toggle, swatch, input, reset);
  const element = h('div', { className: 'control color', dataset: { key: field.key } }, line, editor, note);
  return {
    element,
    field,
    problem,
    show(values: Values) {
      drawn = shown(values, field.key);
      isOwn = !!values[field.key];
      const parts = isBackground ? parseGradient(drawn) : undefined;
      if (document.activeElement !== input) {
        input.value = isOwn ? drawn : '';
        problem('');
      }
      input.placeholder = drawn;
      reset.disabled = !isOwn;
      swatch.value = parts ? hex(parts.from) : hex(drawn);
      swatch.hidden = !!parts;
      swatch.classList.toggle('clear', !parts && !toHex(drawn, canvasResolve));
      editor.hidden = !parts;
      toggle.setAttribute('aria-pressed', String(!!parts));
      toggle.style.setProperty('background-image', parts ? drawn : 'none');
      if (!parts) return;
      from.value = hex(parts.from);
      to.value = hex(parts.to);
      angle.value = String(parts.angle);
      degrees.textContent = `${parts.angle}°`;
    },
  };
}
