// Builds dist/: the loader, the frame, the demo page, each asset also pre-compressed. Fails when what
// a visitor's browser has to load is more than the budget allows.
import { build, transform } from 'esbuild';
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { fileURLToPath } from 'node:url';
import { minify } from 'terser';

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, 'dist');

/** Bytes after gzip -9. */
const BUDGET = { loader: 3_000, rules: 2_000, open: 25_000, chunk: 12_000, words: 2_000 };

/** The chunks of app/lazy.ts: each is app/<name>/<name>.ts. */
const CHUNKS = ['extras', 'rich', 'menu', 'emoji', 'custom', 'polling', 'side', 'paint'];

const common = {
  absWorkingDir: here,
  bundle: true,
  minify: true,
  charset: 'utf8',
  target: ['es2022', 'chrome109', 'firefox115', 'safari16'],
  legalComments: 'none',
  logLevel: 'warning',
  define: { 'process.env.NODE_ENV': '"production"' },
  write: false,
  metafile: true,
};

/**
 * Names that only the app itself knows, made short: none is of the wire, of the browser, of the locales, which are
 * looked up by text, or of what the chunks use.
 * A name that is missing here costs some bytes and breaks nothing.
 */
const OWN = 'ackTimeout active blocked changed componentDidMount componentDidUpdate connectTimeout connected current delivery draft drawn begin engage forceUpdate forget fresh heartbeat incoming isAway jump judge keepDraft kids loaded loadingOlder logout look lost missed phrase proceed quoted reconnect redraw resized restore resume scrolled seenElsewhere sendText setParams setReadiness setState settled stableAfter stick suspend toBottom unknown wake'.split(' ');

/** Fails if a name is not the app's own after all. */
async function checkOwn() {
  const own = `(${OWN.join('|')})\\b`;
  const rules = [
    [new RegExp(`^\\s*${own}\\??:`, 'm'), 'app/locales/en.ts', 'wire/message.ts', 'wire/options.ts', 'wire/frame.ts'],
    [new RegExp(`\\b(?:view|chat|state|options|words|receiver)\\.${own}`), ...(await Promise.all(CHUNKS.map(async (chunk) => (await readdir(join(here, 'app', chunk))).map((name) => `app/${chunk}/${name}`)))).flat()],
  ];
  for (const [rule, ...sources] of rules)
    for (const source of sources) {
      const found = rule.exec(await readFile(join(here, source), 'utf8'));
      if (found) throw new Error(`build.mjs: OWN has "${found[1]}", which is a name of ${source}`);
    }
}

/** Squeezes scripts once more: worth 3 % of every visit. Their names are of what esbuild has made; the meaning is the same. */
const squeeze = {
  name: 'squeeze',
  setup(b) {
    b.onEnd(async ({ outputFiles }) => {
      for (const file of outputFiles) {
        let { contents } = file;
        if (file.path.endsWith('.js')) {
          const module = b.initialOptions.format === 'esm';
          const options = { ecma: 2022, passes: 6, sequences: !module, lhs_constants: !module, unsafe_arrows: true, pure_getters: true };
          const { code } = await minify(file.text, { module, compress: options, format: { ecma: 2022 } });
          contents = Buffer.from(code);
        }
        await mkdir(dirname(file.path), { recursive: true });
        await writeFile(file.path, contents);
      }
    });
  },
};

/** Gives a script its sheet as a minified text. */
const cssText = {
  name: 'css-text',
  setup(b) {
    b.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await transform(await readFile(path, 'utf8'), { loader: 'css', minify: true, target: common.target });
      return { contents: code.trim(), loader: 'text' };
    });
  },
};

async function clean() {
  await mkdir(dist, { recursive: true });
  for (const name of await readdir(dist)) if (name !== '.gitkeep') await rm(join(dist, name), { recursive: true });
}

/** Names that only the loader's own scripts know, made short, the same ones in each. */
const LOADER_OWN = 'base block bot box button calls command fire given host layers leave look obey refuse settle shape show who withPart'.split(' ');
const PARTS = ['panel', 'preview', 'guest', 'rules', 'channels', 'check'];

