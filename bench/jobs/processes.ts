import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { environment } from '../processes.js';

export interface Place {
  databaseUrl: string;
  /** BullMQ stands on Postgres without it. */
  redisUrl?: string | undefined;
  /** Jobs that are done at a time. */
  concurrency: number;
}

export interface BenchWorker {
  child: ChildProcess;
  stop(): Promise<void>;
}

/** A worker of Mainstay that can take jobs. */
export async function startWorker({ databaseUrl, redisUrl, concurrency }: Place): Promise<BenchWorker> {
  const child = forked('worker.js', {
    ...environment(databaseUrl, 0),
    WORKER_CONCURRENCY: String(concurrency),
    ...(redisUrl && { REDIS_URL: redisUrl }),
  });
  await firstWord(child);
  return { child, stop: () => end(child) };
}

/** Milliseconds that BullMQ alone takes to add and do so many jobs. */
export async function bullmqAlone(
  { databaseUrl, redisUrl, concurrency }: Place,
  jobs: number,
  effect: 'none' | 'row',
): Promise<number> {
  const child = forked('bullmq-alone.js', {
    PATH: process.env.PATH,
    DATABASE_URL: databaseUrl,
    JOBS: String(jobs),
    CONCURRENCY: String(concurrency),
    EFFECT: effect,
    ...(redisUrl && { REDIS_URL: redisUrl }),
  });
  const ms = (await firstWord(child)) as number;
  await end(child);
  return ms;
}

function forked(script: string, env: NodeJS.ProcessEnv): ChildProcess {
  // What is compiled, also when a test runs this from its source.
  return fork(resolve('dist/bench/jobs', script), {
    env,
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
}

async function firstWord(child: ChildProcess): Promise<unknown> {
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`A process of the benchmark ended with ${code}.`);
  });
  const [word] = await Promise.race([once(child, 'message'), ended]);
  return word;
}

async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.disconnect();
  await ended;
}
