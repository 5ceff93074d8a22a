// Compiles the TypeScript sources into dist/, file by file, with the same layout. Types are checked by tsc in the gate.
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { llmsFiles } from './llms.mjs';

const SOURCES = ['apps', 'commands', 'modules', 'libs', 'tools', 'bench'];
/** Sources that no installation runs: the workshop, and what only tests and examples import. */
const NOT_SHIPPED = /^(tools|bench)\/|\/(testing|fixtures|examples)\//;
/** The browser part has a build of its own. */
const ELSEWHERE = join('apps', 'console') + sep;

/**
 * Brings dist/ up to date: writes what changed, removes what has no source any more, leaves everything else untouched, and
 * replaces files by renaming, so that a process that runs from dist/ meanwhile never reads half a file.
 * With `production` it holds what ships and nothing else. Returns whether anything changed. Fails with an Error that names
 * every file that does not parse.
 */
export async function build(root, { production = false } = {}) {
  const { transformFile } = await import('@swc/core');
  const dist = join(root, 'dist');
  const sources = (await Promise.all(SOURCES.map((dir) => filesIn(join(root, dir)))))
    .flat()
    .map((path) => relative(root, path))
    .filter((path) => /(?<!\.d|\.spec)\.ts$/.test(path) && !path.startsWith(ELSEWHERE))
    .filter((path) => !production || !NOT_SHIPPED.test(path.replaceAll(sep, '/')));
  const outputs = sources.map((source) => join(dist, source.replace(/\.ts$/, '.js')));

  const compiled = await Promise.allSettled(
    sources.map((source, index) =>
      transformFile(join(root, source), {
        cwd: root,
        configFile: join(root, '.swcrc'),
        swcrc: false,
        sourceFileName: relative(dirname(outputs[index]), join(root, source)),
      }),
    ),
  );
  const broken = compiled.filter(({ status }) => status === 'rejected');
  if (broken.length > 0) {
    // Below the place and the reason, swc adds its own call stack.
    const reasons = broken.map(({ reason }) => reason.message.split('\nCaused by:')[0].trim());
    throw new Error(`the build failed\n${reasons.join('\n\n')}`);
  }

  const written = await Promise.all(compiled.map(({ value }, index) => place(outputs[index], value)));
  for (const [name, text] of Object.entries(await llmsFiles(root))) await replace(join(dist, name), text);
  const removed = await removeStale(dist, new Set(outputs));
  return removed || written.some(Boolean);
}

async function filesIn(dir) {
  const entries = await readdir(dir, { withFileTypes: true, recursive: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

async function place(output, { code, map }) {
  await mkdir(dirname(output), { recursive: true });
  // The map goes first: code without its map would be reported with wrong lines.
  const mapChanged = await replace(`${output}.map`, map);
  const name = output.slice(dirname(output).length + 1);
  return (await replace(output, `${code}//# sourceMappingURL=${name}.map\n`)) || mapChanged;
}

async function replace(path, content) {
  if ((await readFile(path, 'utf8').catch(() => undefined)) === content) return false;
  const fresh = `${path}.${process.pid}.new`;
  await writeFile(fresh, content);
  await rename(fresh, path);
  return true;
}

/** Compiled files whose source was deleted or renamed would still be imported, found by tests and shipped. */
async function removeStale(dist, outputs) {
  const ours = (await Promise.all(SOURCES.map((dir) => filesIn(join(dist, dir))))).flat();
  const stale = ours.filter((path) => {
    if (relative(dist, path).startsWith(ELSEWHERE)) return false;
    return /\.js(\.map)?$/.test(path) && !outputs.has(path.replace(/\.map$/, ''));
  });
  await Promise.all(stale.map((path) => rm(path, { force: true })));
  return stale.length > 0;
}
