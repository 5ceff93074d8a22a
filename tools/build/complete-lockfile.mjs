// Completes package-lock.json: node tools/complete-lockfile.mjs
//
// npm writes only those optional platform packages into the lockfile that its registry serves at that moment; a mirror or a
// registry that lags behind leaves gaps, and `npm ci` then refuses the lockfile (EUSAGE) or people on other systems get no
// binary. This adds what the packages themselves name. It also removes addresses, so that the lockfile serves any registry.
import { readFileSync, writeFileSync } from 'node:fs';

// The values npm knows for "os", "cpu" and "libc" that platform packages carry in their names.
const systems = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
];
const processors = ['arm', 'arm64', 'ia32', 'loong64', 'ppc64', 'riscv64', 's390x', 'x64'];
const libraries = { gnu: 'glibc', musl: 'musl' };

const path = process.argv[2] ?? 'package-lock.json';
const lock = JSON.parse(readFileSync(path, 'utf8'));
const packages = { ...lock.packages };
const known = new Set(Object.keys(packages).map((key) => key.split('node_modules/').at(-1)));

const added = [];
for (const entry of Object.values(lock.packages)) {
  for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
    if (known.has(name)) continue;
    known.add(name);
    packages[`node_modules/${name}`] = platformEntry(name, range, entry.dev);
    added.push(`${name}@${range}`);
  }
}
for (const entry of Object.values(packages)) delete entry.resolved;

lock.packages = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => a.localeCompare(b, 'en')));
writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
console.log(added.length > 0 ? `added ${added.length}: ${added.join(', ')}` : 'the lockfile is complete');

/** Without an integrity: nobody here has seen the package. npm adds it where the package is installed. */
function platformEntry(name, range, dev) {
  const words = name.split('/').at(-1).split('-');
  const os = systems.find((system) => words.includes(system));
  const cpu = processors.find((processor) => words.includes(processor));
  const libc = libraries[words.at(-1)];
  if (!os || !/^\d/.test(range))
    throw new Error(`${name}@${range} is no platform package with an exact version; install it first`);
  return {
    version: range,
    ...(cpu && { cpu: [cpu] }),
    ...(dev && { dev: true }),
    ...(libc && { libc: [libc] }),
    optional: true,
    os: [os],
  };
}
