import 'reflect-metadata';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { type DynamicModule, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type Config, ConfigModule, loadConfig } from '#libs/config';
import { Database, DatabaseModule } from '#libs/database';
import { QueueModule, JobsService } from '#libs/queue';
import { environment } from '../processes.js';
import { type JobsSetup, startWorker } from './processes.js';
import { reportStart } from './sample-work.js';

/** Milliseconds from just before the transaction that enqueues a job until its handler has reported that it began. */
export interface JobLatency {
  p50: number;
  p99: number;
}

/** Milliseconds between two jobs. They are random, so that the jobs do not keep step with the polls of the relay. */
const pause = { least: 50, more: 200 };

/** Jobs that are not counted, and with few samples as many as these. */
const longestWarmUp = 20;

@Module({})
class EnqueueModule {
  static forRoot(config: Config): DynamicModule {
    return {
      module: EnqueueModule,
      imports: [ConfigModule.forRoot(config), DatabaseModule.forRoot('api'), QueueModule],
    };
  }
}

/** Measures one job at a time on an idle system. */
export async function jobLatency(
  setup: JobsSetup,
  samples: number,
  signal: AbortSignal,
): Promise<JobLatency> {
  const worker = await startWorker(setup);
  const config = loadConfig(environment(setup.databaseUrl, 0));
  const app = await NestFactory.createApplicationContext(EnqueueModule.forRoot(config), { logger: false });
  const [db, jobs] = [app.get(Database), app.get(JobsService)];
  const warmUp = Math.min(longestWarmUp, samples);
  const waits: number[] = [];
  try {
    for (let count = 0; count < warmUp + samples; count += 1) {
      await delay(pause.least + Math.random() * pause.more, undefined, { signal });
      const begun = once(worker.child, 'message', { signal });
      const enqueuedAt = performance.now();
      await db.transaction(() => Promise.resolve(jobs.enqueue(reportStart, {})));
      await begun;
      if (count >= warmUp) waits.push(performance.now() - enqueuedAt);
    }
  } finally {
    await app.close();
    await worker.stop();
  }
  const sorted = waits.sort((a, b) => a - b);
  const quantile = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
  return { p50: quantile(0.5), p99: quantile(0.99) };
}