/** Returns the paths of the loader's other scripts. Their names end with the hash of all, which the loader carries. */
async function loader() {
  // The hash is of what is squeezed, and of what squeezes.
  const squeezer = await readFile(join(here, 'node_modules/terser/package.json'), 'utf8');
  const script = { ...common, format: 'iife', tsconfigRaw: {}, mangleProps: new RegExp(`^(${LOADER_OWN.join('|')})$`) };
  const entryPoints = PARTS.map((name) => `loader/${name}.ts`);
  const { outputFiles, mangleCache } = await build({ ...script, plugins: [cssText], entryPoints: ['loader/kw.ts', ...entryPoints], outdir: 'dist/assets', mangleCache: {}, define: { ...common.define, HASH: '""' } });
  const hash = createHash('sha256').update(outputFiles.map(({ text }) => text).join('') + squeezer).digest('base64url').replace(/[-_]/g, '').slice(0, 8);
  const last = { ...script, plugins: [cssText, squeeze], mangleCache, define: { ...common.define, HASH: JSON.stringify(hash) } };
  await build({ ...last, entryPoints, outdir: 'dist/assets', entryNames: `[name]-${hash}` });
  await build({ ...last, entryPoints: ['loader/kw.ts'], outfile: 'dist/kw.js' });
  return Object.fromEntries(PARTS.map((name) => [name, `dist/assets/${name}-${hash}.js`]));
}

/** Writes the loader's words and icons, which the gateway sends with the settings, and fails where a language has other keys than English. */
async function words() {
  const all = {};
  for (const file of await readdir(join(here, 'loader/words'))) all[file.replace('.json', '')] = JSON.parse(await readFile(join(here, 'loader/words', file), 'utf8'));
  for (const [language, texts] of Object.entries(all))
    if (Object.keys(texts).join() !== Object.keys(all.en).join()) throw new Error(`build.mjs: loader/words/${language}.json has other keys than en.json, or another order`);
  await writeFile(join(dist, 'words.json'), JSON.stringify(all));
  await writeFile(join(dist, 'icons.json'), await readFile(join(here, 'loader/icons.json')));
}

/**
 * Returns the chunks and the words by name with the paths of all that one loads, and the hash in their names, which is
 * one for all: the app then has to know only that. They share nothing with the app.
 */
async function chunks() {
  const words = async (kind, folder) => (await readdir(join(here, folder))).map((name) => [`${kind}-${name.replace('.ts', '')}`, `${folder}/${name}`]);
  const entryPoints = Object.fromEntries([...CHUNKS.map((name) => [name, `app/${name}/${name}.ts`]), ...(await words('words', 'app/words')), ...(await words('locale', 'app/locales'))]);
  const { metafile } = await build({ ...common, format: 'esm', splitting: true, plugins: [cssText, squeeze], entryPoints, outdir: 'dist/assets', entryNames: '[name]', chunkNames: 'shared-[hash]' });
  const names = Object.keys(entryPoints);
  const path = (name, suffix = '') => `dist/assets/${name}${suffix}.js`;
  const contents = await Promise.all(names.map((name) => readFile(join(here, path(name)))));
  const hash = createHash('sha256').update(Buffer.concat(contents)).digest('base64url').slice(0, 8);
  const paths = await Promise.all(
    names.map(async (name) => {
      await rename(join(here, path(name)), join(here, path(name, `-${hash}`)));
      const { imports } = metafile.outputs[path(name)];
      return [name, [path(name, `-${hash}`), ...imports.filter(({ kind }) => kind === 'import-statement').map((i) => i.path)]];
    }),
  );
  return { hash, paths: Object.fromEntries(paths) };
}

/** Returns the paths of the app's scripts and its sheet. */
async function frame(hash) {
  const { metafile } = await build({
    ...common,
    define: { ...common.define, CHUNKS: JSON.stringify(hash) },
    entryPoints: { app: 'app/main.tsx', style: 'app/style/main.css' },
    outdir: 'dist/assets',
    format: 'esm',
    splitting: true,
    mangleProps: new RegExp(`^(${OWN.join('|')})$`),
    plugins: [squeeze],
    jsxFactory: 'h',
    jsxFragment: 'Fragment',
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
  });
  const outputs = Object.entries(metafile.outputs).map(([path, output]) => ({ ...output, path, name: path.slice('dist/assets/'.length) }));
  const entry = (source) => outputs.find((output) => output.entryPoint === source);
  const app = entry('app/main.tsx');
  const style = entry('app/style/main.css');
  const html = (await readFile(join(here, 'app/index.html'), 'utf8')).replace('{{css}}', style.name).replace('{{js}}', app.name);
  await mkdir(join(dist, 'frame'), { recursive: true });
  await writeFile(join(dist, 'frame/index.html'), html);
  const shared = app.imports.filter((i) => i.kind === 'import-statement').map((i) => i.path);
  return { app: [app.path, ...shared], style: style.path };
}

