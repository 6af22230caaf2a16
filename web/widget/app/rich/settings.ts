// The forms of the bot's settings.
import { icon, make } from '../extras/dom.ts';
import type { View } from '../view/context.ts';
import { drawForm, type Asked, type Drawn } from './form.ts';

const TICK = 'm5 12.500 4.500 4.500L19 7.500';

/** Draws one; once it has been sent it only says thank you. */
export function drawSettingsForm(kind: 'prechat' | 'offline' | 'rating', view: View): Drawn {
  const { more: t, options } = view;
  const isRating = kind === 'rating';
  const asked: Asked = isRating
    ? {
        text: t.rate,
        fields: [
          { name: 'rating', kind: 'rating', style: 'stars', required: true },
          { name: 'rating_comment', kind: 'long_text', placeholder: t.rateMore },
        ],
      }
    : { ...options[kind], submit: options[kind]?.submit || (kind === 'prechat' ? t.begin : '') };
  let last: { values: Record<string, string>; text: string } | undefined;
  const send = (values: Record<string, string>, text: string) => {
    if (!view.chat.answer(kind, values, text)) return false;
    over();
    form.node.replaceChildren(make('p', 'thanks', icon(TICK), t.thankYou));
    return true;
  };
  const form = drawForm(asked, isRating ? '' : `form:${kind}`, view, send, isRating);
  form.node.classList.add('of-settings');
  // Who has chosen a step and leaves, or writes on, without a comment has rated.
  const leave = () => {
    if (last) view.chat.answer(kind, last.values, last.text);
    over();
  };
  const gone = new MutationObserver(() => form.node.isConnected || leave());
  const over = () => {
    last = undefined;
    gone.disconnect();
    removeEventListener('pagehide', leave);
  };
  if (isRating) {
    form.node.addEventListener('change', () => {
      const chosen = form.node.querySelector<HTMLInputElement>('input:checked')?.value;
      last = chosen ? { values: { rating: chosen }, text: `⭐ ${chosen}/5` } : undefined;
      gone.observe(document, { childList: true, subtree: true });
      addEventListener('pagehide', leave);
    });
  }
  return form;
}
