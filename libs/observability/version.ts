import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Hexadecimal digits of the digest, as many as git shows of a commit in a large repository. */
const buildDigits = 12;

/**
 * Returns the version in `package.json` of `root`, followed by `+` and the build where `module` is part of its dist/, as Semantic
 * Versioning writes build metadata. What runs from elsewhere has no build: a dist/ that lies beside it may be an older one.
 */
export function versionIn(root: string, module: string): string {
  const { version: release } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    version: string;
  };
  const dist = join(root, 'dist');
  const madeOf = join(dist, '.made-of');
  if (!module.startsWith(`${pathToFileURL(dist).href}/`) || !existsSync(madeOf)) return release;
  return `${release}+${readFileSync(madeOf, 'utf8').slice(0, buildDigits)}`;
}

let running: string | undefined;

/**
 * Returns the version and build of this process, which runs in the root of the installation. It is read once: a process stays
 * the build that it started as when another one is written to its place.
 */
export function version(): string {
  running ??= versionIn(process.cwd(), import.meta.url);
  return running;
}
