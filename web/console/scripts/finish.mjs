// Finishes a build: writes .br and .gz beside each compressible file, and fails when what a first
// visit downloads is more than the budget.
import { readFile, readdir, writeFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const dist = fileURLToPath(new URL("../dist/", import.meta.url));
const budget = 250_000; // bytes of JavaScript and CSS, gzip
const compressible = new Set([".html", ".js", ".css", ".svg", ".json", ".txt"]);

const gzipped = new Map();
for (const entry of await readdir(dist, { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath, entry.name);
  if (!entry.isFile() || !compressible.has(extname(path))) continue;
  const plain = await readFile(path);
  const gz = gzipSync(plain, { level: 9 });
  const br = brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
  await writeFile(`${path}.gz`, gz);
  await writeFile(`${path}.br`, br);
  gzipped.set(path.slice(dist.length).replaceAll("\\", "/"), gz.length);
}

// The entry, what it preloads and its styles: all of them are named in index.html.
const html = await readFile(join(dist, "index.html"), "utf8");
const initial = [...html.matchAll(/(?:src|href)="\/console\/([^"]+\.(?:js|css))"/g)].map((m) => m[1]);
const total = initial.reduce((sum, name) => sum + gzipped.get(name), 0);
console.log(`initial JS and CSS: ${(total / 1000).toFixed(1)} kB gzip of ${budget / 1000} kB (${initial.length} files)`);
if (initial.length === 0 || total > budget) {
  console.error(`finish: want 1 to ${budget} bytes in index.html's scripts and styles, got ${total}`);
  process.exit(1);
}
