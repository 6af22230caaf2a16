// A number of things in words.
import type { Forms } from '../words/en.ts';

/** The form of a language for a number, with the number in its place. */
export function counted(n: number, forms: Forms, tag: string): string {
  const form = forms[new Intl.PluralRules(tag).select(n)] ?? forms.other ?? '';
  return form.replace('{n}', new Intl.NumberFormat(tag).format(n));
}
