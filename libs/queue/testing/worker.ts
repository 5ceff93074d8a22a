import { type INestApplicationContext, Module, type Provider } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type Config, ConfigModule } from '#libs/config';
import { DatabaseModule } from '#libs/database';
import { FilesModule } from '#libs/files';
import { QueueModule, QueueWorkerModule } from '../index.js';
import { SampleWork } from './sample-jobs.js';

/** A worker with the sample handlers, in this process. */
export function startWorker(
  config: Config,
  handlers: Provider[] = [SampleWork],
): Promise<INestApplicationContext> {
  @Module({
    imports: [
      ConfigModule.forRoot(config),
      DatabaseModule.forRoot('worker'),
      FilesModule,
      QueueModule,
      QueueWorkerModule,
    ],
    providers: handlers,
  })
  class WorkerModule {}
  return NestFactory.createApplicationContext(WorkerModule, {
    abortOnError: false,
    logger: process.env.TEST_LOG ? undefined : false,
  });
}
