// The section of colours: presets, the groups of the tree, and whether their texts can be read.
import { canvasResolve } from '../../app/paint/paint.ts';
import { makeColor } from './colorcontrol.ts';
import type { Change, Control } from './controls.ts';
import { h, icon } from './dom.ts';
import { COLOR_GROUPS, ONLY_KEPT, type Values } from './fields.ts';
import { LINES } from './icons.ts';
import { judge, PRESETS, SHOWN } from './palette.ts';
import type { Words } from './words.ts';

export interface ColorsBox {
  elements: HTMLElement[];
  controls: Control[];
  /** Shows what is hard to read; returns how much is. */
  judge(values: Values): number;
}

export function makeColorsBox(words: Words, locale: string, change: Change, preset: (colors: Record<string, string>) => void): ColorsBox {
  const number = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const controls: Control[] = [];
  const judges: ((values: Values) => boolean)[] = [];
  const all = COLOR_GROUPS.flatMap(({ fields }) => fields);

  const presets = h(
    'fieldset',
    { className: 'presets' },
    h('legend', {}, words.presets),
    h(
      'div',
      {},
      ...Object.entries(PRESETS).map(([name, colors]) => {
        const drawn = (key: string) => colors[key] ?? SHOWN[key]!;
        const mini = h('span', { className: 'mini', 'aria-hidden': 'true' }, h('i', { style: { background: drawn('colors.header.bg') } }), h('i', { style: { background: drawn('colors.receivedMessage.bg') } }), h('i', { style: { background: drawn('colors.sentMessage.bg') } }));
        return h('button', { type: 'button', dataset: { preset: name }, onclick: () => preset(colors) }, mini, words[`preset_${name}`]);
      }),
    ),
  );

  const contrast = (group: string) => {
    const text = h('span');
    const fix = h('button', { type: 'button', className: 'quiet' }, words.fix);
    const line = h('p', { className: 'contrast', dataset: { group } }, icon(LINES.warn), text, fix);
    judges.push((values) => {
      const verdict = judge(values, group, canvasResolve);
      line.hidden = !verdict;
      if (!verdict) return false;
      const ratio = number.format(Math.floor(verdict.ratio * 10) / 10);
      line.classList.toggle('bad', !verdict.isEnough);
      line.querySelector('path')!.setAttribute('d', verdict.isEnough ? LINES.ok : LINES.warn);
      const least = number.format(group === 'launcher' ? 3 : 4.5);
      // The chat repairs what cannot be read; the launcher is drawn as it is said.
      const more = verdict.better ? (group === 'launcher' ? '' : words.contrast_instead) : words.contrast_mixed;
      text.textContent = verdict.isEnough ? words[group === 'launcher' ? 'contrast_seen' : 'contrast_good']!.replace('{ratio}', ratio) : `${words.contrast_bad!.replace('{ratio}', ratio).replace('{least}', least)}. ${more}`;
      fix.hidden = verdict.isEnough || !verdict.better;
      fix.onclick = () => change(`colors.${group}.text`, verdict.better!);
      fix.setAttribute('aria-label', `${words[`group_${group}`]}. ${words.fix}`);
      return !verdict.isEnough;
    });
    return line;
  };

  const make = (keys: string[]) => all.filter(({ key }) => keys.includes(key)).map((it) => {
    const control = makeColor(it, words, change);
    controls.push(control);
    return control.element;
  });
  const groups = COLOR_GROUPS.map(({ id, fields }) => {
    const keys = fields.map(({ key }) => key).filter((key) => !ONLY_KEPT.includes(key));
    return keys.length > 0 && h('fieldset', { className: 'colors' }, h('legend', {}, words[`group_${id}`]), ...make(keys), contrast(id));
  });
  const kept = h('details', { className: 'kept' }, h('summary', {}, words.group_kept), h('p', { className: 'note' }, words.group_kept_help), ...COLOR_GROUPS.map(({ id, fields }) => {
    const keys = fields.map(({ key }) => key).filter((key) => ONLY_KEPT.includes(key));
    return keys.length > 0 && h('fieldset', { className: 'colors' }, h('legend', {}, words[`group_${id}`]), ...make(keys));
  }));

  return { elements: [presets, ...groups.filter((it) => it !== false), kept], controls, judge: (values) => judges.filter((it) => it(values)).length };
}
