// Where the visitor writes.
import { Component, createRef, h } from '../dom.ts';
import { lazy } from '../lazy.ts';
import { MAX_TEXT } from '../../wire/message.ts';
import { view } from './context.ts';
import { ClipIcon, SendIcon } from './icons.ts';

/** From here on the visitor is told how much room is left. */
const NEARLY_FULL = MAX_TEXT - 200;
const MAX_HEIGHT = 140;

/** Files were chosen, dropped or pasted. Pasted words may bring their own picture along: it is left out. */
const attach = (event: Event & Partial<ClipboardEvent & DragEvent>) => {
  const { clipboardData, dataTransfer, target } = event;
  // Also where nothing is taken: the browser would go to the file.
  if (dataTransfer) event.preventDefault();
  const files = [...((clipboardData ?? dataTransfer ?? (target as HTMLInputElement)).files ?? [])];
  if (files[0] && view.options.uploads && !clipboardData?.getData('text')) void lazy('extras').then(({ upload }) => upload(files, view));
};
document.onpaste = document.ondrop = document.ondragover = attach;

/**
 * Grows with the text, sends on Enter, breaks the line on Shift+Enter, and leaves an input method alone.
 * While an agent is thinking it keeps the draft and says why it does not send.
 */
export class Composer extends Component<{ focus: number }, { text: string; full: boolean }> {
  override state = { text: view.draft, full: false };
  private field = createRef<HTMLTextAreaElement>();

  override componentDidMount() {
    this.componentDidUpdate({ focus: 0 });
  }

  override componentDidUpdate({ focus }: { focus: number }) {
    const field = this.field.current!;
    // Its height is given up first: a text that has become shorter would keep it.
    field.style.height = 'auto';
    field.style.height = `${Math.min(field.scrollHeight, MAX_HEIGHT)}px`;
    if (focus !== this.props.focus) field.focus({ preventScroll: true });
  }

  private edit(text: string) {
    this.setState({ text, full: false });
    view.keepDraft(text);
  }

  /** What the visitor has to know about the text, and whether it can be sent. */
  private judge(): { hint: string; bad?: boolean; can: boolean } {
    const { chat, words } = view;
    const { text, full } = this.state;
    const length = text.length < NEARLY_FULL ? text.length : [...text.trim()].length;
    const can = !!text.trim() && length <= MAX_TEXT && !chat.state.thinking;
    if (full) return { hint: words.t('full'), bad: true, can };
    if (length > MAX_TEXT) return { hint: words.t('tooLong', { n: length - MAX_TEXT }), bad: true, can };
    if (chat.state.thinking && text) return { hint: words.t('thinkingBlocks'), can };
    return { hint: length >= NEARLY_FULL ? words.t('charsLeft', { n: MAX_TEXT - length }) : '', can };
  }

  private send = (event: Event) => {
    event.preventDefault();
    if (!this.judge().can) return;
    if (!view.chat.sendText(this.state.text)) return this.setState({ full: true });
    this.edit('');
    this.field.current!.focus();
  };

  override render() {
    const { chat, words, options } = view;
    const { hint, bad, can } = this.judge();
    return (
      <form onSubmit={this.send}>
        <p class={bad ? 'hint bad' : 'hint'} id="hint" role="status">
          {hint}
        </p>
        <div class="field">
          {options.uploads && (
            <label class="round">
              <input class="hidden" type="file" multiple aria-label={words.t('attach')} onChange={attach} />
              <ClipIcon />
            </label>
          )}
          <textarea
            ref={this.field}
            rows={1}
            dir="auto"
            value={this.state.text}
            placeholder={words.t('write')}
            aria-label={words.t('write')}
            aria-describedby="hint"
            enterkeyhint="send"
            onInput={(event) => {
              this.edit(event.currentTarget.value);
              chat.typing();
            }}
            onKeyDown={(event) => {
              // 229: Safari ends a composition before the Enter that ended it.
              if (event.key === 'Enter' && !event.shiftKey && !event.isComposing && event.keyCode !== 229) this.send(event);
            }}
          />
          <button class="send" disabled={!can} aria-label={words.t('send')}>
            <SendIcon />
          </button>
        </div>
      </form>
    );
  }
}
