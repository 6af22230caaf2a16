// Chooses an emoji for the composer. A small window over it, of the chat's own: the operating system's is a key away
// for those who know it.
import css from './emoji.css';
import { adopt, button, make, newId, set } from '../extras/dom.ts';
import type { View } from '../view/context.ts';
import { find, GROUPS, ofGroup, type Emoji, type Group } from './data.ts';

adopt(css);

const MAX_RECENT = 16;

let close: (() => void) | undefined;

/** Opens it over its button, or closes it. `insert` gets the one that was chosen; then it closes. */
export function open(view: View, opener: HTMLElement, insert: (emoji: string) => void): void {
  if (close) return close();
  const { more: t, store } = view;
  const recent = (store.get('emoji') ?? '').split(' ').filter(Boolean).slice(0, MAX_RECENT);
  const groups = (Object.keys(GROUPS) as Group[]).map((group) => [t[group], ofGroup(group)] as const);
  const all = groups.flatMap(([, entries]) => entries);
  const search = set(make('input', ''), { type: 'search', placeholder: t.emojiFind, 'aria-label': t.emojiFind, autocomplete: 'off', enterkeyhint: 'done' });
  const body = make('div', 'groups');
  const none = set(make('p', ''), { role: 'status' });
  const picker = set(make('div', 'emoji', search, none, body), { role: 'dialog', 'aria-label': t.emoji, id: newId() });
  const keys = () => Array.from(body.querySelectorAll('button'));

  const choose = (emoji: string) => {
    store.set('emoji', [emoji, ...recent.filter((other) => other !== emoji)].slice(0, MAX_RECENT).join(' '));
    end(false);
    insert(emoji);
  };
  const drawGroup = (title: string, entries: Emoji[]) => {
    const heading = make('h3', '', title);
    heading.id = newId();
    return set(make('div', 'group', heading, make('div', 'grid', ...entries.map(({ emoji }) => set(button('', () => choose(emoji), emoji), { tabindex: -1 })))), { role: 'group', 'aria-labelledby': heading.id });
  };
  const draw = () => {
    const wanted = search.value.trim();
    const found = wanted ? find(all, wanted) : [];
    const shown: (readonly [string, Emoji[]])[] = wanted ? [[t.emojiFind, found]] : [...(recent[0] ? [[t.emojiRecent, recent.map((emoji) => ({ emoji, words: '' }))] as const] : []), ...groups];
    none.textContent = wanted && !found[0] ? t.emojiNone : '';
    body.replaceChildren(...shown.filter(([, entries]) => entries[0]).map(([title, entries]) => drawGroup(title, entries)));
    body.scrollTop = 0;
    const [first] = keys();
    if (first) first.tabIndex = 0;
  };

  /** One key at a time can be reached by Tab; arrows go to the others. */
  const walk = (event: KeyboardEvent) => {
    const list = keys();
    const at = list.indexOf(event.target as HTMLButtonElement);
    const to = next(list, at, event.key);
    if (to === undefined) return;
    event.preventDefault();
    if (to < 0) return search.focus();
    list[at]!.tabIndex = -1;
    list[to]!.tabIndex = 0;
    list[to]!.focus();
  };
  body.onkeydown = walk;
  search.oninput = draw;
  search.onkeydown = (event) => {
    const [first] = keys();
    if (event.key === 'ArrowDown' && first) {
      event.preventDefault();
      first.focus();
    } else if (event.key === 'Enter' && !event.isComposing) {
      event.preventDefault();
      if (search.value.trim() && first) first.click();
    }
  };
  picker.onkeydown = (event) => {
    if (event.key !== 'Escape' || event.isComposing) return;
    // The panel's own Escape is the next layer.
    event.stopPropagation();
    end();
  };
  const outside = ({ target }: Event) => {
    if (!picker.contains(target as Node) && !opener.contains(target as Node)) end(false);
  };
  const blurred = () => end(false);
  const end = (focusBack = true) => {
    close = undefined;
    picker.remove();
    opener.setAttribute('aria-expanded', 'false');
    opener.removeAttribute('aria-controls');
    removeEventListener('pointerdown', outside, true);
    removeEventListener('blur', blurred);
    if (focusBack) opener.focus();
  };
  close = end;
  addEventListener('pointerdown', outside, true);
  addEventListener('blur', blurred);
  set(opener, { 'aria-expanded': 'true', 'aria-controls': picker.id });
  picker.style.bottom = `${Math.max(8, innerHeight - opener.getBoundingClientRect().top + 8)}px`;
  draw();
  document.body.append(picker);
  search.focus();
}

/** The key that an arrow leads to: -1 is out of the grid at its top, undefined is no arrow. */
function next(list: HTMLElement[], at: number, key: string): number | undefined {
  const isRtl = document.documentElement.dir === 'rtl';
  const last = list.length - 1;
  if (key === 'Home') return 0;
  if (key === 'End') return last;
  if (key === (isRtl ? 'ArrowLeft' : 'ArrowRight')) return Math.min(at + 1, last);
  if (key === (isRtl ? 'ArrowRight' : 'ArrowLeft')) return Math.max(at - 1, 0);
  if (key !== 'ArrowUp' && key !== 'ArrowDown') return undefined;
  // The nearest one of the next line, wherever groups and the width of the window put it.
  const { top, left } = list[at]!.getBoundingClientRect();
  const step = key === 'ArrowDown' ? 1 : -1;
  let found: number | undefined;
  let line: number | undefined;
  for (let i = at + step; list[i]; i += step) {
    const place = list[i]!.getBoundingClientRect();
    if (Math.abs(place.top - top) < 2) continue;
    line ??= place.top;
    if (Math.abs(place.top - line) > 2) break;
    if (found === undefined || Math.abs(place.left - left) < Math.abs(list[found]!.getBoundingClientRect().left - left)) found = i;
  }
  return found ?? (step < 0 ? -1 : at);
}
