import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, figure, type TestDatabase, verdict } from '#libs/testing';
import { AppProcess } from '../support/process.js';

let db: TestDatabase;
let api: AppProcess;
beforeAll(async () => {
  db = await createTestDatabase();
  api = await AppProcess.start('api', {
    DATABASE_URL: db.url,
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

/** Milliseconds. All are answered within the first: 2 s that a hash may wait, and the hashes under way; health within the second. */
const answeredMs = 6000;
const healthMs = 200;

describe('a hundred people who sign in at once', () => {
  it('get an answer each, some of them when to come back, and health answers meanwhile', async () => {
    await Promise.all(Array.from({ length: 4 }, (_, n) => signIn(n)));
    let isOver = false;
    const started = performance.now();
    const answers = Promise.all(Array.from({ length: 100 }, (_, n) => signIn(n))).finally(() => {
      isOver = true;
    });
    const health: number[] = [];
    while (!isOver) {
      const asked = performance.now();
      expect((await fetch(`${api.url}/health/live`)).status).toBe(200);
      health.push(performance.now() - asked);
    }
    const responses = await answers;
    const took = performance.now() - started;
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([401, 503]));
    for (const { headers } of responses.filter(({ status }) => status === 503))
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    // It did not wait for the hashes that were before it.
    expect(health.length).toBeGreaterThan(5);
    const p95 = health.toSorted((a, b) => a - b)[Math.floor(health.length * 0.95)]!;
    figure('100 sign-ins at once', `all answered in ${verdict(took, answeredMs)}`);
    figure('/health/live beside 100 sign-ins, p95', verdict(p95, healthMs));
  });
});
