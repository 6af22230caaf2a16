// Measures what the widget costs a page: `make bench-widget`. Not a test: it asserts nothing.
import { defineConfig } from '@playwright/test';
import tests from './playwright.config.ts';

export default defineConfig({
  ...tests,
  testDir: 'bench',
  retries: 0,
  projects: [{ name: 'all-in-one', use: { deploymentKind: 'all-in-one' } } as object],
});
