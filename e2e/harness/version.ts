// Another version of the product: the same code, with other hashes in the names of all scripts and sheets of the widget.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { bin, out, root } from './paths.ts';

const dist = join(root, 'web/widget/dist');
const HASHED = /-([\w-]{8})\.(?:js|css)$/;
const BUILD_MS = 600_000;

export interface Version {
  /** The folder of its programs. */
  programs: string;
  /** Its hash for each of the one that is built. */
  hashes: Map<string, string>;
}

/** Builds it beside the one that is built. */
export async function otherVersion(): Promise<Version> {
  const folder = join(out, 'other-version');
  const programs = join(bin, 'other-version');
  await rm(folder, { recursive: true, force: true });
  const names = (await readdir(dist, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const hashes = new Map<string, string>();
  for (const name of names) {
    const hash = HASHED.exec(name)?.[1];
    // Letters alone, which are good for every kind of name.
    if (hash) hashes.set(hash, createHash('sha256').update(hash).digest('base64').replaceAll(/[^a-zA-Z]/g, '').slice(0, 8));
  }
  const renamed = (text: string) => [...hashes].reduce((so, [hash, other]) => so.replaceAll(hash, other), text);

  // What go:embed finds: no file of the one, and those of the other.
  const replace: Record<string, string> = Object.fromEntries(names.map((name) => [name, '']));
  const put = async (name: string, content: string | Buffer) => {
    const copy = join(folder, name.slice(dist.length));
    await mkdir(dirname(copy), { recursive: true });
    await writeFile(copy, content);
    replace[name] = copy;
  };
  for (const name of names) {
    if (/\.(br|gz|gitkeep)$/.test(name)) continue;
    const text = renamed(await readFile(name, 'utf8'));
    const other = renamed(name);
    await put(other, text);
    if (names.includes(`${name}.br`)) await put(`${other}.br`, brotliCompressSync(text));
    if (names.includes(`${name}.gz`)) await put(`${other}.gz`, gzipSync(text));
  }
  await writeFile(join(folder, 'overlay.json'), JSON.stringify({ Replace: replace }));
  await mkdir(programs, { recursive: true });
  execFileSync('go', ['build', '-overlay', join(folder, 'overlay.json'), '-o', `${programs}/`, './cmd/switchboard', './services/gateway/cmd/gateway'], { cwd: root, stdio: 'inherit', timeout: BUILD_MS });
  return { programs, hashes };
}
