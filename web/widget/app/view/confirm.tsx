// Shows where a button's link leads before it is opened: the label is the bot's, the host is the truth.
import { useEffect, useRef } from 'preact/hooks';
import { useView } from './context.ts';

/** The pop-up for an http or https address. A dialog of the platform: it holds the focus, Escape ends it. */
export function ConfirmLink({ url, done }: { url: string; done(): void }) {
  const { words } = useView();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} onClose={done} aria-labelledby="confirm" onClick={(event) => event.target === dialog.current && dialog.current?.close()}>
      <div>
        <h2 id="confirm">{words.t('openLink')}</h2>
        <p>{words.t('openLinkHost', { host: hostOf(url) })}</p>
        <p class="url">{url}</p>
        <div class="actions">
          <button type="button" class="second" onClick={() => dialog.current?.close()}>
            {words.t('cancel')}
          </button>
          <a class="primary" href={url} target="_blank" rel="noopener noreferrer nofollow" onClick={() => dialog.current?.close()}>
            {words.t('open')}
          </a>
        </div>
      </div>
    </dialog>
  );
}

function hostOf(url: string): string {
  try {
    return new URL(url).host;
  } catch {
    return url;
  }
}
