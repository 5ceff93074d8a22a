// Leaves in node_modules only what processes load from there: the other packages are part of dist/, or of no use to a process. The
// image is made with it, after the build.
import { readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { NOT_BUNDLED } from './bundle.mjs';

const folder = 'node_modules/';

/** Returns where the packages are that are not bundled, and those that they depend on, from the contents of a lockfile. */
export function unbundled({ packages }) {
  const needed = new Set();
  const add = (path) => {
    // No process reads types.
    if (!path || needed.has(path) || path.includes('@types/')) return;
    needed.add(path);
    const { dependencies, optionalDependencies, peerDependencies } = packages[path];
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies }))
      add(pathOf(packages, name, path));
  };
  for (const [path, { dev }] of Object.entries(packages)) {
    if (!dev && isNotBundled(path)) add(path);
  }
  return needed;
}

/** The names may end in an asterisk, as esbuild takes them. */
const isNotBundled = (path) =>
  NOT_BUNDLED.some((name) =>
    name.endsWith('*') ? path.startsWith(folder + name.slice(0, -1)) : path === folder + name,
  );

/** Where a package finds another: in its own folder, or in one above. */
function pathOf(packages, name, from) {
  for (let above = `${from}/`; above; above = above.slice(0, above.lastIndexOf(folder, above.length - 2))) {
    const path = `${above}${folder}${name}`;
    if (path in packages) return path;
  }
  const path = `${folder}${name}`;
  return path in packages ? path : undefined;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'));
  const needed = [...unbundled(lock)];
  const isHolder = (path) => needed.some((other) => other.startsWith(`${path}/${folder}`));
  for (const path of Object.keys(lock.packages).filter((other) => other && !needed.includes(other))) {
    if (isHolder(path)) throw new Error(`${path} holds a package that is needed.`);
    rmSync(path, { recursive: true, force: true });
  }
  rmSync(`${folder}.bin`, { recursive: true });
}
