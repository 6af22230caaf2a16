// The whole panel.
import { formAsked, hasLeftWord, isClosed } from '../desk.ts';
import { Fragment, h } from '../dom.ts';
import { lazy } from '../lazy.ts';
import { activeKeyboard } from '../rows.ts';
import { Avatar } from './avatar.tsx';
import { byChunk } from './chunk.tsx';
import { Composer } from './composer.tsx';
import { view } from './context.ts';
import { CloseIcon, MoreIcon } from './icons.ts';
import { Keyboard } from './keyboard.tsx';
import { List } from './list.tsx';

/** Drawn from `view`; the composer takes the focus whenever `focus` has changed. */
export function App({ focus }: { focus: number }) {
  const { chat, words, options, close } = view;
  const { t } = words;
  const { state } = chat;
  const keyboard = activeKeyboard(state);
  const now = Date.now();
  const form = formAsked(state, options, now);
  return (
    <Fragment>
      <header>
        <Avatar />
        <div class="titles">
          <h1>{options.title || t('title')}</h1>
          <p>{options.subtitle || t('subtitle')}</p>
        </div>
        <button type="button" class="round" aria-label={t('menu')} aria-haspopup="menu" onClick={({ currentTarget }) => void lazy('menu').then(({ open }) => open(view, currentTarget))}>
          <MoreIcon />
        </button>
        {close && (
          <button type="button" class="round" aria-label={t('close')} onClick={close}>
            <CloseIcon />
          </button>
        )}
      </header>
      {!state.connected && (
        <div class="banner" role="status">
          {state.blocked || t(state.loaded || !navigator.onLine ? 'offline' : 'connecting')}
        </div>
      )}
      <List />
      <footer hidden={!!state.blocked}>
        {form && (
          <div class="ask" key={form}>
            {byChunk('rich', options[form]!, (rich) => rich.settingsForm(form, view))}
          </div>
        )}
        {!form && keyboard?.type === 'keyboard' && <Keyboard key={keyboard.id} message={keyboard} active />}
        {!form && state.owner.kind !== 'operator' && isClosed(options.hours, now) && byChunk('side', options.hours!, (side) => side.away(view), hasLeftWord(state, now))}
        {!form && (state.loaded || !options.prechat) && <Composer focus={focus} />}
      </footer>
    </Fragment>
  );
}
