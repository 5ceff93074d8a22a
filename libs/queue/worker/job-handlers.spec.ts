import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { defineJob, ProcessJob } from '../index.js';
import { record } from '../testing/sample-jobs.js';
import { TestEnvironment } from '../testing/test-environment.js';
import { startWorker } from '../testing/worker.js';

const unhandled = defineJob('sample.unhandled', z.object({}));

class FirstHandler {
  @ProcessJob(unhandled)
  async handle(): Promise<void> {}
}

class SecondRecorder {
  @ProcessJob(record)
  async again(): Promise<void> {}
}

describe('a worker', () => {
  let env: TestEnvironment;

  beforeAll(async () => {
    env = await TestEnvironment.create('postgres');
  });

  afterAll(() => env.close());

  it('refuses to start while a declared job has no handler, and names it', async () => {
    await expect(startWorker(env.config)).rejects.toThrow(/^No handler for: sample\.unhandled\./);
  });

  it('refuses to start when a job has two handlers, and names both', async () => {
    const providers = [FirstHandler, SecondRecorder];
    await expect(startWorker(env.config, { providers })).rejects.toThrow(
      'Two handlers for sample.record; the second is SecondRecorder.again.',
    );
  });

  it('starts when each job has one', async () => {
    const worker = await startWorker(env.config, { providers: [FirstHandler] });
    await expect(worker.close()).resolves.toBeUndefined();
  });
});
