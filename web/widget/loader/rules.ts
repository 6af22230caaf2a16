// The bot speaks first: watches what its rules wait for, and shows the first one that comes true, once a page.
import type { Rule } from '../wire/options.ts';
import { makeBubble } from './bubble.ts';
import { matches } from './glob.ts';
import { give, type Launcher } from './parts.ts';

const HOUR_MS = 3_600_000;

export function watchRules(it: Launcher): void {
  const { bot, host, box, look, signal } = it;
  // Both are of this watch alone.
  const over = new AbortController();
  const watch = { passive: true, signal: AbortSignal.any ? AbortSignal.any([signal, over.signal]) : over.signal };
  signal.addEventListener('abort', () => over.abort());
  const rules: Rule[] = look('rules').filter((rule: Rule) => !isSnoozed(rule));
  let timers: number[] = [];
  let since = Date.now();
  let address = '';
  let scrolled = 0;

  function isSnoozed({ id }: Rule): boolean {
    try {
      return +localStorage[`kw:${bot}:rule:${id}`] > Date.now();
    } catch {
      return false;
    }
  }

  function snooze({ id, snooze_h = 24 }: Rule): void {
    try {
      localStorage[`kw:${bot}:rule:${id}`] = String(Date.now() + snooze_h * HOUR_MS);
    } catch {
      // Storage is denied: it speaks again on the next page.
    }
  }

  /** A single-page application has another page now, with a time and a scroll of its own. */
  function arrive(): void {
    if (location.href === address) return;
    address = location.href;
    since = Date.now();
    scrolled = 0;
    timers.forEach(clearTimeout);
    timers = rules.map(({ after_s = 0 }) => setTimeout(judge, after_s * 1_000) as unknown as number);
  }

  function judge(isLeaving = false): void {
    arrive();
    // What has come goes before.
    if (box.classList.contains('open') || box.hidden || box.querySelector('.p :first-child')) return;
    const { scrollHeight, clientHeight } = document.documentElement;
    scrolled = Math.max(scrolled, scrollHeight > clientHeight ? ((scrollY + clientHeight) / scrollHeight) * 100 : 100);
    const rule = rules.find(
      ({ after_s = 0, scroll = 0, exit, url }) => Date.now() - since >= after_s * 1_000 - 50 && scrolled >= scroll && (!exit || isLeaving) && (!url || matches(url, address)),
    );
    if (rule) speak(rule);
  }

  function speak(rule: Rule): void {
    end();
    const take = () => {
      snooze(rule);
      it.obey('start_rule', { id: rule.id, alias: rule.alias });
      it.obey('openchat', 1);
    };
    if (rule.open) {
      it.obey('start_rule', { id: rule.id, alias: rule.alias });
      it.withPart('panel', (panel) => panel.toggle(true, true));
      host.addEventListener('kw:closed', () => snooze(rule), { once: true, signal });
      return;
    }
    const bubble = makeBubble(it, take, () => snooze(rule));
    bubble.show(rule.text);
    // Who has opened the chat, or has an answer, has no need of it, and has taken nothing up.
    for (const event of ['kw:opened', 'kw:unread']) host.addEventListener(event, ({ detail }: CustomEventInit) => detail.count !== 0 && bubble.show(), { signal });
  }

  function end(): void {
    over.abort();
    timers.forEach(clearTimeout);
  }
  over.signal.addEventListener('abort', () => timers.forEach(clearTimeout));

  addEventListener('scroll', () => judge(), watch);
  addEventListener('popstate', () => judge(), watch);
  // Where there is no Navigation API a route is noticed by what happens next.
  (window as { navigation?: EventTarget }).navigation?.addEventListener('currententrychange', () => judge(), watch);
  document.documentElement.addEventListener('mouseleave', ({ clientY }) => clientY <= 0 && judge(true), watch);
  host.addEventListener('kw:opened', end, watch);
  judge();
}

give<'rules'>(watchRules);
