import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { Names } from './names.js';

interface Description {
  paths: Record<string, unknown>;
  components: { schemas: Record<string, unknown> };
}

/** Classes and types that the generated code imports under these names. */
const imported = new Set(['Database', 'Keyset', 'Page']);

/** Throws when something else has one of the names already: folder, test, table, route or view. */
export function assertAvailable({ module, table, One }: Names): void {
  const { paths, components } = JSON.parse(readFileSync('openapi.json', 'utf8')) as Description;
  const views = [One, `${One}Page`].filter((name) => name in components.schemas);
  const taken = [
    existsSync(`modules/${module}`) && `modules/${module} exists`,
    existsSync(`test/api/${module}`) && `test/api/${module} exists`,
    tables().has(table) && `there is a table ${table}`,
    Object.keys(paths).some((path) => path === `/v1/${module}` || path.startsWith(`/v1/${module}/`)) &&
      `the route /v1/${module} is taken`,
    views.length > 0 && `the API has a view called ${views.join(' and ')}`,
    imported.has(One) && `${One} is a part of the libs that every feature uses`,
  ].filter((reason) => reason !== false);
  if (taken.length > 0) throw new Error(`"${module}" is taken: ${taken.join('; ')}`);
}

/** The tables as of the newest migration. */
function tables(): Set<string> {
  const newest = readdirSync('drizzle/meta')
    .filter((name) => /^\d+_snapshot\.json$/.test(name))
    .sort()
    .at(-1);
  if (!newest) return new Set();
  const snapshot = JSON.parse(readFileSync(`drizzle/meta/${newest}`, 'utf8')) as {
    tables: Record<string, { name: string }>;
  };
  return new Set(Object.values(snapshot.tables).map(({ name }) => name));
}
