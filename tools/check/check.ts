import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, constants } from 'node:os';
import { delimiter, resolve } from 'node:path';
import { readArguments } from '../../commands/support/command-line.js';
import { folderCycles } from './folder-cycles.js';
import { type Lockfile, lockfileFaults } from './lockfile.js';
import { lintMigrations } from './migrations.js';

const { values } = readArguments({
  name: 'npm run check',
  does: 'Runs the gate, as CI does: format, lint, types, boundaries, dead code, migrations, derived files, lockfile, then the tests. Every step runs even when an earlier one failed.',
  options: { 'no-tests': { type: 'boolean', does: 'leaves the tests out' } },
});

interface Outcome {
  ok: boolean;
  output: string;
}

interface Step {
  name: string;
  run: () => Promise<Outcome>;
}

/** The tools' launchers say `env node`: with this PATH they find the locked Node, whatever the system has. */
const env = { ...process.env, PATH: [resolve('node_modules/.bin'), process.env.PATH].join(delimiter) };

const running = new Set<ChildProcess>();
let interruption: 'SIGINT' | 'SIGTERM' | undefined;

interface Channels {
  input?: string;
  output?: 'pipe' | 'inherit';
}

function run(
  command: string,
  args: string[],
  { input, output: out = 'pipe' }: Channels = {},
): Promise<Outcome> {
  return new Promise((settle) => {
    let output = '';
    const child = spawn(command, args, { env, stdio: [input === undefined ? 'ignore' : 'pipe', out, out] });
    child.stdin?.end(input);
    running.add(child);
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.on('error', (error) =>
      settle({ ok: false, output: `${command} does not start: ${error.message}` }),
    );
    child.on('close', (code) => {
      running.delete(child);
      if (interruption && running.size === 0) process.exit(128 + constants.signals[interruption]);
      settle({ ok: code === 0, output });
    });
  });
}

function checkLockfile(): Outcome {
  const faults = lockfileFaults(JSON.parse(readFileSync('package-lock.json', 'utf8')) as Lockfile);
  return { ok: faults.length === 0, output: faults.join('\n') };
}

function checkFolders(): Outcome {
  const cycles = folderCycles(resolve());
  const output = cycles.map((rooms) => `These use each other: ${rooms.join(', ')}`).join('\n');
  return { ok: cycles.length === 0, output };
}

/** What the slowest steps remember of the files that they have checked. */
const cache = '.data/check';

/** Slowest first, so that the last one to finish is not one that started late. */
const steps: Step[] = [
  {
    name: 'types (tsc)',
    run: () => run('tsc', ['-p', '.', '--incremental', '--tsBuildInfoFile', `${cache}/types.tsbuildinfo`]),
  },
  { name: 'types of the console (tsc)', run: () => run('tsc', ['-p', 'apps/console']) },
  {
    name: 'format (prettier)',
    run: () => {
      const cached = ['--cache', '--cache-strategy', 'content', '--cache-location', `${cache}/prettier`];
      return run('prettier', ['--check', '--log-level', 'warn', ...cached, '.']);
    },
  },
  { name: 'lint (oxlint)', run: () => run('oxlint', []) },
  {
    name: 'derived files (generate)',
    run: () => run(process.execPath, ['build/tools/generate/generate.js', '--check']),
  },
  {
    name: 'boundaries (dependency-cruiser)',
    run: () =>
      run('depcruise', [
        '-T',
        'err-long',
        'apps',
        'commands',
        'modules',
        'libs',
        'test',
        'tools',
        'bench',
        'docs',
      ]),
  },
  { name: 'dead code (knip)', run: () => run('knip', ['--no-progress']) },
  { name: 'migrations (squawk)', run: () => lintMigrations((args, input) => run('squawk', args, { input })) },
  { name: 'folders are layers', run: () => Promise.resolve(checkFolders()) },
  { name: 'lockfile', run: () => Promise.resolve(checkLockfile()) },
];

/** Runs a step and prints one line for it, and what it said when it failed. */
async function report({ name, run: work }: Step): Promise<boolean> {
  const startedAt = performance.now();
  const { ok, output } = await work().catch((error: unknown) => ({ ok: false, output: String(error) }));
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`${ok ? 'ok  ' : 'FAIL'}  ${name.padEnd(32)} ${seconds.padStart(5)} s`);
  if (!ok) console.log(output.trim().replace(/^/gm, '      '));
  return ok;
}

/** As many at a time as there are processors: more would only make each one slower. */
async function runAll(waiting: Step[]): Promise<string[]> {
  const failed: string[] = [];
  const queue = waiting.values();
  const drain = async () => {
    for (const step of queue) if (!(await report(step))) failed.push(step.name);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, drain));
  return failed;
}

// The launcher delivers a Ctrl-C to this process alone; the tests must get it too, to stop the servers they started.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    interruption = signal;
    for (const child of running) child.kill(signal);
  });
}

const failed = await runAll(steps);
console.log(failed.length === 0 ? 'Every check holds.' : `Failed: ${failed.join(', ')}.`);
if (failed.length > 0) process.exitCode = 1;

// Last, because jest's count of passed, failed and skipped tests must end the output: people and CI read that line.
if (!values['no-tests']) {
  const tests = await run(process.execPath, ['build/tools/testing/test.js', '--all'], { output: 'inherit' });
  if (!tests.ok) process.exitCode = 1;
}
