import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';

/** Runs tests in their long form, and prints a table of what they counted. Arguments go to jest; paths replace `usual`. */
export async function runLongTests(
  usual: string[],
  given: string[],
  env: NodeJS.ProcessEnv = {},
): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'mainstay-faults-'));
  const figures = join(dir, 'figures');
  const paths = given.some((argument) => !argument.startsWith('-')) ? [] : usual;

  // One file after the other: two at once would disturb each other's figures.
  const tests = spawn(process.execPath, ['build/tools/testing/test.js', ...paths, '--runInBand', ...given], {
    stdio: 'inherit',
    env: { ...process.env, ...env, FAULTS: 'long', FAULT_FIGURES: figures },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => tests.kill(signal));
  const [code, signal] = (await once(tests, 'exit')) as [number | null, NodeJS.Signals | null];
  printTable(figures);
  rmSync(dir, { recursive: true });
  process.exitCode = code ?? 128 + constants.signals[signal ?? 'SIGTERM'];
}

function printTable(figures: string): void {
  if (!existsSync(figures)) return;
  const lines = readFileSync(figures, 'utf8').trim().split('\n');
  const rows = lines.map((line) => JSON.parse(line) as [string, string]);
  const width = Math.max(...rows.map(([what]) => what.length));
  console.log();
  for (const [what, value] of rows) console.log(`${what.padEnd(width)}  ${value}`);
}
