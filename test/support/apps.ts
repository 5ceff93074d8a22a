import 'reflect-metadata';
import type { Server } from 'node:http';
import { randomBytes } from 'node:crypto';
import type { INestApplicationContext } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Config, loadConfig } from '#libs/config';
import { Database } from '#libs/database';
import { createTestDatabase, giveTime, type TestDatabase } from '#libs/testing';
import { timeouts } from '#libs/http';
import { createApi } from '../../apps/api/api.js';
import { createWorker } from '../../apps/worker/worker.js';
import { AnswerRecorder } from './contract/recorder.js';
import { cheapHashing } from './hashing.js';

export interface World {
  db: TestDatabase;
  /** Of the API, without a slash at the end. */
  url: string;
  /** PUBLIC_URL, where nothing listens. */
  publicUrl: string;
  api: NestFastifyApplication;
  worker: NestFastifyApplication | undefined;
  close(): Promise<void>;
}

/** Milliseconds, as long as a slow machine may need. */
timeouts.handler = 120_000;

const giveTimeTo = (app: INestApplicationContext) => giveTime(app.get(Database, { strict: false }).pool);

/** The real API, and the real worker if asked for, in this process on free ports, with a database of their own unless one is given. */
export async function startWorld({
  worker = false,
  env = {},
  db: given,
}: { worker?: boolean; env?: NodeJS.ProcessEnv; db?: TestDatabase } = {}): Promise<World> {
  const db = given ?? (await createTestDatabase());
  const checked = loadConfig({
    NODE_ENV: 'test',
    PORT: '0',
    WORKER_PORT: '0',
    DATABASE_URL: db.url,
    SECRET_KEYS: randomBytes(32).toString('base64url'),
    LOG_LEVEL: 'silent',
    PUBLIC_URL: 'http://mainstay.test',
    SHUTDOWN_HOLD_MS: '0',
    RATE_LIMIT_DEFAULT: '100000/60',
    RATE_LIMIT_ANONYMOUS: '100000/60',
    ...env,
  });
  const config = new Config({ ...checked, ...(!env.ARGON2_MEMORY_KIB && cheapHashing) });
  const api = await createApi(config);
  giveTimeTo(api);
  const answers = new AnswerRecorder(api.getHttpServer() as Server);
  await api.listen(0, '127.0.0.1');
  const jobs = worker ? await createWorker(config) : undefined;
  if (jobs) giveTimeTo(jobs);
  await jobs?.listen(0, '127.0.0.1');
  return {
    db,
    api,
    worker: jobs,
    publicUrl: config.PUBLIC_URL,
    url: (await api.getUrl()).replace('[::1]', '127.0.0.1'),
    async close() {
      await Promise.all([api.close(), jobs?.close()]);
      await db.drop();
      answers.assertDescribed();
    },
  };
}
