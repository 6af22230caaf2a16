// Where the visitor writes.
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { MAX_TEXT } from '../../wire/message.ts';
import { useView } from './context.ts';
import { SendIcon } from './icons.tsx';

/** What the composer needs; `draft` is read once. */
export interface ComposerProps {
  draft: string;
  keepDraft(text: string): void;
  /** Why nothing can be sent now; the draft stays. */
  blocked: boolean;
  /** Changes when the composer is to take the focus. */
  focus: number;
}

/** From here on the visitor is told how much room is left. */
const NEARLY_FULL = MAX_TEXT - 200;

/** Grows with the text, sends on Enter, breaks the line on Shift+Enter, and leaves an input method alone. */
export function Composer({ draft, keepDraft, blocked, focus }: ComposerProps) {
  const { chat, words } = useView();
  const [text, setText] = useState(draft);
  const [full, setFull] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const length = text.length < NEARLY_FULL ? text.length : [...text].length;
  const canSend = !!text.trim() && length <= MAX_TEXT && !blocked;

  useLayoutEffect(() => {
    const { style, scrollHeight } = grow(field.current!);
    style.height = `${Math.min(scrollHeight, 140)}px`;
  }, [text]);
  useLayoutEffect(() => {
    if (focus) field.current?.focus({ preventScroll: true });
  }, [focus]);

  const edit = (value: string) => {
    setText(value);
    setFull(false);
    keepDraft(value);
  };
  const send = () => {
    if (!canSend) return;
    if (!chat.sendText(text)) return setFull(true);
    edit('');
    field.current?.focus();
  };
  const hint = full
    ? words.t('full')
    : blocked
      ? words.t('thinkingBlocks')
      : length > MAX_TEXT
        ? words.t('tooLong', { n: length - MAX_TEXT })
        : length >= NEARLY_FULL
          ? words.t('charsLeft', { n: MAX_TEXT - length })
          : '';

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <p class={length > MAX_TEXT || full ? 'hint bad' : 'hint'} id="hint" role="status">
        {hint}
      </p>
      <div class="field">
        <textarea
          ref={field}
          rows={1}
          dir="auto"
          value={text}
          placeholder={words.t('write')}
          aria-label={words.t('write')}
          aria-describedby="hint"
          enterkeyhint="send"
          onInput={(event) => {
            edit(event.currentTarget.value);
            chat.typing();
          }}
          onKeyDown={(event) => {
            // 229: Safari ends a composition before the Enter that ended it.
            if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return;
            event.preventDefault();
            send();
          }}
        />
        <button type="submit" class="send" disabled={!canSend} aria-label={words.t('send')}>
          <SendIcon />
        </button>
      </div>
    </form>
  );
}

/** Gives up its height first: a text that has become shorter would keep it. */
function grow(field: HTMLTextAreaElement): HTMLTextAreaElement {
  field.style.height = 'auto';
  return field;
}
