// What a message answers: above the composer, and inside of the message.
import { Fragment, h } from '../dom.ts';
import { plainWords } from '../preview.ts';
import type { Message } from '../../wire/message.ts';
import { view } from './context.ts';

/** How the visitor is told who has said it. */
export const nameOf = ({ author, author_name }: Message): string => author_name || view.words.t(author === 'visitor' ? 'you' : author === 'operator' ? 'operator' : 'bot');

/** Its author and its words, in two lines at most. */
export function Quote({ message }: { message: Message }) {
  return (
    <Fragment>
      <b>{nameOf(message)}</b>
      <span dir="auto">{plainWords(message) || view.words.t('deleted')}</span>
    </Fragment>
  );
}

/** Shows where a message is, if it is there. */
export function showMessage({ id }: Message): void {
  const row = document.getElementById(id);
  row?.scrollIntoView({ block: 'center' });
  row?.animate({ opacity: [0.2, 1] }, 900);
}
