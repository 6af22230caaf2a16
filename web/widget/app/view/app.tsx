// The whole panel.
import { useEffect, useState } from 'preact/hooks';
import type { Chat } from '../chat.ts';
import type { Translator } from '../i18n.ts';
import { activeKeyboard } from '../rows.ts';
import type { Options } from '../../wire/options.ts';
import { Composer } from './composer.tsx';
import { ConfirmLink } from './confirm.tsx';
import { ViewContext } from './context.ts';
import { Header } from './header.tsx';
import { Keyboard } from './keyboard.tsx';
import { List } from './list.tsx';

/** What the panel is drawn from. */
export interface AppProps {
  chat: Chat;
  words: Translator;
  options: Options;
  draft: string;
  keepDraft(text: string): void;
  close(): void;
  focus: number;
  /** Why the gateway will not let this page in. */
  refused: boolean;
}

export function App({ chat, words, options, draft, keepDraft, close, focus, refused }: AppProps) {
  const [link, setLink] = useState('');
  const { state } = chat;
  const keyboard = activeKeyboard(state);

  useEffect(() => {
    // A dialog of the platform takes its own Escape; this is the next layer.
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && !event.isComposing && !document.querySelector('dialog[open]')) close();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [close]);

  return (
    <ViewContext.Provider value={{ chat, words, avatar: options.avatar_url ?? '', confirmLink: setLink, close }}>
      <Header options={options} />
      {refused && <div class="notice">{words.t('refused')}</div>}
      {!state.connected && !refused && (
        <div class="banner" role="status">
          {words.t(state.loaded || !navigator.onLine ? 'offline' : 'connecting')}
        </div>
      )}
      <List state={state} />
      <footer>
        {keyboard?.type === 'keyboard' && <Keyboard key={keyboard.id} message={keyboard} />}
        <Composer draft={draft} keepDraft={keepDraft} blocked={!!state.thinking || refused} focus={focus} />
      </footer>
      {link && <ConfirmLink url={link} done={() => setLink('')} />}
    </ViewContext.Provider>
  );
}
