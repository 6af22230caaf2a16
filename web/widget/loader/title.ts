// The number of unread messages in the page's title, of all widgets together.
type Shared = { counts?: Map<string, number>; ours?: string; before?: string };

/** What the widgets of a page have in common; each has loaded a script of its own. */
const shared = (window as unknown as { __kw: Shared }).__kw;

/** Puts the number before the title; none gives the title back as it was, unless the page has changed it meanwhile. */
export function countInTitle(bot: string, count: number): void {
  const counts = (shared.counts ??= new Map());
  counts.set(bot, count);
  if (document.title !== shared.ours) shared.before = document.title;
  const sum = [...counts.values()].reduce((a, b) => a + b, 0);
  shared.ours = sum ? `(${sum > 99 ? '99+' : sum}) ${shared.before}` : shared.before!;
  if (document.title !== shared.ours) document.title = shared.ours;
}
