// Somebody without a mouse: goes from stop to stop, and must always see where they are.
import { expect, type Frame, type Page } from '@playwright/test';

/** More stops than there are between any two things in a chat. */
const MANY = 60;

/** The frame of the chat. */
export const frameOf = (page: Page): Frame => page.frames().find((frame) => frame.url().includes('/widget/v2/frame/'))!;

/** Whether what has the focus in a document looks other than without it. */
function isShown(): boolean {
  let at = document.activeElement as HTMLElement;
  while (at.shadowRoot?.activeElement) at = at.shadowRoot.activeElement as HTMLElement;
  // What is seen of a control can be beside it, or around it.
  const seen = [at, at.nextElementSibling, at.closest('label'), at.closest('.field')].filter((element) => element !== null);
  const looks = () =>
    seen
      .map((element) => getComputedStyle(element))
      .map(({ outlineStyle, outlineColor, boxShadow }) => (outlineStyle === 'none' || /^rgba.*, 0\)$/.test(outlineColor) ? '' : outlineStyle + outlineColor) + boxShadow)
      .join();
  // A date has several stops: one that was looked at would begin anew.
  if (at === (window as { lookedAt?: Element }).lookedAt) return true;
  (window as { lookedAt?: Element }).lookedAt = at;
  const focused = looks();
  at.blur();
  const without = looks();
  at.focus({ preventScroll: true });
  return focused !== without;
}

/** The document that has the focus: the page's, or the chat's. */
async function focused(page: Page): Promise<Page | Frame> {
  const isInside = await page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.tagName === 'IFRAME');
  return isInside ? frameOf(page) : page;
}

/** What has the focus, and that it can be seen. */
export async function seesFocus(page: Page): Promise<void> {
  const where = await focused(page);
  const what = await where.evaluate(() => (document.activeElement?.shadowRoot?.activeElement ?? document.activeElement)?.outerHTML.slice(0, 160));
  if (what?.startsWith('<body')) return;
  expect(await where.evaluate(isShown), `the focus is seen on ${what}`).toBe(true);
}

/** Presses Tab until what `selector` finds in the chat has the focus; each stop on the way is one that can be seen. */
export async function tabTo(page: Page, selector: string, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  const way: (string | undefined)[] = [];
  for (let i = 0; i < MANY; i++) {
    await page.keyboard.press(key);
    await seesFocus(page);
    if (await frameOf(page).evaluate((s) => document.hasFocus() && !!document.activeElement?.matches(s), selector)) return;
    way.push(await frameOf(page).evaluate(() => document.activeElement?.outerHTML.slice(0, 60)));
  }
  throw new Error(`no way to ${selector} by ${key}, but over ${way.join(' ')}`);
}

/** Presses Tab until the focus has left the chat, for what is made to come after it on the page. */
export async function tabOut(page: Page): Promise<void> {
  await page.evaluate(() => document.body.append(Object.assign(document.createElement('button'), { id: 'after', textContent: 'After' })));
  const isOut = () => page.evaluate(() => document.activeElement?.id === 'after');
  for (let i = 0; i < MANY; i++) {
    await page.keyboard.press('Tab');
    if (await isOut()) return;
  }
  throw new Error('the chat lets nobody out');
}
