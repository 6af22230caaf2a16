// Buttons to answer with: a keyboard over the composer, and inline ones under a message.
import { h } from '../dom.ts';
import { lazy, loaded } from '../lazy.ts';
import { safeBackground } from '../../wire/css.ts';
import type { Button, Message } from '../../wire/message.ts';
import { view } from './context.ts';
import { LinkIcon } from './icons.ts';

/** The buttons of a message. Where they are not active only links still work. */
export function Keyboard({ message, active, inline }: { message: Message; active: boolean; inline?: boolean }) {
  return (
    <div class={inline ? 'inline' : 'keyboard'} role="group" aria-label={view.words.t('keyboard')}>
      {Array.isArray(message.buttons) && message.buttons.map((button) => <Key button={button} active={active} />)}
    </div>
  );
}

function Key({ button, active }: { button: Button; active: boolean }) {
  const { Text, ActionType = 'reply', ActionBody = '', Columns, BgColor, TextColor } = button;
  const isLink = ActionType === 'open-url';
  const url = isLink && /^https?:\/\//i.test(ActionBody) && ActionBody;
  const style = { gridColumn: `span ${Math.min(Math.max(Math.round(Columns!) || 6, 1), 6)}`, ...colors(BgColor, TextColor) };
  if (ActionType === 'none') {
    return (
      <span class="key" style={style} dir="auto">
        {Text}
      </span>
    );
  }
  const press = async () => {
    if (url) (await lazy('extras')).confirmLink(url, view);
    else view.chat.press(button);
  };
  return (
    <button type="button" class="key" style={style} dir="auto" disabled={!url && (isLink || !active || !!view.chat.state.thinking)} onClick={press}>
      {Text}
      {url && <LinkIcon />}
    </button>
  );
}

function colors(background?: string, color?: string) {
  if (!safeBackground(background)) return {};
  const text = safeBackground(color) ? color : '#fff';
  const paint = loaded('paint');
  if (!paint) lazy('paint').then(view.redraw, () => {});
  return { background, borderColor: 'transparent', color: paint ? paint.choose(background, text) : text };
}
