import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { figure } from '#libs/testing';
import { type Answer, type Api, Apis, person } from './support/apis.js';
import { sized, spread } from './support/size.js';

const duplicates = 500;

/**
 * Milliseconds between two of them: some 200 a second, which with the others take half a core of the process. All at one moment
 * would measure how long the machine takes for so many requests of any kind, and everything waits for that.
 */
const pace = 5;

/** Milliseconds that the 99th percentile of other requests may rise by. */
const mayRise = 50;

/** Whatever else the machine does makes requests slower and never faster: one round without it is enough. */
const rounds = sized(3, 5);

let apis: Apis;
let api: Api;

beforeAll(async () => {
  apis = await Apis.create();
  api = await apis.start();
  // The first requests of a process take longer than all others.
  await timesOfOthers(sleep(1000));
});
afterAll(() => apis.close());

/** Milliseconds that requests of other keys take, one after the other, until something is over. */
async function timesOfOthers(until: Promise<unknown>): Promise<number[]> {
  let isOver = false;
  void until.then(() => (isOver = true));
  const took: number[] = [];
  while (!isOver) {
    const start = performance.now();
    expect((await apis.invite(api.process.url, randomUUID(), person())).status).toBe(201);
    took.push(performance.now() - start);
  }
  return took;
}

/** Sends a request that stays in the middle of its handler: its insert never arrives, and its client waits. */
async function sendHeld(key: string, body: { email: string }): Promise<{ answer: Promise<Answer> }> {
  let claimed: number | undefined;
  const { promise: held, resolve } = Promise.withResolvers<void>();
  api.proxy.watch(({ connection, from, bytes }) => {
    if (from === 'client' && bytes.includes('idempotency_claim')) claimed ??= connection;
    const isInsert = from === 'client' && connection === claimed && bytes.includes('insert into "users"');
    if (isInsert) api.proxy.watch();
    if (isInsert) resolve();
    return isInsert ? 'drop' : 'pass';
  });
  const answer = apis.invite(api.process.url, key, body);
  await held;
  return { answer };
}

async function repetitionsOf(key: string, body: object): Promise<Answer[]> {
  const answers: Promise<Answer>[] = [];
  for (let index = 0; index < duplicates; index += 1) {
    answers.push(apis.invite(api.process.url, key, body));
    await sleep(pace);
  }
  return Promise.all(answers);
}

/**
 * One round: the times of others while nothing else happens, and while the repetitions come in. Alone they are measured before
 * and after, and the better counts, or a pause of the machine would excuse what the repetitions do.
 */
async function round(): Promise<{ alone: number[]; beside: number[] }> {
  const before = await timesOfOthers(sleep((duplicates * pace) / 2));
  const [key, body] = [randomUUID(), person()];
  const first = await sendHeld(key, body);
  const repetitions = repetitionsOf(key, body);
  const beside = await timesOfOthers(repetitions);
  expect(new Set((await repetitions).map(({ status }) => status))).toEqual(new Set([409]));
  // What it was waiting for never comes: it gives up, changes nothing, and the key is free.
  expect((await first.answer).status).toBe(503);
  expect((await apis.insist(api.process.url, key, body)).status).toBe(201);
  expect(await apis.effects(body.email)).toEqual({ users: 1, mails: 1 });
  const after = await timesOfOthers(sleep((duplicates * pace) / 2));
  return { alone: p99(before) < p99(after) ? before : after, beside };
}

const p99 = (milliseconds: number[]) =>
  milliseconds.toSorted((a, b) => a - b)[Math.floor(milliseconds.length * 0.99)]!;

it(`${duplicates} repetitions of a request that is still at work hold up no other`, async () => {
  let best: { rise: number; text: string } | undefined;
  for (let index = 0; index < rounds && !(best && best.rise < mayRise); index += 1) {
    const { alone, beside } = await round();
    const rise = p99(beside) - p99(alone);
    const text = `others ${spread(beside)}, p99 ${Math.round(p99(beside))} ms (alone ${spread(alone)}, p99 ${Math.round(p99(alone))} ms)`;
    if (!best || rise < best.rise) best = { rise, text };
  }
  figure(`${duplicates} repetitions of a request at work`, `${duplicates} × 409; ${best?.text}`);
  expect(best?.rise).toBeLessThan(mayRise);
}, 120_000);
