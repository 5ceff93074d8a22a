import { type ChildProcess, spawn } from 'node:child_process';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createTestDatabase, figure, sized, type TestDatabase } from '#libs/testing';
import { AppProcess } from '../support/process.js';
import { describeWithQuota, processorQuota, stopUnder } from '../support/stops.js';

const stops = sized(2, 6);

/** A process that takes all it gets. It ends by itself when this one is gone, and in any case after ten minutes. */
const busyLoop = `
  const until = Date.now() + 600_000;
  const { ppid } = process;
  while (Date.now() < until && process.ppid === ppid);
`;
const requests = 40;

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

async function stopSlowly(): Promise<string[]> {
  const env = {
    DATABASE_URL: db.url,
    RATE_LIMIT_ANONYMOUS: '100000/60',
    RATE_LIMIT_AUTH: '100000/60',
  };
  const api = await AppProcess.start('api', env).listening();
  const quota = processorQuota(0.2)!;
  quota.limit(api.child.pid!);
  const { answers, code } = await stopUnder(api, requests);
  quota.remove();
  expect(code).toBe(0);
  return answers;
}

describeWithQuota('a stop at a fifth of a processor', () => {
  it.each([
    ['alone', 0],
    ['beside six busy loops', 6],
  ])('loses no request that had come, %s', async (where, count) => {
    const loops: ChildProcess[] = Array.from({ length: count }, () =>
      spawn(process.execPath, ['-e', busyLoop], { stdio: 'ignore' }),
    );
    try {
      const answers: string[] = [];
      for (let stop = 0; stop < stops; stop += 1) answers.push(...(await stopSlowly()));
      const answered = answers.filter((answer) => answer === '422');
      figure(
        `Stops at 0.2 processors, ${where}`,
        `${answered.length} of ${answers.length} requests answered`,
      );
      expect(answers.filter((answer) => answer !== '422')).toEqual([]);
    } finally {
      for (const loop of loops) loop.kill('SIGKILL');
    }
  });
});
