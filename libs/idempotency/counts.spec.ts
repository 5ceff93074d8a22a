import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { loadConfig } from '#libs/config';
import { createTestDatabase, TcpProxy, type TestDatabase, TestMeter } from '#libs/testing';
import { startSampleApi } from './fixtures/sample-api.js';

let db: TestDatabase;
let proxy: TcpProxy;
let app: NestFastifyApplication;
let meter: TestMeter;

beforeAll(async () => {
  meter = TestMeter.install();
  db = await createTestDatabase();
  proxy = await TcpProxy.to(db.url);
  await db.pool.query('create table effects (label text not null)');
  const SECRET_KEYS = randomBytes(32).toString('base64url');
  const DATABASE_URL = proxy.through(db.url);
  app = await startSampleApi(loadConfig({ NODE_ENV: 'test', DATABASE_URL, SECRET_KEYS }));
});
afterAll(async () => {
  meter.uninstall();
  await app.close();
  await proxy.down();
  await db.drop();
});

const ascending = (a: number, b: number) => a - b;

async function send(key: string, ending = 'answer'): Promise<number> {
  const url = (await app.getUrl()).replace('[::1]', '127.0.0.1');
  const { status } = await fetch(`${url}/sample/created`, {
    method: 'POST',
    headers: { 'idempotency-key': key, 'content-type': 'application/json' },
    body: JSON.stringify({ label: 'counted', ending }),
  });
  return status;
}

it('Requests with a key are counted by route and by outcome', async () => {
  const key = randomUUID();
  await send(key);
  await send(key);
  await send(key, 'conflict');
  await send(randomUUID(), 'bug');
  const route = 'POST /sample/created';
  for (const outcome of ['done', 'replayed', 'key-reused', 'failed'])
    expect([outcome, meter.total('idempotency.requests', { route, outcome })]).toEqual([outcome, 1]);
  expect(meter.total('idempotency.requests')).toBe(4);
});

it('Every stored answer is measured once, and an answer that is not stored is not measured', async () => {
  const before = meter.values('idempotency.stored').length;
  const key = randomUUID();
  await send(key);
  await send(key);
  await send(randomUUID(), 'conflict');
  await send(randomUUID(), 'bug');
  const { rows } = await db.pool.query('select length(response) as bytes from idempotency_keys');
  const stored = meter.values('idempotency.stored');
  expect(stored).toHaveLength(before + 2);
  const bytes = rows.map((row: { bytes: number }) => row.bytes);
  expect(stored.toSorted(ascending)).toEqual(bytes.toSorted(ascending));
});

it('Commits whose answer is lost are counted by what the store found', async () => {
  // The proxy cuts the first connection that commits, before or after the server receives the COMMIT.
  const cutAt = (side: 'client' | 'server') => {
    let committing: number | undefined;
    proxy.watch(({ connection, from, bytes }) => {
      if (from === 'client' && bytes.includes('COMMIT')) committing ??= connection;
      const isCut = connection === committing && from === side;
      if (isCut) proxy.watch();
      return isCut ? 'cut' : 'pass';
    });
  };
  cutAt('server');
  expect(await send(randomUUID())).toBe(201);
  cutAt('client');
  expect(await send(randomUUID())).toBe(503);
  expect(meter.total('idempotency.commits_resolved', { outcome: 'found' })).toBe(1);
  expect(meter.total('idempotency.commits_resolved', { outcome: 'absent' })).toBe(1);
  expect(meter.total('idempotency.requests', { outcome: 'outcome-unknown' })).toBe(1);
});
