import { defineConfig } from '@playwright/test';
import { launchArgs } from './harness/chromium.ts';
import type { Options } from './harness/test.ts';

export default defineConfig<object, Options>({
  testDir: 'tests',
  outputDir: 'out/results',
  globalSetup: './harness/build.ts',
  // A deployment is several processes beside a browser: one at a time is the quickest on a small machine.
  workers: 1,
  timeout: 60_000,
  expect: { timeout: 15_000, toHaveScreenshot: { maxDiffPixelRatio: 0.02 } },
  snapshotPathTemplate: '{testDir}/__screenshots__/{arg}{ext}',
  forbidOnly: !!process.env.CI,
  reporter: [['list']],
  use: {
    locale: 'en-GB',
    // A click that waits for nothing to move does not see that the frame does.
    contextOptions: { reducedMotion: 'reduce' },
    viewport: { width: 1280, height: 800 },
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    actionTimeout: 15_000,
    video: 'off', // it would want a download of its own
    launchOptions: { executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: launchArgs },
  },
  projects: [
    // Here the storage of a frame from another site throws: the worst case there is.
    { name: 'all-in-one', testIgnore: 'rolling.spec.ts', use: { deploymentKind: 'all-in-one' } },
    // And here it is partitioned, as in a browser that nobody drives: for what is kept, in a tab or in all.
    { name: 'partitioned', testMatch: /\b(main|storage|outage|tabs|chat|news|trust|commands)\.spec\.ts$/, use: { deploymentKind: 'all-in-one', partitioned: true } },
    // Not what a page and its frame do among themselves: they are the same files.
    { name: 'services', testIgnore: /\b(bytes|code|demo|gallery|host|host-apps|host-places|keyboard|looks|rich|storage|visual)\.spec\.ts$/, use: { deploymentKind: 'services' } },
  ],
});
