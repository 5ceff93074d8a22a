import cookie from '@fastify/cookie';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { PinoLogger } from 'nestjs-pino';
import type { Config } from '#libs/config';
import { HttpAdapter, type HttpEvents } from '#libs/http';
import { AppLogger } from '#libs/observability';
import { WorkerModule } from './worker.module.js';

/** Creates the job process, ready to listen for probes. */
export async function createWorker(config: Config): Promise<NestFastifyApplication> {
  const events = new ProbeLogger();
  const adapter = new HttpAdapter(config, events);
  const app = await NestFactory.create<NestFastifyApplication>(WorkerModule.forRoot(config), adapter, {
    bufferLogs: true,
    abortOnError: false,
  });
  events.logger = await app.resolve(PinoLogger);
  await app.register(cookie);
  app.useLogger(app.get(AppLogger));
  return app;
}

class ProbeLogger implements HttpEvents {
  logger: PinoLogger | undefined;

  /** Logs nothing: probes come every few seconds and have no news. */
  answered(): void {}

  failed(error: unknown): void {
    this.logger?.error({ err: error }, 'probe failed');
  }
}
