// Where the visitor writes.
import { Component, createRef, h } from '../dom.ts';
import { lazy } from '../lazy.ts';
import { talk } from '../store.ts';
import { MAX_TEXT } from '../../wire/message.ts';
import { byChunk } from './chunk.tsx';
import { view } from './context.ts';
import { ClipIcon, SendIcon, SmileIcon } from './icons.ts';

/** From here on the visitor is told how much room is left. */
const NEARLY_FULL = MAX_TEXT - 200;
const MAX_HEIGHT = 140;
/** Phones have emoji on their keyboards. */
const FINE = matchMedia('(pointer: fine)').matches;

/** Files were chosen, dropped or pasted. Pasted words may bring their own picture along: it is left out. */
const attach = (event: Event & Partial<ClipboardEvent & DragEvent>) => {
  const { clipboardData, dataTransfer } = event;
  const target = event.target as HTMLInputElement;
  // Also where nothing is taken: the browser would go to the file, or the link. Words may be dropped into a field.
  if (dataTransfer && (!target.form || dataTransfer.types.includes('Files'))) event.preventDefault();
  const files = [...((clipboardData ?? dataTransfer ?? target).files ?? [])];
  if (files[0] && view.options.uploads && !view.chat.state.thinking && document.querySelector('footer:not([hidden]) #hint') && !clipboardData?.getData('text')) void lazy('extras').then(({ upload }) => upload(files, view));
};
document.onpaste = document.ondrop = document.ondragover = attach;

/**
 * Grows with the text, sends on Enter, breaks the line on Shift+Enter, and leaves an input method alone.
 * While an agent is thinking it keeps the draft and says why it does not send.
 */
export class Composer extends Component<{ focus: number }, { full: boolean }> {
  override state = { full: false };
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
    view.keepDraft(text);
    this.setState({ full: false });
  }

  /** What the visitor has to know about the text, and whether it can be sent. */
  private judge(): { hint: string; bad?: boolean; can: boolean } {
    const { chat, words } = view;
    const { full } = this.state;
    const text = view.draft;
    const length = text.length < NEARLY_FULL ? text.length : [...text.trim()].length;
    const can = !!text.trim() && length <= MAX_TEXT && !chat.state.thinking;
    if (full) return { hint: words.t('full'), bad: true, can };
    if (chat.state.thinking && text) return { hint: words.t('thinkingBlocks'), can };
    return { hint: length >= NEARLY_FULL ? words.t('charsLeft', (MAX_TEXT - length).toLocaleString(words.tag)) : '', bad: length > MAX_TEXT, can };
  }

  private send = (event: Event) => {
    event.preventDefault();
    if (!this.judge().can) return;
    if (!view.chat.sendText(view.draft)) return this.setState({ full: true });
    this.edit('');
    this.field.current!.focus();
  };

  private keys = (event: KeyboardEvent) => {
    const { key } = event;
    const { chat } = view;
    const { reply } = chat.state;
    // 229: Safari ends a composition before the Enter that ended it.
    if (key === 'Enter' && !event.shiftKey && !event.isComposing && event.keyCode !== 229) this.send(event);
    else if (key === 'Escape' && reply && !event.isComposing) {
      event.preventDefault();
      chat.replyTo();
    } else if (/^Arrow(Up|Down)$/.test(key) && !view.draft) void lazy('side').then(({ choose }) => choose(view, key === 'ArrowUp'));
  };

  private emoji = ({ currentTarget }: { currentTarget: HTMLElement }) =>
    void lazy('emoji').then(({ open }) =>
      open(view, currentTarget, (emoji) => {
        this.field.current!.focus();
        // As if it was typed: at the caret, and to be taken back.
        document.execCommand('insertText', false, emoji);
      }),
    );

  override render() {
    const { chat, words, options } = view;
    const { hint, bad, can } = this.judge();
    const { reply, thinking } = chat.state;
    // As its author has left it.
    const now = reply && talk(chat.state).find(({ id }) => id === reply.id);
    return (
      <form onSubmit={this.send}>
        {reply && byChunk('side', reply, (side) => side.answering(now ?? reply, view), now)}
        <p class={bad ? 'hint bad' : 'hint'} id="hint" role="status">
          {hint}
        </p>
        <div class="field">
          {options.uploads && (
            <label class="round">
              <input class="hidden" type="file" multiple disabled={!!thinking} aria-label={words.t('attach')} onChange={attach} />
              <ClipIcon />
            </label>
          )}
          <textarea
            ref={this.field}
            rows={1}
            dir="auto"
            value={view.draft}
            placeholder={words.t('write')}
            aria-label={words.t('write')}
            aria-describedby="hint"
            enterkeyhint="send"
            onInput={(event) => {
              this.edit(event.currentTarget.value);
              chat.typing();
            }}
            onKeyDown={this.keys}
          />
          {FINE && (
            <button type="button" class="round" aria-label={words.t('emoji')} onClick={this.emoji}>
              <SmileIcon />
            </button>
          )}
          <button class="send" disabled={!can} aria-label={words.t('send')}>
            <SendIcon />
          </button>
        </div>
      </form>
    );
  }
}
