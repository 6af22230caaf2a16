// The embed code in its forms, as tabs, to copy.
import { h } from './dom.ts';
import type { Code } from './embed.ts';
import { word } from './controls.ts';
import type { Words } from './words.ts';

export interface Extra {
  /** The address of the page that has nothing but the chat, where that is asked for. */
  page?: string;
}

const TABS = ['html', 'npm', 'old'] as const;

/** Copies a text, or selects it where the browser has no clipboard; returns whether it was copied. */
export async function copy(text: string, fallback?: Node): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Without https there is no clipboard: the keyboard copies what is selected.
    if (fallback) getSelection()?.selectAllChildren(fallback);
    return false;
  }
}

export function makeCodeBox(section: HTMLElement, words: Words, say: (text: string) => void): (code: Code, extra: Extra) => void {
  let now: (typeof TABS)[number] = 'html';
  let shown: Code = { html: '', npm: '', old: '', missing: [] };
  const code = h('code');
  const text = h('pre', { tabIndex: 0, id: 'snippet', role: 'tabpanel' }, code);
  const help = h('p', { className: 'note' });
  const missing = h('p', { className: 'note warn', hidden: true });
  const link = h('a', { target: '_blank', rel: 'noopener' });
  const page = h('p', { className: 'note', hidden: true }, `${word(words, 'code_page')} `, link);

  const draw = () => {
    code.textContent = shown[now];
    help.textContent = words[now === 'html' ? 'code_help' : `code_${now}_help`]!;
    missing.hidden = !shown.missing.length;
    missing.textContent = words.code_missing!.replace('{names}', shown.missing.map((key) => word(words, key)).join(', '));
    for (const [i, tab] of tabs.entries()) {
      tab.setAttribute('aria-selected', String(TABS[i] === now));
      tab.tabIndex = TABS[i] === now ? 0 : -1;
    }
    text.setAttribute('aria-labelledby', `tab-${now}`);
  };
  const choose = (name: (typeof TABS)[number]) => {
    now = name;
    draw();
  };
  const tabs = TABS.map((name, i) =>
    h('button', {
      type: 'button',
      id: `tab-${name}`,
      role: 'tab',
      'aria-controls': 'snippet',
      onclick: () => choose(name),
      onkeydown(event) {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (!step) return;
        const next = (i + step + TABS.length) % TABS.length;
        choose(TABS[next]!);
        tabs[next]!.focus();
      },
    }, words[`tab_${name}`]),
  );
  const button = h('button', { type: 'button', className: 'quiet', id: 'copy', onclick: async () => say(words[(await copy(shown[now], code)) ? 'copied' : 'copy_by_hand']!) }, words.copy);
  section.append(
    h('div', { className: 'line' }, h('h2', {}, words.code), h('div', { role: 'tablist', className: 'tabs', 'aria-label': words.code! }, ...tabs), button),
    help,
    text,
    missing,
    page,
    h('p', { className: 'note' }, words.code_origin),
  );
  return (next, extra) => {
    shown = next;
    page.hidden = !extra.page;
    link.href = link.textContent = extra.page ?? '';
    draw();
  };
}
