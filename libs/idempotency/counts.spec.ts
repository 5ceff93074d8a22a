import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type Attributes, metrics, type MeterProvider } from '@opentelemetry/api';
import { loadConfig } from '#libs/config';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { startSampleApi } from './fixtures/sample-api.js';

let db: TestDatabase;
let app: NestFastifyApplication;
const counted: [name: string, attributes: Attributes][] = [];

beforeAll(async () => {
  // In place of the SDK, which would send them elsewhere.
  const createCounter = (name: string) => ({
    add: (_: number, attributes: Attributes) => counted.push([name, attributes]),
  });
  metrics.setGlobalMeterProvider({ getMeter: () => ({ createCounter }) } as unknown as MeterProvider);
  db = await createTestDatabase();
  await db.pool.query('create table effects (label text not null)');
  const SECRET_KEYS = randomBytes(32).toString('base64url');
  app = await startSampleApi(loadConfig({ NODE_ENV: 'test', DATABASE_URL: db.url, SECRET_KEYS }));
});
afterAll(async () => {
  metrics.disable();
  await app.close();
  await db.drop();
});

async function send(key: string, ending = 'answer'): Promise<void> {
  const url = (await app.getUrl()).replace('[::1]', '127.0.0.1');
  await fetch(`${url}/sample/created`, {
    method: 'POST',
    headers: { 'idempotency-key': key, 'content-type': 'application/json' },
    body: JSON.stringify({ label: 'counted', ending }),
  });
}

it('Requests with a key are counted by route and by what became of them', async () => {
  const key = randomUUID();
  await send(key);
  await send(key);
  await send(key, 'conflict');
  await send(randomUUID(), 'bug');
  const route = 'POST /sample/created';
  expect(counted).toEqual(
    ['done', 'replayed', 'key-reused', 'failed'].map((outcome) => [
      'idempotency.requests',
      { route, outcome },
    ]),
  );
});
