import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { TestEnvironment } from './test-environment.js';

const program = fileURLToPath(
  new URL('../../../build/libs/queue/testing/worker-process.js', import.meta.url),
);

export interface ForkedWorker {
  child: ChildProcess;
  /** Kills it if it still lives, and waits for its end. */
  end(): Promise<void>;
}

/** Turns the sample schedules on, or a protection off, so that a test can show what it is for. */
export type Switch = '--with-schedules' | '--without-lock-loss';

/** A worker with the sample handlers, in a process of its own that a test may freeze and kill. Resolves when it is up. */
export async function forkWorker(
  { config }: TestEnvironment,
  { variables = {}, switches = [] }: { variables?: NodeJS.ProcessEnv; switches?: Switch[] } = {},
): Promise<ForkedWorker> {
  const { DATABASE_URL, REDIS_URL, SECRET_KEYS, JOB_LOCK_MS, WORKER_CONCURRENCY, SHUTDOWN_DRAIN_MS } = config;
  const child = fork(program, switches, {
    env: {
      NODE_ENV: 'test',
      DATABASE_URL,
      SECRET_KEYS: SECRET_KEYS[0]!.toString('base64url'),
      JOB_LOCK_MS: String(JOB_LOCK_MS),
      WORKER_CONCURRENCY: String(WORKER_CONCURRENCY),
      SHUTDOWN_DRAIN_MS: String(SHUTDOWN_DRAIN_MS),
      ...(REDIS_URL && { REDIS_URL }),
      ...variables,
    },
    execArgv: [],
    silent: true,
  });
  child.stdout?.pipe(process.env.TEST_LOG ? process.stdout : new PassThrough().resume());
  const exited = once(child, 'exit');
  await once(child, 'message');
  return {
    child,
    async end() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
