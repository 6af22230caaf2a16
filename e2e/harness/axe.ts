// What a machine can tell of accessibility: WCAG 2.2 AA, with axe, in every frame of a page.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from '@playwright/test';

declare const axe: { run(options: object): Promise<{ violations: { id: string; nodes: { target: unknown[]; failureSummary?: string }[] }[] }> };

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const path = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** The rules that the page breaks, of all or of these, with where and why; it should be an empty list. */
export async function violations(page: Page, rules?: string[]): Promise<string[]> {
  const source = await readFile(path, 'utf8');
  // As the debugger does it, so that no policy of the page stands in its way.
  for (const frame of page.frames()) await frame.evaluate(source).catch(() => {}); // it may just have gone
  return page.evaluate(async (runOnly) => {
    const { violations: found } = await axe.run({ runOnly });
    return found.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary = '' }) => `${id}: ${target.flat().join(' ')}: ${failureSummary.replaceAll(/\s+/g, ' ')}`));
  }, rules ?? TAGS);
}
