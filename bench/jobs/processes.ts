import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { tracked } from '../children.js';
import { environment } from '../processes.js';

export interface JobsSetup {
  databaseUrl: string;
  /** The URL of Redis; without it BullMQ runs on Postgres. */
  redisUrl?: string | undefined;
  /** Jobs that run at a time. */
  concurrency: number;
}

export interface BenchWorker {
  child: ChildProcess;
  stop(): Promise<void>;
}

/** Starts a worker of Mainstay, and returns when it can take jobs. */
export async function startWorker({ databaseUrl, redisUrl, concurrency }: JobsSetup): Promise<BenchWorker> {
  const child = forked('worker.js', {
    ...environment(databaseUrl, 0),
    // As docs/operations.md advises for many small jobs.
    DATABASE_POOL_MAX: '25',
    WORKER_CONCURRENCY: String(concurrency),
    ...(redisUrl && { REDIS_URL: redisUrl }),
  });
  await firstMessage(child);
  return { child, stop: () => end(child) };
}

/** Returns the milliseconds that BullMQ alone takes to add and run this many jobs. */
export async function bullmqAlone(
  { databaseUrl, redisUrl, concurrency }: JobsSetup,
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
  const ms = (await firstMessage(child)) as number;
  await end(child);
  return ms;
}

function forked(script: string, env: NodeJS.ProcessEnv): ChildProcess {
  // A test that runs this file from its source also starts the compiled processes.
  return tracked(
    fork(resolve('build/bench/jobs', script), {
      env,
      execArgv: [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    }),
  );
}

async function firstMessage(child: ChildProcess): Promise<unknown> {
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`A process of the benchmark ended with ${code}.`);
  });
  const [message] = await Promise.race([once(child, 'message'), ended]);
  return message;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  if (child.connected) child.disconnect();
  await ended;
}
