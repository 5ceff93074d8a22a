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
import { createPool, newId } from '#libs/database';

// The baseline for jobs: BullMQ as its manual shows it, with the jobs that the relay of Mainstay gives it (their ids, attempts
// and data), the same batches, and the concurrency and locks of a worker. One process adds and works, as one worker of Mainstay
// relays and works. With EFFECT=row each job writes a row in a separate transaction. The process sends the milliseconds from
// the first add to the last completion to its parent.
const { DATABASE_URL = '', REDIS_URL, JOBS = '1000', CONCURRENCY = '8', EFFECT } = process.env;
const jobs = Number(JOBS);
const concurrency = Number(CONCURRENCY);
const batchSize = 500;

const bullmqPool = createPool(DATABASE_URL, { role: 'worker', max: concurrency + 4, searchPath: 'bullmq' });
bullmqPool.setMaxListeners(50);
const pool = createPool(DATABASE_URL, { role: 'worker', max: 10 });

function backend(name: string, options: QueueBaseOptions<never>, more?: object): IQueueBackend {
  return REDIS_URL
    ? createRedisBackend(
        name,
        { ...options, connection: { url: REDIS_URL, maxRetriesPerRequest: null } },
        more,
      )
    : createPostgresBackend(name, { ...options, connection: bullmqPool }, more);
}

const queue = new Queue('baseline', { connection: {} as never }, (name, options) =>
  backend(name, options as never),
);
let done = 0;
const worker = new Worker(
  'baseline',
  async (job) => {
    if (EFFECT === 'row') await pool.query('insert into bench_notes (id) values ($1)', [job.id]);
  },
  {
    connection: {} as never,
    concurrency,
    lockDuration: 10_000,
    stalledInterval: 4000,
  } as WorkerOptions<never>,
  (name, options) => backend(name, options as never, { withBlockingConnection: true }),
);
await Promise.all([queue.waitUntilReady(), worker.waitUntilReady()]);

const finished = new Promise<void>((resolve) => {
  worker.on('completed', () => {
    done += 1;
    if (done === jobs) resolve();
  });
});
const job = () => ({
  name: 'idle',
  data: { version: 1, headers: { enqueued_at: new Date().toISOString() }, payload: {} },
  opts: { jobId: newId(), attempts: 8, backoff: { type: 'exponential', delay: 1000 } },
});
const startedAt = performance.now();
for (let added = 0; added < jobs; added += batchSize)
  await queue.addBulk(Array.from({ length: Math.min(batchSize, jobs - added) }, job));
await finished;
process.send?.(performance.now() - startedAt);
await once(process, 'disconnect');
process.exit();
