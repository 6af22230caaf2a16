// The menu in the header: sounds, the page's title, a copy of the conversation, its end.
import css from './menu.css';
import { openDialog } from '../extras/dialog.ts';
import { adopt, button, icon, make, newId, set } from '../extras/dom.ts';
import type { View } from '../view/context.ts';
import { sendTranscript } from './email.ts';
import { ring, ringFor } from './ring.ts';
import { saveTranscript } from './transcript.ts';

export { ringFor };

adopt(css);

const SOUND = 'M4 10v4h3l5 4V6L7 10Zm11-1.500a5 5 0 0 1 0 7m2.500-9.500a9 9 0 0 1 0 12';
const BADGE = 'M6 16V11a6 6 0 0 1 12 0v5l1.500 2h-15Zm4 5h4';
const DOWNLOAD = 'M12 4v11m-5-4 5 5 5-5M5 20h14';
const EMAIL = 'M3.500 6h17v12h-17Zm.500.500 8 6.500 8-6.500';
const END = 'M12 4v8M7 6.500a8 8 0 1 0 10 0';

let close: (() => void) | undefined;

/** Opens the menu under its button, or closes it. */
export function open(view: View, opener: HTMLElement): void {
  if (close) return close();
  const { more: t, chat, store, options } = view;
  const { transcript, end_chat } = options;
  const item = (role: string, d: string, label: string, act: () => void, name = '') => set(button(name, act, icon(d), make('span', '', label)), { role, tabindex: -1 });
  /** What is switched is kept in this browser, and is off until then. */
  const choice = (key: string, d: string, label: string, switched?: () => void) => {
    const entry = item('menuitemcheckbox', d, label, () => {
      const on = !store.get(key);
      if (on) store.set(key, '1');
      else store.remove(key);
      set(entry, { 'aria-checked': String(on) });
      if (on) switched?.();
    });
    entry.append(make('i', ''));
    return set(entry, { 'aria-checked': String(!!store.get(key)) });
  };
  const leaving = (act: () => void) => () => {
    end();
    act();
  };
  const items = [choice('sound', SOUND, t.sound, ring), choice('badge', BADGE, t.badge)];
  if (transcript?.download) items.push(item('menuitem', DOWNLOAD, t.download, leaving(() => void saveTranscript(view))));
  if (transcript?.email) items.push(item('menuitem', EMAIL, t.email, leaving(() => sendTranscript(view))));
  if (end_chat && chat.state.items[0]) items.push(item('menuitem', END, t.endChat, leaving(() => askEnd(view)), 'danger'));
  const menu = set(make('div', 'menu', ...items), { role: 'menu', 'aria-label': view.words.t('menu'), id: newId() });
  const { bottom, left, right } = opener.getBoundingClientRect();
  menu.style.top = `${bottom + 4}px`;
  if (document.documentElement.dir === 'rtl') menu.style.left = `${Math.max(8, left)}px`;
  else menu.style.right = `${Math.max(8, innerWidth - right)}px`;
  set(opener, { 'aria-expanded': 'true', 'aria-controls': menu.id });
  const focus = (at: number) => items[(at + items.length) % items.length]!.focus();

  menu.onkeydown = (event) => {
    const at = items.indexOf(document.activeElement as HTMLButtonElement);
    const { key } = event;
    if (key === 'ArrowDown') focus(at + 1);
    else if (key === 'ArrowUp') focus(at - 1);
    else if (key === 'Home') focus(0);
    else if (key === 'End') focus(-1);
    else if (key === 'Escape') end();
    else if (key === 'Tab') return end();
    else {
      const found = key.length === 1 && key !== ' ' && items.find((entry, i) => i > at && startsWith(entry, key)) ;
      const again = key.length === 1 && key !== ' ' && items.find((entry) => startsWith(entry, key));
      (found || again || undefined)?.focus();
      return;
    }
    event.preventDefault();
    // The panel's own Escape is the next layer.
    event.stopPropagation();
  };
  const outside = ({ target }: Event) => {
    if (!menu.contains(target as Node) && !opener.contains(target as Node)) end(false);
  };
  const end = (focusBack = true) => {
    close = undefined;
    menu.remove();
    opener.setAttribute('aria-expanded', 'false');
    opener.removeAttribute('aria-controls');
    removeEventListener('pointerdown', outside, true);
    removeEventListener('blur', blurred);
    if (focusBack) opener.focus();
  };
  // A click on the page around the frame.
  const blurred = () => end(false);
  close = end;
  addEventListener('pointerdown', outside, true);
  addEventListener('blur', blurred);
  // In the header, which is a landmark.
  (opener.closest('header') ?? document.body).append(menu);
  focus(0);
}

const startsWith = ({ textContent }: Element, key: string) => textContent!.toLocaleLowerCase().startsWith(key.toLocaleLowerCase());

/** Asks before it ends the conversation. */
function askEnd({ more: t, chat }: View): void {
  const shut = () => dialog.close();
  const sure = button('primary', () => {
    chat.end();
    shut();
  }, t.endChat);
  const dialog = openDialog(t.endSure, make('p', '', t.endMore), make('div', 'actions', button('second', shut, t.cancel), sure));
}
