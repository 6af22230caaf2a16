// Shows where a button's link leads before it is opened: the label is the bot's, the host is the truth.
import { OUTSIDE } from '../links.ts';
import type { View } from '../view/context.ts';
import { openDialog } from './dialog.ts';
import { button, make } from './dom.ts';

/** Asks about an http or https address. */
export function confirmLink(url: string, { more: t }: Pick<View, 'more'>): void {
  const host = URL.canParse(url) ? new URL(url).host : url;
  const close = () => dialog.close();
  const open = Object.assign(make('a', 'primary', t.open), { href: url, ...OUTSIDE, onclick: close });
  const actions = make('div', 'actions', button('second', close, t.cancel), open);
  const dialog = openDialog(t.openLink, make('p', '', t.goingTo.replace('{host}', () => host)), make('p', 'url', url), actions);
}
