// The main thread's time for the loader on a slow computer, and what opening the chat moves on the page.
import type { CDPSession, Page } from '@playwright/test';
import { test } from '../harness/test.ts';
import { Widget } from '../harness/visitor.ts';

const RUNS = 15;
const SLOWER = 4;

interface TraceEvent {
  name: string;
  /** When it began, and the thread's own time in it, in microseconds. */
  ts: number;
  dur?: number;
  tdur?: number;
  args?: { data?: { url?: string; scriptName?: string }; fileName?: string; beginData?: { url?: string } };
}

/** What scripts of ours took of the page's main thread, compiling included, in milliseconds. */
async function traced(cdp: CDPSession, run: () => Promise<void>): Promise<number> {
  const events: TraceEvent[] = [];
  const collect = ({ value }: { value: object[] }) => void events.push(...(value as TraceEvent[]));
  cdp.on('Tracing.dataCollected', collect);
  await cdp.send('Tracing.start', { transferMode: 'ReportEvents', traceConfig: { includedCategories: ['devtools.timeline', 'v8.execute', 'v8'] } });
  await run();
  const complete = new Promise((resolve) => cdp.once('Tracing.tracingComplete', resolve));
  await cdp.send('Tracing.end');
  await complete;
  cdp.off('Tracing.dataCollected', collect);
  const isOurs = ({ args }: TraceEvent) => /\/widget\/v2\//.test(args?.data?.url ?? args?.data?.scriptName ?? args?.fileName ?? '');
  let end = 0;
  let sum = 0;
  for (const { ts, dur = 0, tdur = dur } of events.filter((event) => /^(EvaluateScript|FunctionCall)$/.test(event.name) && isOurs(event)).toSorted((a, b) => a.ts - b.ts)) {
    // One that is inside of another has been counted.
    if (ts < end) continue;
    end = ts + dur;
    sum += tdur;
  }
  return sum / 1000;
}

const middle = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
const spread = (values: number[]) => `${middle(values).toFixed(1)} (${Math.min(...values).toFixed(1)}–${Math.max(...values).toFixed(1)})`;

async function shifts(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        new PerformanceObserver((list) => resolve(list.getEntries().reduce((sum, entry) => sum + (entry as unknown as { value: number }).value, 0))).observe({ type: 'layout-shift', buffered: true });
        setTimeout(resolve, 500, 0);
      }),
  );
}

test('what the loader costs', async ({ deployment, site, admin: _admin, browser }) => {
  test.setTimeout(300_000);
  const loading: number[] = [];
  const opening: number[] = [];
  const moved: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const context = await browser.newContext();
    const page = await context.newPage();
    const cdp = await context.newCDPSession(page);
    await cdp.send('Emulation.setCPUThrottlingRate', { rate: SLOWER });
    const widget = new Widget(page);
    loading.push(
      await traced(cdp, async () => {
        await page.goto(site.origin + site.page(deployment.url, 'Olena'));
        await widget.launcher.waitFor();
      }),
    );
    opening.push(await traced(cdp, () => widget.open()));
    moved.push(await shifts(page));
    await context.close();
  }
  console.log(`main thread of the page at ${SLOWER} × slower, ms: loader ${spread(loading)}, opening ${spread(opening)}; layout shift ${Math.max(...moved)}; ${RUNS} runs`);
});
