import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeEach, expect, it } from '@jest/globals';
import { tracked } from '../../bench/children.js';
import { runPart } from '../../bench/part.js';

let lines: string[];
const options = (limitMs = 60_000, signal = new AbortController().signal) => ({
  name: 'jobs',
  limitMs,
  signal,
  log: (line: string) => lines.push(line),
});
beforeEach(() => {
  lines = [];
});

it('a part that waits for what never comes is cut, and keeps what it measured', async () => {
  const measured: number[] = [];
  const isWhole = await runPart(options(50), async (signal) => {
    measured.push(1);
    await delay(600_000, undefined, { signal });
  });
  expect([isWhole, measured, lines]).toEqual([false, [1], ['jobs: was cut after 0.05 s']]);
});

it('a process that a part waits for is ended with it', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'mainstay-part-'));
  writeFileSync(join(dir, 'silent.mjs'), 'setInterval(() => {}, 1000);');
  const child = tracked(fork(join(dir, 'silent.mjs')));
  const exited = once(child, 'exit');
  // This wait heeds no signal.
  expect(await runPart(options(50), async () => void (await once(child, 'message')))).toBe(false);
  expect(await exited).toEqual([null, 'SIGKILL']);
  rmSync(dir, { recursive: true });
}, 60_000);

it('a part that fails is told, and one that succeeds is not', async () => {
  expect(await runPart(options(), () => Promise.reject(new Error('no disk')))).toBe(false);
  expect(await runPart(options(), () => Promise.resolve())).toBe(true);
  expect(lines).toEqual(['jobs: no disk']);
});

it('nothing runs any more when the run is interrupted', async () => {
  const stop = new AbortController();
  const first = runPart(options(60_000, stop.signal), (signal) => delay(600_000, undefined, { signal }));
  stop.abort(new Error('The run was interrupted.'));
  expect(await first).toBe(false);
  expect(await runPart(options(60_000, stop.signal), () => Promise.reject(new Error('ran')))).toBe(false);
  expect(lines).toEqual(['jobs: The run was interrupted.', 'jobs: was not begun']);
});
