import { type INestApplicationContext, Module, type ModuleMetadata } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type Config, ConfigModule } from '#libs/config';
import { DatabaseModule } from '#libs/database';
import { FilesModule } from '#libs/files';
import { QueueModule, QueueWorkerModule } from '../index.js';
import { BreakableProcessor } from './breakable-jobs.js';
import { SampleProcessor } from './sample-jobs.js';
import { SpanProcessor } from './span-jobs.js';

/** A worker in this process, with the handlers of all sample jobs and whatever else the jobs of a test need. */
export function startWorker(
  config: Config,
  { imports = [], providers = [] }: Pick<ModuleMetadata, 'imports' | 'providers'> = {},
): Promise<INestApplicationContext> {
  @Module({
    imports: [
      ConfigModule.forRoot(config),
      DatabaseModule.forRoot('worker'),
      FilesModule,
      QueueModule,
      QueueWorkerModule.forRoot(config),
      ...imports,
    ],
    providers: [SampleProcessor, SpanProcessor, BreakableProcessor, ...providers],
  })
  class WorkerModule {}
  return NestFactory.createApplicationContext(WorkerModule, {
    abortOnError: false,
    logger: process.env.TEST_LOG ? undefined : false,
  });
}
