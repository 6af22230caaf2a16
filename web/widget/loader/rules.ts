// The bot speaks first: watches what its rules wait for, and shows the first one that comes true, once a page.
import type { Rule } from '../wire/options.ts';
import { makeBubble } from './bubble.ts';
import { matches } from './glob.ts';
import { give, type Launcher } from './parts.ts';

const HOUR_MS = 3_600_000;

export function watchRules(it: Launcher): void {
  const { bot, host, box, look, signal } = it;
  // Of this watch alone.
  const over = new AbortController();
  const watch = { signal: over.signal };
  const end = () => over.abort();
  signal.addEventListener('abort', end);
  const rules: Rule[] = look('rules').filter((rule: Rule) => !isSnoozed(rule));
  let timers: number[] = [];
  let since = Date.now();
  let address = '';
  let scrolled = 0;
  /** For a frame what scrolls may be the page before. */
  let isFresh = false;
  /** Who has talked before may be talking with people, or be waiting for them: the chat says so when it is there. */
  let owner = stored('') ? '' : 'bot';

  function stored(name: string): string | undefined {
    try {
      return localStorage[`kw:${bot}${name}`];
    } catch {
      // Storage is denied: nothing is known of this visitor.
    }
  }

  function isSnoozed({ id }: Rule): boolean {
    return +stored(`:rule:${id}`)! > Date.now();
  }

  function snooze({ id, snooze_h = 24 }: Rule): void {
    try {
      localStorage[`kw:${bot}:rule:${id}`] = Date.now() + snooze_h * HOUR_MS;
    } catch {
      // Storage is denied: it speaks again on the next page.
    }
  }

  const later = (seconds: number) => setTimeout(judge, seconds * 1_000) as unknown as number;

  /** A single-page application has another page now, with a time and a scroll of its own. */
  function arrive(): void {
    if (location.href === address) return;
    isFresh = !!address;
    address = location.href;
    since = Date.now();
    scrolled = 0;
    requestAnimationFrame(() => (isFresh = false));
    timers.forEach(clearTimeout);
    timers = rules.map(({ after_s = 0 }) => later(after_s));
  }

  function judge(isLeaving = false): void {
    arrive();
    // What has come goes before, and people who talk are not interrupted.
    if (owner !== 'bot' || box.classList.contains('open') || box.hidden || box.querySelector('.p :first-child')) return;
    const rule = rules.find(
      ({ after_s = 0, scroll = 0, exit, url }) => Date.now() - since >= after_s * 1_000 - 50 && scrolled >= scroll && (!exit || isLeaving) && (!url || matches(url, address)),
    );
    if (rule) speak(rule);
  }

  /** Nothing is read where nothing is scrolled: a page that is at its top, or has not been filled yet, counts none. */
  function measure({ target }: { target: EventTarget | null }): void {
    arrive();
    const area = target === document ? document.scrollingElement : (target as Element);
    // The page, or what an application has in its place; a text field is neither.
    if (isFresh || !area || area.clientHeight * 2 < innerHeight) return;
    const { scrollTop, scrollHeight, clientHeight } = area;
    scrolled = Math.max(scrolled, Math.ceil((scrollTop / (scrollHeight - clientHeight)) * 100) || 0);
    judge();
  }

  function speak(rule: Rule): void {
    end();
    const start = () => it.obey('start_rule', { id: rule.id, alias: rule.alias });
    const take = () => {
      snooze(rule);
      start();
      it.obey('openchat', 1);
    };
    if (rule.open) {
      start();
      it.withPart('panel', (panel) => panel.toggle(true, true));
      host.addEventListener('kw:closed', () => snooze(rule), { once: true, signal });
      return;
    }
    const bubble = makeBubble(it, take, () => snooze(rule));
    bubble.show(rule.text);
    // Who has opened the chat, or has an answer, has no need of it, and has taken nothing up.
    for (const event of ['kw:opened', 'kw:unread']) host.addEventListener(event, ({ detail }: CustomEventInit) => detail.count !== 0 && bubble.show(), { signal });
  }

  over.signal.addEventListener('abort', () => timers.forEach(clearTimeout));

  // Only on its way down can the scrolling of an element be heard.
  addEventListener('scroll', measure, { ...watch, capture: true });
  addEventListener('popstate', () => judge(), watch);
  // Where there is no Navigation API a route is noticed by what happens next.
  (window as { navigation?: EventTarget }).navigation?.addEventListener('currententrychange', () => judge(), watch);
  document.documentElement.addEventListener('mouseleave', ({ clientY }) => clientY <= 0 && judge(true), watch);
  host.addEventListener('kw:opened', end, watch);
  host.addEventListener('kw:owner', ({ detail }: CustomEventInit) => (owner = detail.kind), watch);
  const ready = () => {
    owner ||= 'bot';
    // What is new is told first.
    timers.push(later(1));
  };
  host.addEventListener('kw:ready', ready, watch);
  measure({ target: document });
}

give<'rules'>(watchRules);
