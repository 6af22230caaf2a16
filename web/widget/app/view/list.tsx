// The talk: a log that a screen reader follows.
import { activeKeyboard, toRows, type Row } from '../rows.ts';
import type { State } from '../store.ts';
import { Avatar } from './avatar.tsx';
import { Bubble } from './bubble.tsx';
import { useView } from './context.ts';
import { DownIcon } from './icons.tsx';
import { useStick } from './scroll.ts';

/** All that has been said, and what is going on right now. */
export function List({ state }: { state: State }) {
  const { chat, words, avatar } = useView();
  const rows = toRows(state, words.t('operator'));
  const active = activeKeyboard(state);
  const last = rows.at(-1);
  const { list, missed, away, onScroll, toBottom } = useStick(
    {
      first: rows[0]?.key ?? '',
      // What hangs under the last row counts as one: it must come into view too.
      last: `${last?.key}${state.typing ? '+typing' : ''}${state.thinking ? '+thinking' : ''}${state.owner.kind}`,
      incoming: rows.filter((row) => row.kind === 'message' && !row.own).length,
      own: last?.kind === 'message' && last.own && !state.typing && !state.thinking,
    },
    () => void chat.loadOlder(),
  );
  const typing = state.thinking ? undefined : state.typing;
  const typist = typing ? typing.name || words.t(typing.author) : '';
  return (
    <div class="body">
      {/* A scroll area must be reachable by keyboard. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div class="list" ref={list} onScroll={onScroll} tabIndex={0} role="region" aria-label={words.t('messages')}>
        <div class="rows" role="log" aria-live={state.loaded && !state.loadingOlder ? 'polite' : 'off'} aria-busy={!state.loaded}>
          {!state.loaded && <Skeleton />}
          {state.loadingOlder && <div class="notice">{words.t('older')}</div>}
          {rows.map((row) => (
            <Line key={row.key} row={row} active={row.key === active?.id} />
          ))}
          {typing && (
            <div class="row other first last live" key="typing">
              <Avatar url={typing.author === 'bot' ? avatar : ''} name={typing.author === 'operator' ? typist : ''} />
              <div class="bubble dots">
                <span class="hidden">{words.t('typing', { name: typist })}</span>
                <i />
                <i />
                <i />
              </div>
            </div>
          )}
          {state.thinking && (
            <div class="row other first last live" key="thinking">
              <Avatar url={avatar} />
              <div class="bubble thinking" dir="auto">
                <i />
                <span>{state.thinking.text}</span>
              </div>
            </div>
          )}
          {state.owner.kind === 'queue' && (
            <div class="waiting" key="waiting">
              <i />
              <div>
                <b>{words.t('waiting')}</b>
                <p>{words.t('waitingMore')}</p>
              </div>
            </div>
          )}
        </div>
      </div>
      {(missed > 0 || away) && (
        <button type="button" class={missed ? 'pill' : 'pill round'} aria-label={missed ? undefined : words.t('toBottom')} onClick={() => toBottom(true)}>
          <DownIcon />
          {missed > 0 && words.t('newMessages', { n: missed })}
        </button>
      )}
    </div>
  );
}

function Line({ row, active }: { row: Row; active: boolean }) {
  const { words } = useView();
  switch (row.kind) {
    case 'day':
      return <div class="day">{dayName(row.time, words)}</div>;
    case 'notice':
      return <div class="notice">{words.t(row.phrase, { name: row.name })}</div>;
    case 'system':
      return (
        <div class="notice" dir="auto">
          {row.text}
        </div>
      );
    case 'message':
      return <Bubble row={row} active={active} />;
  }
}

/** The shape of a talk while the first page is on its way; nothing for a screen reader. */
function Skeleton() {
  return (
    <div class="skeleton" aria-hidden="true">
      <i />
      <i />
      <i />
    </div>
  );
}

function dayName(time: string, { tag, t }: ReturnType<typeof useView>['words']): string {
  const date = new Date(time);
  const now = new Date();
  const days = Math.round((new Date(now).setHours(0, 0, 0, 0) - new Date(date).setHours(0, 0, 0, 0)) / 86_400_000);
  if (days === 0) return t('today');
  if (days === 1) return t('yesterday');
  const year = date.getFullYear() === now.getFullYear() ? {} : ({ year: 'numeric' } as const);
  return date.toLocaleDateString(tag, { day: 'numeric', month: 'long', ...year });
}
