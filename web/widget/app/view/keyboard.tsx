// Buttons to answer with: a keyboard over the composer, and inline ones under a message.
import { canvasResolve, readable, type Resolve } from '../colors.ts';
import { safeBackground } from '../../wire/css.ts';
import type { Button, Message } from '../../wire/message.ts';
import { useView } from './context.ts';
import { LinkIcon } from './icons.tsx';

/** The keyboard of the newest message: it takes the whole width and goes after the choice. */
export function Keyboard({ message }: { message: Message }) {
  const { words } = useView();
  return (
    <div class="keyboard" role="group" aria-label={words.t('keyboard')}>
      {message.buttons?.map((button, i) => (
        <Key key={i} button={button} active />
      ))}
    </div>
  );
}

/** Buttons under a message; when it has been answered only links still work. */
export function InlineKeyboard({ message, active }: { message: Message; active: boolean }) {
  return (
    <div class="inline">
      {message.buttons?.map((button, i) => (
        <Key key={i} button={button} active={active} />
      ))}
    </div>
  );
}

function Key({ button, active }: { button: Button; active: boolean }) {
  const { chat, confirmLink } = useView();
  const type = button.ActionType ?? 'reply';
  const url = type === 'open-url' && /^https?:\/\//i.test(button.ActionBody ?? '') ? button.ActionBody! : '';
  const style = { gridColumn: `span ${Math.min(Math.max(Math.round(Number(button.Columns) || 6), 1), 6)}`, ...colors(button) };
  if (type === 'none') {
    return (
      <span class="key" style={style} dir="auto">
        {button.Text}
      </span>
    );
  }
  const isOff = !url && (type === 'open-url' || !active || !!chat.state.thinking);
  return (
    <button type="button" class="key" style={style} dir="auto" disabled={isOff} onClick={() => (url ? confirmLink(url) : chat.press(button))}>
      <span>{button.Text}</span>
      {url && <LinkIcon />}
    </button>
  );
}

let resolve: Resolve | undefined;

function colors({ BgColor, TextColor }: Button) {
  if (!safeBackground(BgColor)) return {};
  resolve ??= canvasResolve();
  return { background: BgColor, borderColor: 'transparent', color: readable(BgColor, safeBackground(TextColor) ? TextColor : '#ffffff', resolve) };
}
