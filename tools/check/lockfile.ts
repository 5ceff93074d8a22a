/** The parts of package-lock.json (lockfileVersion 3) that the gate looks at. */
export interface Lockfile {
  packages: Record<
    string,
    { resolved?: string; integrity?: string; link?: boolean; optional?: boolean; os?: string[] }
  >;
}

/**
 * What is wrong with a lockfile, one sentence each; empty when nothing is.
 *
 * `resolved` would tie every installation to the registry of whoever locked last. A missing `integrity` would let a
 * registry hand out other bytes; only optional packages for another platform may go without, because a registry that
 * does not serve them cannot give their hash, and an installation that needs one says so.
 */
export function lockfileFaults(lockfile: Lockfile): string[] {
  const faults: string[] = [];
  for (const [path, entry] of Object.entries(lockfile.packages)) {
    const isOurs = path === '' || entry.link === true;
    if (isOurs) continue;
    const isForeignPlatform = entry.optional === true && entry.os !== undefined;
    if (entry.resolved !== undefined) faults.push(`${path}: has a resolved address; remove it`);
    if (entry.integrity === undefined && !isForeignPlatform) faults.push(`${path}: has no integrity`);
    if (entry.integrity !== undefined && !entry.integrity.startsWith('sha512-')) {
      faults.push(`${path}: its integrity is not sha512`);
    }
  }
  return faults;
}
