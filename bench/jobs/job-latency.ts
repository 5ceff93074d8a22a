import 'reflect-metadata';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { type DynamicModule, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type Config, ConfigModule, loadConfig } from '#libs/config';
import { Database, DatabaseModule } from '#libs/database';
import { QueueModule, JobsService } from '#libs/queue';
import { environment } from '../processes.js';
import { type Place, startWorker } from './processes.js';
import { ring } from './sample-work.js';

/** Milliseconds from just before the promise's transaction until its handler has begun, and told so. */
export interface JobLatency {
  p50: number;
  p99: number;
}

/** Milliseconds between two promises, at random: so that they do not keep step with the relay's polls. */
const pause = { least: 50, more: 200 };

/** Promises that are not counted. */
const warmUp = 20;

@Module({})
class PromisingModule {
  static forRoot(config: Config): DynamicModule {
    return {
      module: PromisingModule,
      imports: [ConfigModule.forRoot(config), DatabaseModule.forRoot('api'), QueueModule],
    };
  }
}

/** One promise at a time on a system that has nothing else to do. */
export async function jobLatency(place: Place, samples: number, signal: AbortSignal): Promise<JobLatency> {
  const worker = await startWorker(place);
  const config = loadConfig(environment(place.databaseUrl, 0));
  const app = await NestFactory.createApplicationContext(PromisingModule.forRoot(config), { logger: false });
  const [db, jobs] = [app.get(Database), app.get(JobsService)];
  const waits: number[] = [];
  try {
    for (let count = 0; count < warmUp + samples; count += 1) {
      await delay(pause.least + Math.random() * pause.more, undefined, { signal });
      const begun = once(worker.child, 'message', { signal });
      const promisedAt = performance.now();
      await db.transaction(() => Promise.resolve(jobs.enqueue(ring, {})));
      await begun;
      if (count >= warmUp) waits.push(performance.now() - promisedAt);
    }
  } finally {
    await app.close();
    await worker.stop();
  }
  const sorted = waits.sort((a, b) => a - b);
  const quantile = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
  return { p50: quantile(0.5), p99: quantile(0.99) };
}
