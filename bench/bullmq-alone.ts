import { once } from 'node:events';
import {
  createPostgresBackend,
  createRedisBackend,
  type IQueueBackend,
  Queue,
  type QueueBaseOptions,
  Worker,
  type WorkerOptions,
} from 'bullmq';
import { createPool } from '#libs/database';

// The yardstick for jobs: BullMQ as its manual shows it, with the concurrency of a worker of Mainstay and the same batches.
// One process adds and works, as one worker of Mainstay relays and works. Sends the milliseconds from the first add to the
// last completion to its parent.
const { DATABASE_URL = '', REDIS_URL, JOBS = '1000', CONCURRENCY = '8' } = process.env;
const jobs = Number(JOBS);
const concurrency = Number(CONCURRENCY);
const batchSize = 500;

const pool = createPool(DATABASE_URL, { role: 'worker', max: concurrency + 4, searchPath: 'bullmq' });
pool.setMaxListeners(50);

function backend(name: string, options: QueueBaseOptions<never>, more?: object): IQueueBackend {
  return REDIS_URL
    ? createRedisBackend(
        name,
        { ...options, connection: { url: REDIS_URL, maxRetriesPerRequest: null } },
        more,
      )
    : createPostgresBackend(name, { ...options, connection: pool }, more);
}

const queue = new Queue('yardstick', { connection: {} as never }, (name, options) =>
  backend(name, options as never),
);
let done = 0;
const worker = new Worker(
  'yardstick',
  () => Promise.resolve(),
  { connection: {} as never, concurrency } as WorkerOptions<never>,
  (name, options) => backend(name, options as never, { withBlockingConnection: true }),
);
await Promise.all([queue.waitUntilReady(), worker.waitUntilReady()]);

const finished = new Promise<void>((resolve) => {
  worker.on('completed', () => {
    done += 1;
    if (done === jobs) resolve();
  });
});
const startedAt = performance.now();
for (let added = 0; added < jobs; added += batchSize) {
  const size = Math.min(batchSize, jobs - added);
  await queue.addBulk(Array.from({ length: size }, () => ({ name: 'idle', data: { label: 'one' } })));
}
await finished;
process.send?.(performance.now() - startedAt);
await once(process, 'disconnect');
process.exit();
