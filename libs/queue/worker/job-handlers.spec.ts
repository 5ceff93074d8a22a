import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ProcessJob } from '../index.js';
import { record, SampleWork } from '../testing/sample-jobs.js';
import { startWorker } from '../testing/worker.js';
import { World } from '../testing/world.js';

class SecondRecorder {
  @ProcessJob(record)
  async again(): Promise<void> {}
}

describe('a worker', () => {
  let world: World;

  beforeAll(async () => {
    world = await World.create('postgres');
  });

  afterAll(() => world.close());

  it('refuses to start while a declared job has no handler, and names it', async () => {
    await expect(startWorker(world.config, [])).rejects.toThrow(/^No handler for: .*sample\.record/);
  });

  it('refuses to start when a job has two handlers, and names both', async () => {
    const handlers = [SampleWork, SecondRecorder] as never[];
    await expect(startWorker(world.config, handlers)).rejects.toThrow(
      'Two handlers for sample.record; the second is SecondRecorder.again.',
    );
  });
});
