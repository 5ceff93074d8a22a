import { readFileSync } from 'node:fs';

/** Returns the version of this release. Every process runs in the root of the installation. */
export function version(): string {
  return (JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }).version;
}
