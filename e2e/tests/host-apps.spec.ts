// Single-page applications: whatever the routes are, there is one widget at a place, and in the end one that works.
import { expect, test } from '../harness/test.ts';
import { Widget } from '../harness/visitor.ts';

const ROUTES = ['home', 'basket', 'user', 'chat', 'none'];
/** SEED repeats a run. */
const seed = Number(process.env.SEED ?? Date.now() % 1e9);

interface App {
  go(route: string): void;
  kw_event?(name: string, payload?: unknown): void;
}

for (const app of ['react', 'vue', 'plain-app'])
  test(`${app}: routes, and commands between them`, async ({ deployment, site, admin, page }) => {
    expect(admin).toBeTruthy();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(String(error)));
    await page.goto(site.hard(app, deployment.url));
    await page.waitForFunction(() => 'go' in window);

    const done = await page.evaluate(
      async ([routes, start]) => {
        const app = window as unknown as App;
        let state = start;
        // mulberry32
        const dice = (below: number) => {
          state = (state + 0x6d2b79f5) | 0;
          let t = Math.imul(state ^ (state >>> 15), 1 | state);
          t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
          return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
        };
        const done: string[] = [];
        for (let i = 0; i < 60; i++) {
          const step = dice(8);
          const [name, payload] = [['show'], ['hide'], ['openchat', 1], ['openchat', 0], ['destroy']][step] ?? [];
          const route = routes[dice(routes.length)]!;
          done.push(String(name ?? route));
          if (name) app.kw_event?.(name as string, payload);
          else app.go(route);
          // Sometimes the page takes a breath, and scripts and frames come in between.
          if (!dice(4)) await new Promise((resolve) => requestAnimationFrame(resolve));
          const widgets = document.querySelectorAll('kw-widget');
          const places = new Set(Array.from(widgets, (widget) => widget.parentElement));
          if (widgets.length > places.size) return `${widgets.length} widgets at ${places.size} places after ${done.join()}`;
          for (const widget of widgets) if (widget.shadowRoot!.querySelectorAll('iframe').length > 1) return `two frames after ${done.join()}`;
        }
        app.go('none');
        return '';
      },
      [ROUTES, seed] as const,
    );
    expect(done, `SEED=${seed}`).toBe('');
    await expect(page.locator('kw-widget')).toHaveCount(0);
    expect(page.frames()).toHaveLength(1);

    await page.evaluate(() => (window as unknown as App).go('home'));
    const widget = new Widget(page);
    await widget.show();
    await widget.hears('What can I do for you?');
    expect(errors).toEqual([]);
  });
