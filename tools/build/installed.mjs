// Says whether node_modules holds what package-lock.json asks for. Node built-ins only: it runs before anything is installed.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The Node that package.json pins. */
export function pinnedNode(root) {
  return join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
}

/**
 * What is wrong with the installed packages, or nothing. It compares contents, not times: npm writes
 * node_modules/.package-lock.json last, so an install that was interrupted shows as well. Optional packages of other
 * platforms are in the lockfile and rightly not installed.
 */
export function installProblem(root) {
  const record = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(record)) return 'the packages are not installed';
  const wanted = packagesIn(join(root, 'package-lock.json'));
  const present = packagesIn(record);
  for (const [path, { version, optional }] of Object.entries(wanted)) {
    if (path === '' || (optional && !present[path])) continue;
    if (present[path]?.version !== version) return `${path} is not installed in version ${version}`;
  }
  return existsSync(pinnedNode(root)) ? undefined : 'the install script of the package "node" has not run';
}

const packagesIn = (path) => JSON.parse(readFileSync(path, 'utf8')).packages;
