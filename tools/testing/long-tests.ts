import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runJest, withPaths } from './jest.js';

/** Runs tests in their long form, and prints a table of what they counted. Arguments go to jest; paths replace `usual`. */
export async function runLongTests(
  usual: string[],
  given: string[],
  env: NodeJS.ProcessEnv = {},
): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'mainstay-faults-'));
  const figures = join(dir, 'figures');
  // One file after the other: two at once would disturb each other's figures.
  await runJest(['--runInBand', ...withPaths(usual, given)], {
    ...env,
    FAULTS: 'long',
    FAULT_FIGURES: figures,
  });
  printTable(figures);
  rmSync(dir, { recursive: true });
}

function printTable(figures: string): void {
  if (!existsSync(figures)) return;
  const lines = readFileSync(figures, 'utf8').trim().split('\n');
  const rows = lines.map((line) => JSON.parse(line) as [string, string]);
  const width = Math.max(...rows.map(([what]) => what.length));
  console.log();
  for (const [what, value] of rows) console.log(`${what.padEnd(width)}  ${value}`);
}
