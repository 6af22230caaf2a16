import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vitest/config';

/** Finds what the build has under hashed names where its source is: ./side-source.js is app/side/side.ts. */
const sources: Plugin = {
  name: 'sources',
  enforce: 'pre',
  resolveId(id) {
    const [, folder, name] = /\/(?:(words|locale)-)?(\w+)-source\.js$/.exec(id) ?? [];
    if (!name) return undefined;
    return fileURLToPath(new URL(`app/${folder?.replace('locale', 'locales') ?? name}/${name}.ts`, import.meta.url));
  },
};

/** A sheet is a text that nobody looks at. */
const sheets: Plugin = { name: 'sheets', enforce: 'pre', load: (id) => (id.endsWith('.css') ? 'export default ""' : undefined) };

export default defineConfig({
  plugins: [sources, sheets],
  define: { CHUNKS: '"source"' },
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    environment: 'node',
    setupFiles: ['test/setup.ts'],
    testTimeout: 10_000,
    restoreMocks: true,
  },
});
