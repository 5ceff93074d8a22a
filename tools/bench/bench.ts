import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { profile } from '../../bench/profile.js';
import { report } from '../../bench/report.js';
import { bench, full, quick } from '../../bench/run.js';
import { command } from '../../commands/support/command.js';
import { dataDirOf, loadEnvironmentFile } from '../machine/environment.js';

/** Load average of the last minute. The run itself keeps two processors busy, so a third task disturbs it. */
const busy = 1;

const line = {
  name: 'npm run bench',
  does: 'Measures the API and the worker beside their yardsticks, and prints a table.',
  options: {
    quick: {
      type: 'boolean',
      does: 'one short round of each, within a minute; its figures are not for quoting',
    },
    jobs: { type: 'boolean', does: 'the jobs alone' },
    telemetry: { type: 'boolean', does: 'what traces and exported metrics cost, alone' },
    consoles: { type: 'boolean', does: 'what open consoles cost, alone' },
    profile: { type: 'boolean', does: 'says where the time of a request goes instead' },
  },
} as const;

/** The part of a run that an option asks for alone. */
const partsByOption = { jobs: 'jobs', telemetry: 'telemetry', consoles: 'open consoles' };

await command(line, async ({ values }) => {
  loadEnvironmentFile();
  const dataDir = dataDirOf(process.env);
  const common = { dataDir, signal: interruption(), log: console.log };
  if (values.profile) {
    console.log(await profile(common));
    return;
  }
  const effort = values.quick ? quick : full;
  const [load = 0] = loadavg();
  const chosen = Object.entries(partsByOption).flatMap(([option, part]) =>
    values[option as keyof typeof partsByOption] ? [part] : [],
  );
  const { results, isComplete } = await bench(
    { ...common, effort },
    chosen.length > 0 ? chosen : effort.parts,
  );
  const machine = { cpu: cpus()[0]?.model, cores: availableParallelism(), load, node: process.version };
  const path = join(dataDir, 'bench.json');
  mkdirSync(dataDir, { recursive: true });
  writeFileSync(
    path,
    `${JSON.stringify({ at: new Date(), quick: values.quick ?? false, machine, ...results }, null, 2)}\n`,
  );
  console.log(`\n${report(results)}\n\n${machine.cores} cores, Node ${machine.node}. All figures: ${path}`);
  if (values.quick) console.log('A quick run: one short round of each, not for quoting.');
  if (load > busy) {
    console.log(`The machine was busy when the run began (load ${load.toFixed(1)}): not for quoting.`);
  }
  if (!isComplete) {
    console.log('Not everything was measured: the reasons stand above the table.');
    process.exitCode = 1;
  }
  // A wait that was cut may still hold a timer or a socket.
  process.exit();
});

/** Aborts when somebody stops the run or the launcher is gone, so that nothing is left running. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  const interrupt = () => controller.abort(new Error('The run was interrupted.'));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt);
  process.on('disconnect', interrupt);
  // A listener alone would keep us alive after the last result.
  process.channel?.unref();
  return controller.signal;
}
