// Bundles the page. usage: node build.mjs DASHBOARD.json OUT.js      esbuild and all else is looked up where this file is run from
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const [dashboard, outfile] = process.argv.slice(2);
const esbuild = createRequire(path.resolve('package.json'))('esbuild');

// Grafana's libraries as CommonJS: their ES modules end in .mjs, from which esbuild, like Node, would take a React component that
// a CommonJS package exports as its default for an object.
const asCommonJs = {
  name: 'as-commonjs',
  setup(build) {
    build.onResolve({ filter: /^@grafana\// }, ({ path, kind, resolveDir, pluginData }) => (
      pluginData === 'again' || kind === 'require-call' ? null
        : build.resolve(path, { kind: 'require-call', resolveDir, pluginData: 'again' })
    ));
  },
};

await esbuild.build({
  entryPoints: [fileURLToPath(new URL('page.tsx', import.meta.url))],
  outfile, bundle: true, format: 'iife', jsx: 'automatic', logLevel: 'error', plugins: [asCommonJs],
  alias: { 'dashboard.json': path.resolve(dashboard) },
  nodePaths: [path.resolve('node_modules')],
  define: { 'process.env.NODE_ENV': '"production"' },
  loader: { '.svg': 'dataurl', '.png': 'dataurl', '.woff2': 'dataurl', '.ttf': 'dataurl' },
});
