/** Returns where the packages are that are not bundled, and those that they depend on, from the contents of a lockfile. */
export function unbundled(lockfile: { packages: Record<string, object> }): Set<string>;
