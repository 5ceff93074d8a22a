import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { figure } from '#libs/testing';
import { type Api, Apis, person } from './support/apis.js';
import { sized, spread } from './support/size.js';

/** Fewer than MAX_CONCURRENT_REQUESTS, above which the API sheds load. */
const duplicates = sized(100, 400);
const others = sized(20, 100);

let apis: Apis;
let api: Api;

beforeAll(async () => {
  apis = await Apis.create();
  api = await apis.start();
});
afterAll(() => apis.close());

/** Milliseconds that requests of other keys take, one after the other. */
async function timesOfOthers(): Promise<number[]> {
  const took: number[] = [];
  for (let index = 0; index < others; index += 1) {
    const start = performance.now();
    expect((await apis.invite(api.process.url, randomUUID(), person())).status).toBe(201);
    took.push(performance.now() - start);
  }
  return took;
}

it(`${duplicates} repetitions of a request that is still at work hold up no other`, async () => {
  const alone = await timesOfOthers();
  const [key, body] = [randomUUID(), person()];
  // The first is held in the middle of its handler: its insert never arrives, and its client waits.
  let claimed: number | undefined;
  const { promise: held, resolve } = Promise.withResolvers<void>();
  api.proxy.watch(({ connection, from, bytes }) => {
    if (from === 'client' && bytes.includes('idempotency_claim')) claimed ??= connection;
    const isInsert = from === 'client' && connection === claimed && bytes.includes('insert into "users"');
    if (isInsert) api.proxy.watch();
    if (isInsert) resolve();
    return isInsert ? 'drop' : 'pass';
  });
  const first = apis.invite(api.process.url, key, body);
  await held;
  const repetitions = Array.from({ length: duplicates }, () => apis.invite(api.process.url, key, body));
  const took = await timesOfOthers();
  const answers = await Promise.all(repetitions);
  // What it was waiting for never comes: it gives up, changes nothing, and the key is free.
  expect((await first).status).toBe(503);
  expect((await apis.insist(api.process.url, key, body)).status).toBe(201);
  expect(await apis.effects(body.email)).toEqual({ users: 1, mails: 1 });
  expect(answers.every(({ status }) => status === 409)).toBe(true);
  expect(Math.max(...took)).toBeLessThan(2000);
  figure(
    `${duplicates} repetitions of a request at work`,
    `${answers.length} × 409; ${others} others answered in ${spread(took)} (alone ${spread(alone)})`,
  );
}, 60_000);
