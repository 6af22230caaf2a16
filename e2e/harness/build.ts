// Builds what the tests run, once: the product's programs and those of this folder.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { bin, root } from './paths.ts';

export default function build(): void {
  for (const file of ['web/widget/dist/kw.js', 'web/console/dist/index.html']) {
    if (!existsSync(join(root, file))) throw new Error(`${file} is not built: run make web`);
  }
  execFileSync('go', ['build', '-o', `${bin}/`, './cmd/...', './services/...', './e2e/...'], { cwd: root, stdio: 'inherit', timeout: 900_000 });
}
