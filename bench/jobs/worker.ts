import 'reflect-metadata';
import { once } from 'node:events';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ConfigModule, loadConfig } from '#libs/config';
import { DatabaseModule } from '#libs/database';
import { QueueWorkerModule } from '#libs/queue';
import { SampleWork } from './sample-work.js';

// The relay and the workers of Mainstay, with the jobs that are measured. Says when it is up, and ends with its parent.
const config = loadConfig(process.env);

@Module({
  imports: [
    ConfigModule.forRoot(config),
    DatabaseModule.forRoot('worker'),
    QueueWorkerModule.forRoot(config),
  ],
  providers: [SampleWork],
})
class BenchWorkerModule {}

const app = await NestFactory.createApplicationContext(BenchWorkerModule, { logger: ['warn', 'error'] });
process.send?.('up');
await once(process, 'disconnect');
await app.close();
process.exit();
