// The whole panel.
import { Fragment, h } from '../dom.ts';
import { activeKeyboard } from '../rows.ts';
import { Avatar } from './avatar.tsx';
import { Composer } from './composer.tsx';
import { view } from './context.ts';
import { CloseIcon } from './icons.ts';
import { Keyboard } from './keyboard.tsx';
import { List } from './list.tsx';

/** Drawn from `view`; the composer takes the focus whenever `focus` has changed. */
export function App({ focus }: { focus: number }) {
  const { chat, words, options, close } = view;
  const { t } = words;
  const { state } = chat;
  const keyboard = activeKeyboard(state);
  return (
    <Fragment>
      <header>
        <Avatar />
        <div class="titles">
          <h1>{options.title || t('title')}</h1>
          <p>{options.subtitle || t('subtitle')}</p>
        </div>
        <button type="button" class="round" aria-label={t('close')} onClick={close}>
          <CloseIcon />
        </button>
      </header>
      {!state.connected && (
        <div class="banner" role="status">
          {state.blocked || t(state.loaded || !navigator.onLine ? 'offline' : 'connecting')}
        </div>
      )}
      <List />
      <footer hidden={!!state.blocked}>
        {keyboard?.type === 'keyboard' && <Keyboard key={keyboard.id} message={keyboard} active />}
        <Composer focus={focus} />
      </footer>
    </Fragment>
  );
}
