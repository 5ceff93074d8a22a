// Builds the console into dist/apps/console, from where the API serves it.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress } from 'node:zlib';

/** Names what the files were made of; the last one to be written. */
const MADE_OF = '.made-of';

/** Brings dist/apps/console up to date. Fails with an Error that says where a file does not parse. */
export async function buildConsole(root) {
  const source = join(root, 'apps/console');
  if (!existsSync(join(source, 'index.html'))) return;
  const target = join(root, 'dist/apps/console');
  const made = await digestOf(root, source);
  if ((await readFile(join(target, MADE_OF), 'utf8').catch(() => '')) === made) return;

  // Two builds may run at once, and an API may serve the old files meanwhile: so the new ones come as a whole.
  const fresh = `${target}.${process.pid}.new`;
  await bundle(settings(root, source, fresh));
  await compress(fresh);
  await writeFile(join(fresh, MADE_OF), made);
  await rm(target, { recursive: true, force: true });
  await rename(fresh, target).catch(() => rm(fresh, { recursive: true, force: true }));
}

/** Puts a compressed copy beside each file: the API would need half a second for them whenever it starts. */
async function compress(folder) {
  const paths = await filesIn(folder);
  await Promise.all(
    paths.map(async (path) => writeFile(`${path}.br`, await promisify(brotliCompress)(await readFile(path)))),
  );
}

async function filesIn(folder) {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** Vite sets NODE_ENV to production, and the command that runs after the build would believe it. */
async function bundle(config) {
  const before = process.env.NODE_ENV;
  const { build } = await import('vite');
  try {
    await build(config);
  } finally {
    if (before === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = before;
  }
}

/** Leaves out ways of drawing that no chart of the console uses: 2 KB, compressed. */
const lineChartsOnly = {
  name: 'line-charts-only',
  transform: {
    filter: { id: /uPlot\.esm\.js$/ },
    handler(code) {
      const unused = /\(paths\.(?:stepped|bars|spline) *= \w+\);/g;
      const without = code.replaceAll(unused, '');
      if (without.length === code.length) throw new Error('uPlot names its ways of drawing otherwise.');
      return { code: without, map: null };
    },
  },
};

const settings = (root, source, outDir) => ({
  root: source,
  configFile: false,
  envFile: false,
  publicDir: false,
  base: '/console/',
  logLevel: 'error',
  resolve: { conditions: ['source', 'module', 'browser', 'production'] },
  plugins: [lineChartsOnly],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir,
    emptyOutDir: true,
    target: 'es2024',
    cssTarget: ['chrome125', 'firefox125', 'safari18'],
    // Everything is a file of its own: the policy of the page allows nothing inline.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
});

async function digestOf(root, source) {
  const digest = createHash('sha256');
  const paths = await filesIn(source);
  const shared = ['package-lock.json', 'tools/build/console.mjs', 'libs/client/client.ts'];
  for (const path of [...paths.toSorted(), ...shared.map((name) => join(root, name))])
    digest.update(path).update(await readFile(path));
  return digest.digest('hex');
}