/** The demo shop with the pictures of its teas, and the configurator with the page in its preview. */
async function demo() {
  const entryPoints = { demo: 'demo/demo', configurator: 'demo/configurator/main', preview: 'demo/configurator/preview' };
  const sheets = ['demo/demo.css', 'demo/configurator/configurator.css', 'demo/configurator/preview.css'];
  const entries = [...Object.entries(entryPoints).map(([out, path]) => ({ in: `${path}.ts`, out })), ...sheets.map((path) => ({ in: path, out: path.replace(/.*\/|\.css/g, '') }))];
  await build({ ...common, entryPoints: entries, outdir: 'dist/demo', format: 'iife', write: true });
  for (const page of ['index', 'configurator/configurator', 'configurator/preview']) await writeFile(join(dist, `demo/${page.replace(/.*\//, '')}.html`), await readFile(join(here, `demo/${page}.html`)));
  for (const name of await readdir(join(here, 'demo/teas'))) await writeFile(join(dist, 'demo', name), await readFile(join(here, 'demo/teas', name)));
}

async function* files(folder) {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* files(path);
    else yield path;
  }
}

/** Writes .gz and .br beside each file; returns the sizes by path. */
async function compress() {
  const sizes = {};
  for await (const path of files(dist)) {
    if (path.endsWith('.gitkeep')) continue;
    const data = await readFile(path);
    const gz = gzipSync(data, { level: 9 });
    const br = brotliCompressSync(data, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: data.length } });
    await writeFile(`${path}.gz`, gz);
    await writeFile(`${path}.br`, br);
    sizes[relative(here, path)] = { raw: data.length, gz: gz.length, br: br.length };
  }
  return sizes;
}

/** Prints the sizes and returns whether they keep to the budget. */
function report(sizes, { panel, rules }, { app, style }, lazy) {
  const line = (name, { raw, gz, br }) => console.log(`${name.padEnd(34)}${String(raw).padStart(8)}${String(gz).padStart(8)}${String(br).padStart(8)}`);
  console.log(`${'file'.padEnd(34)}${'raw'.padStart(8)}${'gzip'.padStart(8)}${'brotli'.padStart(8)}`);
  for (const [name, size] of Object.entries(sizes)) line(name, size);
  // The largest locale: no visitor loads more than one.
  const locales = Object.entries(lazy).filter(([name]) => name.startsWith('locale-'));
  const [locale] = locales.flatMap(([, paths]) => paths).toSorted((a, b) => sizes[b].gz - sizes[a].gz);
  const open = ['dist/kw.js', panel, 'dist/frame/index.html', ...app, style, locale];
  const total = open.reduce((sum, name) => sum + sizes[name].gz, 0);
  const results = [
    ['loader', sizes['dist/kw.js'].gz, BUDGET.loader],
    ['rules', sizes[rules].gz, BUDGET.rules],
    ['before and at open', total, BUDGET.open],
  ];
  for (const [name, paths] of Object.entries(lazy)) {
    const isWords = /^(words|locale)-/.test(name);
    const size = paths.reduce((sum, path) => sum + sizes[path].gz, 0);
    if (!isWords || size > BUDGET.words) results.push([isWords ? name : `chunk ${name}`, size, isWords ? BUDGET.words : BUDGET.chunk]);
  }
  for (const [what, size, budget] of results) console.log(`${size <= budget ? 'ok  ' : 'OVER'} ${what}: ${size} of ${budget} bytes gzip`);
  return results.every(([, size, budget]) => size <= budget);
}

await clean();
await checkOwn();
const loaderParts = await loader();
await words();
const lazy = await chunks();
const parts = await frame(lazy.hash);
await demo();
if (!report(await compress(), loaderParts, parts, lazy.paths)) process.exitCode = 1;
