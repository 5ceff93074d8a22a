import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { ConfigModule, loadConfig } from '#libs/config';
import { DatabaseModule } from '#libs/database';
import { HttpAdapter, HttpModule, ProblemFilter, SchemaPipe } from '#libs/http';
import { Mailer } from '#libs/mail';
import { createTestDatabase, eventually, type TestDatabase } from '#libs/testing';
import { DevMailHttpModule, DevMailWorkerModule } from './dev-mail.module.js';

let database: TestDatabase;
let app: NestFastifyApplication;

async function get(url: string) {
  const response = await app.inject({ method: 'GET', url });
  return { status: response.statusCode, body: response.json<{ data: Record<string, string>[] }>() };
}

/** The ids are ordered only from one millisecond to the next. */
async function send(key: string, to: string) {
  const before = Date.now();
  await eventually(async () => Date.now() > before);
  await app.get(Mailer).send({ key, to, subject: `Mail ${key}`, text: `Text ${key}` });
}

beforeAll(async () => {
  database = await createTestDatabase();
  const config = loadConfig({
    NODE_ENV: 'test',
    DATABASE_URL: database.url,
    SECRET_KEYS: randomBytes(32).toString('base64url'),
  });
  const module = await Test.createTestingModule({
    imports: [
      ConfigModule.forRoot(config),
      DatabaseModule.forRoot('api'),
      HttpModule,
      DevMailHttpModule,
      DevMailWorkerModule,
    ],
    providers: [
      { provide: APP_FILTER, useClass: ProblemFilter },
      { provide: APP_PIPE, useClass: SchemaPipe },
    ],
  }).compile();
  app = module.createNestApplication<NestFastifyApplication>(
    new HttpAdapter(config, { answered: () => {}, failed: () => {} }),
  );
  await app.init();
  await send('one', 'ann@example.com');
  await send('two', 'bob@example.com');
  await send('three', 'ann@example.com');
});
afterAll(async () => {
  await app.close();
  await database.drop();
});

it('shows the mail to an address, newest first', async () => {
  const { status, body } = await get('/dev/mail?to=ann@example.com');
  expect(status).toBe(200);
  expect(body.data.map(({ subject }) => subject)).toEqual(['Mail three', 'Mail one']);
  expect(Object.keys(body.data[0]!)).toEqual(['id', 'to', 'subject', 'text', 'received_at']);
  expect(body.data[0]!.received_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
});

it('shows all mail without an address, and no more than the limit', async () => {
  expect((await get('/dev/mail')).body.data).toHaveLength(3);
  expect((await get('/dev/mail?limit=2')).body.data.map(({ text }) => text)).toEqual([
    'Text three',
    'Text two',
  ]);
});

it.each(['form=x', 'limit=0', 'to=ann', 'to=ann@example.com&to=bob@example.com'])(
  'refuses ?%s',
  async (query) => {
    expect((await get(`/dev/mail?${query}`)).status).toBe(422);
  },
);
