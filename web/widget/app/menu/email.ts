// The conversation to an e-mail address: the gateway writes and sends it.
import { openDialog } from '../extras/dialog.ts';
import { button, make, newId, set } from '../extras/dom.ts';
import type { View } from '../view/context.ts';
import { check, readFields } from '../rich/fields.ts';
import { post, type TokenError } from '../post.ts';

/** Asks for the address and sends it; the dialog says how it went. */
export function sendTranscript({ more: t, chat, words }: View): void {
  const [field] = readFields([{ name: 'email', kind: 'email', required: true }]);
  const input = set(make('input', ''), { type: 'email', id: newId(), autocomplete: 'email', required: true, maxlength: 254, dir: 'ltr', 'aria-describedby': newId() });
  const label = make('label', '', t.emailTo);
  label.htmlFor = input.id;
  const note = set(make('p', ''), { id: input.getAttribute('aria-describedby')!, role: 'status' });
  const submit = make('button', 'primary', t.emailSend);
  const cancel = button('second', () => dialog.close(), t.cancel);
  const form = make('form', 'send-to', label, input, note, make('div', 'actions', cancel, submit));
  form.noValidate = true;
  const say = (text: string, bad: boolean) => {
    note.textContent = text;
    note.className = bad ? 'bad' : '';
    set(input, { 'aria-invalid': String(bad) });
  };
  form.onsubmit = async (event) => {
    event.preventDefault();
    if (submit.disabled) return;
    const email = check(field!, input.value);
    if (typeof email !== 'string') {
      say(t[email.phrase], true);
      return input.focus();
    }
    submit.disabled = true;
    say(t.emailSending, false);
    try {
      await post('transcript', { token: await chat.token(), email, language: words.tag, timezone: Intl.DateTimeFormat().resolvedOptions().timeZone });
      say(t.emailSent.replace('{address}', () => email), false);
      label.remove();
      input.remove();
      cancel.remove();
      submit.replaceWith(button('primary', () => dialog.close(), t.close));
      form.querySelector('button')!.focus();
    } catch (error) {
      const { code, message } = (error as TokenError).problem ?? { code: '', message: '' };
      const own: Record<string, string> = { mail_off: t.emailOff, rate_limited: t.tooOften, blocked: t.blocked, '': t.lost };
      if (message) console.error('[kw]', message);
      say(own[code] ?? t.failed, true);
      submit.disabled = false;
    }
  };
  const dialog = openDialog(t.email, form);
  input.focus();
}
