// Builds what the tests run, once: the product's programs and those beside it. Not the load tool, which has
// its own place and its own build.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { bin, root } from './paths.ts';

export default function build(): void {
  for (const file of ['web/widget/dist/kw.js', 'web/console/dist/index.html']) {
    if (!existsSync(join(root, file))) throw new Error(`${file} is not built: run make web`);
  }
  execFileSync('go', ['build', '-o', `${bin}/`, './cmd/...', './services/...', './e2e/crm', './e2e/nats'], { cwd: root, stdio: 'inherit', timeout: 900_000 });
}
