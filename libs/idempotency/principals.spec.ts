import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import fc from 'fast-check';
import { loadConfig } from '#libs/config';
import { createTestDatabase, figure, sized, type TestDatabase } from '#libs/testing';
import { startSampleApi } from './fixtures/sample-api.js';

const pairs = sized(100, 1000);

let db: TestDatabase;
let app: NestFastifyApplication;
let url: string;

beforeAll(async () => {
  db = await createTestDatabase();
  await db.pool.query('create table effects (label text not null)');
  const SECRET_KEYS = randomBytes(32).toString('base64url');
  app = await startSampleApi(loadConfig({ NODE_ENV: 'test', DATABASE_URL: db.url, SECRET_KEYS }));
  url = (await app.getUrl()).replace('[::1]', '127.0.0.1');
});
afterAll(async () => {
  await app.close();
  await db.drop();
});

/** A principal and the key that it sends. */
type Sender = readonly [principal: string, key: string];

async function send([principal, key]: Sender, label: string) {
  const response = await fetch(`${url}/sample/created`, {
    method: 'POST',
    headers: { 'x-user': principal, 'idempotency-key': key, 'content-type': 'application/json' },
    body: JSON.stringify({ label }),
  });
  const { label: answered } = (await response.json()) as { label: string };
  return { status: response.status, answered, isReplay: response.headers.has('idempotency-replayed') };
}

const at = fc.integer({ min: 1, max: 35 });

/** Two senders with different principals, and with one key or with one text that is cut at different positions. */
const senders = fc
  .record({
    kind: fc.constantFrom('one key', 'one text'),
    cuts: fc.uniqueArray(at, { minLength: 2, maxLength: 2 }),
  })
  .map(({ kind, cuts }) => {
    const [text, key] = [randomUUID(), randomUUID()];
    return cuts.map((cut): Sender => [text.slice(0, cut), kind === 'one key' ? key : text.slice(cut)]);
  });

it('No principal gets the answer of another, whatever the two keys are', async () => {
  const property = fc.asyncProperty(senders, async (both) => {
    const labels = both.map(() => randomUUID());
    // Each sender sends its own request, and then repeats it.
    for (const isReplay of [false, true])
      for (const [index, sender] of both.entries())
        expect(await send(sender, labels[index]!)).toEqual({
          status: 201,
          answered: labels[index],
          isReplay,
        });
  });
  await fc.assert(property, { numRuns: pairs });
  const { rowCount } = await db.pool.query('select from effects');
  expect(rowCount).toBe(2 * pairs);
  figure('pairs of principals with one key', `${pairs} pairs, ${rowCount} effects, no answer of the other`);
});
