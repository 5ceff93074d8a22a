import pg from 'pg';
import { startTestRedis } from '../../tools/testing/redis.js';
import { type JobLatency, jobLatency } from './job-latency.js';
import { type JobThroughput, jobThroughput } from './job-throughput.js';
import type { JobsSetup } from './processes.js';

export interface Jobs {
  throughput: JobThroughput[];
  latency: (JobLatency & { backend: string })[];
}

type Backend = 'Postgres' | 'Redis';

export interface JobsEffort {
  /** Jobs of a round. They must take some seconds: with fewer, the first batch and the last check dominate the result. */
  jobs: Record<Backend, number>;
  rounds: number;
  latencySamples: number;
  /** Jobs that run at a time. The last one is the default of WORKER_CONCURRENCY. */
  concurrencies: number[];
}

/** Measures jobs on both backends, or only on Postgres where no Redis is installed, and adds the results one after the other. */
export async function measureJobs(
  databaseUrl: string,
  { latencySamples, rounds, jobs, concurrencies }: JobsEffort,
  results: Jobs,
  { signal, log }: { signal: AbortSignal; log: (line: string) => void },
): Promise<void> {
  await makeNotes(databaseUrl);
  const redis = await startTestRedis({ durable: true });
  try {
    const backends: Backend[] = redis ? ['Postgres', 'Redis'] : ['Postgres'];
    for (const backend of backends) {
      const redisUrl = backend === 'Redis' ? redis?.url : undefined;
      const effort = { jobs: jobs[backend], rounds };
      for (const concurrency of concurrencies) {
        const setup: JobsSetup = { databaseUrl, redisUrl, concurrency };
        log(`jobs on ${backend}, ${concurrency} at a time …`);
        const idle = await jobThroughput(setup, 'bench.idle', effort, signal);
        results.throughput.push({ what: `no-op jobs on ${backend}`, ...idle });
        const note = await jobThroughput(setup, 'bench.note', effort, signal);
        results.throughput.push({ what: `jobs that write a row, on ${backend}`, ...note });
      }
      log(`the start of jobs on an idle system, ${backend} …`);
      const setup = { databaseUrl, redisUrl, concurrency: concurrencies.at(-1)! };
      results.latency.push({ backend, ...(await jobLatency(setup, latencySamples, signal)) });
    }
  } finally {
    await redis?.stop();
  }
}

async function makeNotes(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query('create table bench_notes (id uuid primary key)');
  await client.end();
}
