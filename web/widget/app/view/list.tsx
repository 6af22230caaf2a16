// The talk: a log that a screen reader follows.
import { isClosed } from '../desk.ts';
import { Component, createRef, h } from '../dom.ts';
import { activeKeyboard, toRows, type Row } from '../rows.ts';
import { Avatar } from './avatar.tsx';
import { Bubble } from './bubble.tsx';
import { byChunk } from './chunk.tsx';
import { view } from './context.ts';
import { createStick } from './stick.ts';

/** What the chunk draws once, however often it is said again: a screen reader hears it once, too. */
const [typingMark, thinkingMark, waitingMark, pillMark] = [{}, {}, {}, {}];

/** All that has been said, and what is going on right now. */
export class List extends Component {
  private stick = createStick(() => this.forceUpdate());
  private list = createRef<HTMLDivElement>();
  private rows: Row[] = [];

  override componentDidMount() {
    const list = this.list.current!;
    const observer = new ResizeObserver(() => this.stick.resized(list));
    observer.observe(list);
    observer.observe(list.firstElementChild!);
    this.componentDidUpdate();
  }

  override componentDidUpdate() {
    const { typing, thinking, owner } = view.chat.state;
    const last = this.rows.at(-1);
    this.stick.drawn(this.list.current!, {
      first: this.rows[0]?.key ?? '',
      // What hangs under the last row counts as one: it must come into view too.
      last: [last?.key, !!typing, !!thinking, owner.kind].join(),
      incoming: this.rows.filter((row) => row.kind === 'message' && !row.own).length,
      own: last?.kind === 'message' && last.own && !typing && !thinking,
    });
  }

  override render() {
    const { chat, words, options } = view;
    const { state } = chat;
    const { typing, thinking, partial } = state;
    const { missed, isAway } = this.stick;
    const active = activeKeyboard(state)?.id;
    const typist = typing && (typing.text || words.t(typing.author === 'bot' ? 'bot' : 'operator'));
    this.rows = toRows(state, words.t('operator')).filter(({ kind }) => kind !== 'rating' || options.ask_rating);
    return (
      <main class="body">
        <div
          class="list"
          ref={this.list}
          tabIndex={0}
          role="region"
          aria-label={words.t('messages')}
          onScroll={() => {
            if (this.stick.scrolled(this.list.current!)) void chat.loadOlder();
          }}
        >
          <div class="rows" role="log" aria-live={state.loaded && !state.loadingOlder ? 'polite' : 'off'}>
            {!state.loaded && (
              <div class="skeleton" aria-hidden="true">
                <i />
                <i />
                <i />
              </div>
            )}
            {state.loadingOlder && <div class="notice">{words.t('older')}</div>}
            {this.rows.map((row) => (
              <Line key={row.key} row={row} active={row.key === active} />
            ))}
            {typing && !thinking && !partial && (
              <div class="row other first last live" key="typing">
                <Avatar name={typing.author === 'bot' ? '' : typist} />
                {byChunk('side', typingMark, (side) => side.typing(typist!, view), typist)}
              </div>
            )}
            {thinking && (
              <div class="row other first last live" key="thinking">
                <Avatar />
                {byChunk('side', thinkingMark, (side) => side.thinking(thinking.text), thinking.text)}
              </div>
            )}
            {state.owner.kind === 'queue' && !isClosed(options.hours, Date.now()) && <div key="waiting">{byChunk('side', waitingMark, (side) => side.waiting(view))}</div>}
          </div>
        </div>
        {(missed > 0 || isAway) && byChunk('side', pillMark, (side) => side.pill(missed, view, () => this.stick.toBottom(this.list.current!, true)), missed)}
      </main>
    );
  }
}

function Line({ row, active }: { row: Row; active: boolean }) {
  if (row.kind === 'message') return <Bubble row={row} active={active} />;
  if (row.kind === 'rating') return byChunk('rich', row.message, (rich) => rich.settingsForm('rating', view)) ?? <div />;
  const { t } = view.words;
  const text = row.kind === 'new' ? t('news') : row.kind === 'day' ? dayName(row.time) : row.kind === 'system' ? row.text : t(row.phrase, row.name);
  return (
    <div class={/day|new/.test(row.kind) ? `day is-${row.kind}` : 'notice'} dir="auto">
      {text}
    </div>
  );
}

function dayName(time: string): string {
  const { tag } = view.words;
  const date = new Date(time);
  const now = new Date();
  const day = (of: Date) => new Date(of).setHours(0, 0, 0, 0);
  const days = Math.round((day(now) - day(date)) / 864e5);
  if (days < 2) return new Intl.RelativeTimeFormat(tag, { numeric: 'auto' }).format(-days, 'day');
  return date.toLocaleDateString(tag, { day: 'numeric', month: 'long', year: date.getFullYear() === now.getFullYear() ? undefined : 'numeric' });
}
