import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { type INestApplicationContext, Logger } from '@nestjs/common';
import { findContext, runInContext } from '#libs/context';
import { eventually } from '#libs/testing';
import { failTwice, failWithProblem, record } from '../testing/sample-jobs.js';
import { TestEnvironment } from '../testing/test-environment.js';
import { startWorker } from '../testing/worker.js';

let env: TestEnvironment;
let worker: INestApplicationContext;
let lines: Record<string, unknown>[];

const keep = (level: string) => (fields: unknown) => {
  if (typeof fields === 'object') lines.push({ ...fields, level, request_id: findContext()?.requestId });
};

beforeAll(async () => {
  env = await TestEnvironment.create('postgres');
  worker = await startWorker(env.config);
  Logger.overrideLogger({ log: keep('log'), warn: keep('warn'), error: keep('error') });
});
afterAll(async () => {
  Logger.overrideLogger(false);
  await worker?.close();
  await env?.close();
});
beforeEach(() => {
  lines = [];
});

/** Enqueues a job in a request, and returns the lines of its attempts once there are so many. */
async function linesOf(enqueue: () => Promise<string>, count: number): Promise<Record<string, unknown>[]> {
  const id = await runInContext({ requestId: 'request-1' }, enqueue);
  const own = () => lines.filter(({ job_id }) => job_id === id);
  await eventually(async () => own().length >= count, { what: `${count} lines of the job` });
  return own();
}

it('a job that succeeds leaves one line, with the id of the request that caused it', async () => {
  const own = await linesOf(() => env.enqueue(record, { label: 'logged' }), 1);
  expect(own).toEqual([
    {
      level: 'log',
      job: record.name,
      job_id: expect.any(String),
      attempt: 1,
      outcome: 'succeeded',
      duration_ms: expect.any(Number),
      request_id: 'request-1',
    },
  ]);
});

it('each attempt leaves one line, and one that failed says why', async () => {
  const own = await linesOf(() => env.enqueue(failTwice, { label: 'logged' }), 3);
  expect(own.map(({ attempt, outcome, level, request_id }) => [attempt, outcome, level, request_id])).toEqual(
    [
      [1, 'retried', 'warn', 'request-1'],
      [2, 'retried', 'warn', 'request-1'],
      [3, 'succeeded', 'log', 'request-1'],
    ],
  );
  expect(own[0]).toHaveProperty('reason', expect.any(String));
});

it('the last attempt of a job that fails for good leaves one too', async () => {
  const own = await linesOf(() => env.enqueue(failWithProblem, { label: 'logged' }), 1);
  expect(own.at(-1)).toMatchObject({ outcome: 'failed', level: 'warn' });
});
