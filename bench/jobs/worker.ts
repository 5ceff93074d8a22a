import 'reflect-metadata';
import { once } from 'node:events';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ConfigModule, loadConfig } from '#libs/config';
import { DatabaseModule } from '#libs/database';
import { QueueWorkerModule } from '#libs/queue';
import { SampleJobsProcessor } from './sample-work.js';

// The relay and the consumers of a worker of Mainstay, with the measured jobs. It reports when it is up, and ends with its parent.
const config = loadConfig(process.env);

@Module({
  imports: [
    ConfigModule.forRoot(config),
    DatabaseModule.forRoot('worker'),
    QueueWorkerModule.forRoot(config),
  ],
  providers: [SampleJobsProcessor],
})
class BenchWorkerModule {}

const app = await NestFactory.createApplicationContext(BenchWorkerModule, { logger: ['warn', 'error'] });
process.send?.('up');
await once(process, 'disconnect');
await app.close();
process.exit();
