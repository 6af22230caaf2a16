import type { Options } from '../../wire/options.ts';
import { Avatar } from './avatar.tsx';
import { useView } from './context.ts';
import { CloseIcon } from './icons.tsx';

/** The chat's heading and the way out. */
export function Header({ options }: { options: Options }) {
  const { words, close } = useView();
  return (
    <header>
      <Avatar url={options.avatar_url ?? ''} />
      <div class="titles">
        <h1>{options.title || words.t('title')}</h1>
        <p>{options.subtitle || words.t('subtitle')}</p>
      </div>
      <button type="button" class="round" aria-label={words.t('close')} onClick={close}>
        <CloseIcon />
      </button>
    </header>
  );
}
