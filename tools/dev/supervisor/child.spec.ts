import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Child } from './child.js';

let dir: string;
let child: Child;
let gaveUp: Promise<string>;
let warnings: string[];
let written: string[];

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'mainstay-child-'));
});
afterEach(async () => {
  child.kill();
  await child.stop(1000);
  await rm(dir, { recursive: true });
});

/** Starts an app made of `source`; each of its starts adds its process id to the list that {@link starts} reads. */
async function begin(source: string): Promise<void> {
  const script = join(dir, 'app.mjs');
  const list = JSON.stringify(join(dir, 'starts'));
  await writeFile(
    script,
    `import fs from 'node:fs'; fs.appendFileSync(${list}, process.pid + '\\n'); ${source}`,
  );
  const { promise, resolve } = Promise.withResolvers<string>();
  gaveUp = promise;
  warnings = [];
  written = [];
  child = new Child({
    name: 'app',
    url: 'http://localhost:9',
    args: [script],
    env: process.env,
    write: (line) => written.push(line),
    warn: (line) => warnings.push(line),
    giveUp: resolve,
  });
  child.start();
}

const starts = async () =>
  (await readFile(join(dir, 'starts'), 'utf8').catch(() => '')).split('\n').filter(Boolean).map(Number);

/** Polls; the test's own timeout bounds it. */
async function startNumber(count: number): Promise<number> {
  for (;;) {
    const pid = (await starts())[count - 1];
    if (pid !== undefined) return pid;
    await delay(20);
  }
}

describe('Child', () => {
  it('is started again when it dies', async () => {
    await begin('setInterval(() => {}, 1000);');
    const first = await startNumber(1);
    process.kill(first, 'SIGKILL');
    expect(await startNumber(2)).not.toBe(first);
    expect(warnings).toEqual(['the app died (SIGKILL) and is started again']);
  });

  it('is given up when it dies a sixth time within a minute, and its last words are shown once', async () => {
    await begin(
      `const log = (level, msg, err) => console.log(JSON.stringify({ level, time: Date.now(), pid: process.pid, msg, err }));
       log('info', 'listening'); log('fatal', 'no memory', { type: 'Error', stack: 'at one' });
       console.error('The configuration is wrong.\\n  - PORT'); process.exit(9);`,
    );
    expect(await gaveUp).toBe(
      'the app died 6 times within a minute (exit code 9, as before); its last words stand above',
    );
    expect(await starts()).toHaveLength(6);
    const count = (text: string) => written.filter((line) => line.includes(text)).length;
    expect(['no memory', 'The configuration', '  - PORT', 'listening'].map(count)).toEqual([1, 1, 1, 6]);
  });

  it('stays down when it is stopped, after it ended its work', async () => {
    const done = join(dir, 'done');
    await begin(
      `process.on('SIGTERM', () => setTimeout(() => { fs.writeFileSync(${JSON.stringify(done)}, 'done'); process.exit(0); }, 200));
       fs.appendFileSync(${JSON.stringify(join(dir, 'starts'))}, '0\\n'); setInterval(() => {}, 1000);`,
    );
    // The second line says that the handler is in place.
    await startNumber(2);
    await child.stop(10_000);
    expect(await readFile(done, 'utf8')).toBe('done');
    expect(await starts()).toHaveLength(2);
  });

  it('is killed when it does not stop in time', async () => {
    await begin(
      `process.on('SIGTERM', () => {}); fs.appendFileSync(${JSON.stringify(join(dir, 'starts'))}, '0\\n'); setInterval(() => {}, 1000);`,
    );
    await startNumber(2);
    const [pid = 0] = await starts();
    await child.stop(100);
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    expect(warnings).toEqual(['the app did not stop within 0.1 s and is killed']);
  });
});
