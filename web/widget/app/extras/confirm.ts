// Shows where a button's link leads before it is opened: the label is the bot's, the host is the truth.
import { OUTSIDE } from '../links.ts';
import type { View } from '../view/context.ts';
import { make } from './dom.ts';

/** Asks about an http or https address. A dialog of the platform: it holds the focus, Escape ends it. */
export function confirmLink(url: string, { more: t }: View): void {
  const title = make('h2', '', t.openLink);
  const cancel = make('button', 'second', t.cancel);
  const open = Object.assign(make('a', 'primary', t.open), { href: url, ...OUTSIDE });
  const host = URL.canParse(url) ? new URL(url).host : url;
  const box = make('div', '', title, make('p', '', t.goingTo.replace('{host}', () => host)), make('p', 'url', url), make('div', 'actions', cancel, open));
  const dialog = make('dialog', '', box);
  title.id = 'confirm';
  dialog.setAttribute('aria-labelledby', title.id);
  dialog.onclose = () => dialog.remove();
  // The backdrop is the dialog itself, outside of its box.
  dialog.onclick = ({ target }) => {
    if (target === dialog || target === cancel || target === open) dialog.close();
  };
  document.body.append(dialog);
  dialog.showModal();
}
