import { writeFileSync } from 'node:fs';
import type { Profiler } from 'node:inspector';
import { join } from 'node:path';
import { withDatabase } from './database.js';
import { load } from './load.js';
import type { BenchOptions } from './run.js';
import { sideBySide } from './side-by-side.js';

/** Seconds. */
const warmUp = 4;
const observed = 6;

/** Lines of a table. The following ones would be noise. */
const shown = 25;

/** Owners that are not counted: the time spent waiting, and the profiler itself. */
const uncounted = new Set(['(idle)', 'node:inspector']);

/** Microseconds of CPU for each request by owner of the code. */
type Costs = Map<string, number>;

/**
 * Profiles both servers. Returns a table for each kind of request with the microseconds by owner of the code. The whole
 * profiles stay in the data directory, for the developer tools of a browser.
 */
export function profile({ dataDir, signal, log }: Omit<BenchOptions, 'effort'>): Promise<string> {
  return withDatabase(dataDir, (seeded) =>
    sideBySide(
      seeded,
      async ({ ours, theirs, scenarios }) => {
        const tables: string[] = [];
        for (const [key, scenario] of Object.entries(scenarios)) {
          log(`${scenario.name} …`);
          const costs: Costs[] = [];
          for (const server of [ours, theirs]) {
            const { cpuPerRequest } = await load(server, scenario, warmUp, signal);
            const seen = await server.profiled(() => load(server, scenario, observed, signal));
            writeFileSync(join(dataDir, `bench-${server.name}-${key}.cpuprofile`), JSON.stringify(seen));
            costs.push(costsOf(seen, cpuPerRequest));
          }
          const [mainstay, baseline] = costs;
          tables.push(table(scenario.name, mainstay!, baseline!));
        }
        return tables.join('\n\n');
      },
      // A bundle does not say which package a function is from.
      'build',
    ),
  );
}

/** Divides the cost of a request in proportion to the samples. Each owner gets the time of its own code, without its callees. */
function costsOf({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile, cpuPerRequest: number): Costs {
  const owners = new Map(nodes.map(({ id, callFrame }) => [id, ownerOf(callFrame)]));
  const costs: Costs = new Map();
  let total = 0;
  samples.forEach((id, index) => {
    const owner = owners.get(id);
    if (owner === undefined || uncounted.has(owner)) return;
    const time = timeDeltas[index] ?? 0;
    total += time;
    costs.set(owner, (costs.get(owner) ?? 0) + time);
  });
  for (const [owner, time] of costs) costs.set(owner, (time / total) * cpuPerRequest);
  return costs;
}

/** Returns the package, the file of Mainstay, or the part of Node to which a function belongs. */
function ownerOf({ url, functionName }: Profiler.ProfileNode['callFrame']): string {
  if (url === '') return functionName.startsWith('(') ? functionName : `native ${functionName}`;
  const inPackages = url.split('/node_modules/').at(-1);
  if (inPackages !== undefined && inPackages !== url) {
    return inPackages
      .split('/')
      .slice(0, inPackages.startsWith('@') ? 2 : 1)
      .join('/');
  }
  if (url.startsWith('node:')) return url.split('/').slice(0, 2).join('/');
  return url.split('/build/').at(-1) ?? url;
}

function table(name: string, mainstay: Costs, baseline: Costs): string {
  const extra = (owner: string) => (mainstay.get(owner) ?? 0) - (baseline.get(owner) ?? 0);
  const sum = (costs: Costs) => [...costs.values()].reduce((all, cost) => all + cost, 0);
  const line = (what: string, ours: number, theirs: number) =>
    `${what.padEnd(52)}${ours.toFixed(1).padStart(10)}${theirs.toFixed(1).padStart(11)}${(ours - theirs).toFixed(1).padStart(9)}`;
  const owners = [...new Set([...mainstay.keys(), ...baseline.keys()])].sort((a, b) => extra(b) - extra(a));
  return [
    `${`${name}: CPU µs/request`.padEnd(52)}  Mainstay   baseline    extra`,
    line('all', sum(mainstay), sum(baseline)),
    ...owners.slice(0, shown).map((owner) => line(owner, mainstay.get(owner) ?? 0, baseline.get(owner) ?? 0)),
  ].join('\n');
}
