import { spawnSync } from 'node:child_process';
import { describe } from '@jest/globals';

/** Prometheus' own checks, from Debian's package `prometheus`. */
const hasPromtool = spawnSync('promtool', ['--version']).status === 0;

if (!hasPromtool)
  process.stderr.write(
    'Skipped, as there is no promtool (Debian: apt install prometheus): what it checks.\n',
  );

/** Holds tests that need promtool. */
export const describeWithPromtool = hasPromtool ? describe : describe.skip;

/** Runs promtool. Returns everything that it says against the input, remarks too, and nothing when all is well. */
export function promtool(args: string[], input = ''): string {
  const { status, stdout, stderr } = spawnSync('promtool', args, { input, encoding: 'utf8' });
  return status === 0 ? stderr : `${stdout}${stderr}`;
}
