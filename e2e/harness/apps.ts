// Single-page applications on the customer's site (apps/), bundled as a customer bundles them.
import { join } from 'node:path';
import { build } from 'esbuild';
import { root } from './paths.ts';

export const APPS = ['react', 'vue', 'plain-app'] as const;

const built = new Map<string, Promise<string>>();

/** The script of an app by its path, or nothing. */
export async function appScript(path: string): Promise<string | undefined> {
  const name = /^\/apps\/([\w-]+)\.js$/.exec(path)?.[1];
  if (!APPS.some((app) => app === name)) return undefined;
  if (!built.has(path)) built.set(path, bundle(name!));
  return built.get(path);
}

async function bundle(name: string): Promise<string> {
  const source = join(root, 'web/package/src');
  const { outputFiles } = await build({
    entryPoints: [join(root, 'e2e/apps', `${name}.js`)],
    bundle: true,
    write: false,
    format: 'esm',
    jsx: 'automatic',
    // One React for the app and the package.
    nodePaths: [join(root, 'e2e/node_modules')],
    alias: {
      '@switchboard/widget/react': join(source, 'react.tsx'),
      '@switchboard/widget': join(source, 'index.ts'),
      react: join(root, 'e2e/node_modules/react'),
      vue: join(root, 'e2e/node_modules/vue/dist/vue.runtime.esm-bundler.js'),
    },
    define: { 'process.env.NODE_ENV': '"development"', __VUE_OPTIONS_API__: 'true', __VUE_PROD_DEVTOOLS__: 'false', __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false' },
    logLevel: 'warning',
  });
  return outputFiles[0]!.text;
}
