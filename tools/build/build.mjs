// Compiles the TypeScript sources into build/, file by file, with the same layout, and bundles what ships into dist/. Types are
// checked by tsc in the gate.
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { bundle } from './bundle.mjs';
import { buildConsole } from './console.mjs';
import { llmsFiles } from './llms.mjs';

const SOURCES = ['apps', 'commands', 'modules', 'libs', 'tools', 'bench'];
/** The browser part has a build of its own: console.mjs. */
const ELSEWHERE = join('apps', 'console') + sep;
/** Names what dist/ was made of; its last file to be written. */
const MADE_OF = '.made-of';

/**
 * Brings build/ and, unless `bundled` is false, dist/ up to date: writes what changed, removes what has no source any more,
 * leaves everything else untouched, and replaces files by renaming, so that a process that runs from there meanwhile never
 * reads half a file. Fails with an Error that names every file that does not parse.
 */
export async function build(root, { bundled = true } = {}) {
  const [compiled] = await Promise.all([compile(root), buildConsole(root)]);
  if (bundled) await ship(root, compiled);
}

/** Returns a digest of what it compiled. */
async function compile(root) {
  const { transformFile } = await import('@swc/core');
  const target = join(root, 'build');
  const sources = (await Promise.all(SOURCES.map((dir) => filesIn(join(root, dir)))))
    .flat()
    .map((path) => relative(root, path))
    .filter((path) => /(?<!\.d|\.spec)\.ts$/.test(path) && !path.startsWith(ELSEWHERE))
    .toSorted();
  const outputs = sources.map((source) => join(target, source.replace(/\.ts$/, '.js')));

  const results = await Promise.allSettled(
    sources.map((source, index) =>
      transformFile(join(root, source), {
        cwd: root,
        configFile: join(root, '.swcrc'),
        swcrc: false,
        sourceFileName: relative(dirname(outputs[index]), join(root, source)),
      }),
    ),
  );
  const broken = results.filter(({ status }) => status === 'rejected');
  if (broken.length > 0) {
    // Below the place and the reason, swc adds its own call stack.
    const reasons = broken.map(({ reason }) => reason.message.split('\nCaused by:')[0].trim());
    throw new Error(`the build failed\n${reasons.join('\n\n')}`);
  }

  const digest = createHash('sha256');
  for (const [index, { value }] of results.entries()) digest.update(sources[index]).update(value.code);
  await Promise.all(results.map(({ value }, index) => place(outputs[index], value)));
  await removeStale(target, outputs);
  return digest.digest('hex');
}

/** Writes dist/ when what it was made of is not the same any more: the compiled code, the packages, the way to bundle them. */
async function ship(root, compiled) {
  const dist = join(root, 'dist');
  const digest = createHash('sha256').update(compiled);
  for (const path of ['package-lock.json', 'tools/build/bundle.mjs'])
    digest.update(await readFile(join(root, path)));
  const made = digest.digest('hex');
  for (const [name, text] of Object.entries(await llmsFiles(root))) await replace(join(dist, name), text);
  if ((await readFile(join(dist, MADE_OF), 'utf8').catch(() => '')) === made) return;

  const files = await bundle(root);
  await Promise.all(files.map(([path, content]) => replace(path, content)));
  await removeStale(
    dist,
    files.map(([path]) => path),
  );
  await replace(join(dist, MADE_OF), made);
}

async function filesIn(dir) {
  const entries = await readdir(dir, { withFileTypes: true, recursive: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

async function place(output, { code, map }) {
  // The map goes first: code without its map would be reported with wrong lines.
  await replace(`${output}.map`, map);
  const name = output.slice(dirname(output).length + 1);
  await replace(output, `${code}//# sourceMappingURL=${name}.map\n`);
}

async function replace(path, content) {
  if ((await readFile(path, 'utf8').catch(() => undefined)) === content) return;
  await mkdir(dirname(path), { recursive: true });
  const fresh = `${path}.${process.pid}.new`;
  await writeFile(fresh, content);
  await rename(fresh, path);
}

/** Compiled files whose source was deleted or renamed would still be imported, found by tests and shipped. */
async function removeStale(target, outputs) {
  const current = new Set(outputs.flatMap((path) => [path, `${path}.map`]));
  const stale = (await filesIn(target)).filter(
    (path) =>
      /\.js(\.map)?$/.test(path) && !current.has(path) && !relative(target, path).startsWith(ELSEWHERE),
  );
  await Promise.all(stale.map((path) => rm(path, { force: true })));
}
