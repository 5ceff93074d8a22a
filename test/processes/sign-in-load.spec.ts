import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { AppProcess } from '../support/process.js';

let db: TestDatabase;
let api: AppProcess;
beforeAll(async () => {
  db = await createTestDatabase();
  api = await AppProcess.start('api', {
    DATABASE_URL: db.url,
    SECRET_KEYS: randomBytes(32).toString('base64url'),
    // What production hashes with is the default; limits are out of the way, so that all reach the hasher.
    RATE_LIMIT_ANONYMOUS: '100000/60',
  }).listening();
});
afterAll(async () => {
  await api?.stop('SIGKILL');
  await db?.drop();
});

const signIn = (n: number) =>
  fetch(`${api.url}/v1/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: `nobody-${n}@example.com`, password: 'nobody knows it' }),
  });

/** Milliseconds that /health/live takes. */
async function healthTakes(): Promise<number> {
  const started = performance.now();
  expect((await fetch(`${api.url}/health/live`)).status).toBe(200);
  return performance.now() - started;
}

describe('a hundred people who sign in at once', () => {
  it('are told within bounds, some of them when to come back, and health answers at once meanwhile', async () => {
    await Promise.all(Array.from({ length: 4 }, (_, n) => signIn(n)));
    let isOver = false;
    const started = performance.now();
    const answers = Promise.all(Array.from({ length: 100 }, (_, n) => signIn(n))).finally(() => {
      isOver = true;
    });
    const health: number[] = [];
    while (!isOver) health.push(await healthTakes());
    const responses = await answers;
    // 2 s that a hash may wait, the hashes under way, and what the machine has to do besides.
    expect(performance.now() - started).toBeLessThan(6000);
    const statuses = new Set(responses.map(({ status }) => status));
    expect(statuses).toEqual(new Set([401, 503]));
    for (const { headers } of responses.filter(({ status }) => status === 503))
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect(health.length).toBeGreaterThan(5);
    const sorted = health.toSorted((a, b) => a - b);
    expect(sorted[Math.floor(sorted.length * 0.95)]).toBeLessThan(200);
  });
});
