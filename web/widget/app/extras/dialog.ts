// Questions and pictures over everything else, as dialogs of the platform: they hold the focus, Escape ends them, and
// the focus goes back to where it came from.
import css from './dialog.css';
import { adopt, make, newId } from './dom.ts';

adopt(css);

/** Opens a dialog with a title and what is under it; it is gone once it is closed. A click beside it closes it. */
export function openDialog(title: string, ...body: (Node | string)[]): HTMLDialogElement {
  const heading = make('h2', '', title);
  const dialog = make('dialog', '', make('div', '', heading, ...body));
  dialog.setAttribute('aria-labelledby', (heading.id = newId()));
  return show(dialog);
}

/** Shows a dialog that is made already. */
export function show(dialog: HTMLDialogElement): HTMLDialogElement {
  dialog.onclose = () => dialog.remove();
  // The backdrop is the dialog itself, outside of its box.
  dialog.onclick = ({ target }) => {
    if (target === dialog) dialog.close();
  };
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}
