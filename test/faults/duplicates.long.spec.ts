import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { figure, sized, verdict } from '#libs/testing';
import { type Answer, type Api, Apis, insertOfUser, person } from './support/apis.js';
import { spread } from './support/spread.js';

/** Repetitions on their way at any moment: twice as many as the API has connections to its database. */
const atOnce = 20;

const rounds = sized(1, 5);

/** Milliseconds that others are watched alone, to compare; and that their 99th percentile may rise by. */
const alone = 3000;
const mayRise = 50;

let apis: Apis;
let api: Api;

beforeAll(async () => {
  apis = await Apis.create();
  api = await apis.start();
});
afterAll(() => apis.close());

/** Sends a request that stays in the middle of its handler: its insert never arrives, and its client waits. */
async function sendHeld(key: string, body: { email: string }): Promise<{ answer: Promise<Answer> }> {
  let claimed: number | undefined;
  const { promise: held, resolve } = Promise.withResolvers<void>();
  api.proxy.watch(({ connection, from, bytes }) => {
    if (from === 'client' && bytes.includes('idempotency_claim')) claimed ??= connection;
    const isInsert = from === 'client' && connection === claimed && bytes.includes(insertOfUser);
    if (isInsert) api.proxy.watch();
    if (isInsert) resolve();
    return isInsert ? 'drop' : 'pass';
  });
  const answer = apis.invite(api.process.url, key, body);
  await held;
  return { answer };
}

/** Asks one after the other until something is over. Gives what was answered before that, and milliseconds. */
async function keepAsking(until: Promise<unknown>, ask: () => Promise<Answer>) {
  const answers: { status: number; took: number }[] = [];
  let isOver = false;
  void until.then(() => (isOver = true));
  while (!isOver) {
    const start = performance.now();
    const { status } = await ask();
    if (!isOver) answers.push({ status, took: performance.now() - start });
  }
  return answers;
}

const askOther = () => apis.invite(api.process.url, randomUUID(), person());
const statusesOf = (answers: { status: number }[]) => new Set(answers.map(({ status }) => status));
const p99 = (milliseconds: number[]) =>
  milliseconds.toSorted((a, b) => a - b)[Math.floor(milliseconds.length * 0.99)]!;

/** Repetitions, and other requests beside them, for as long as the first is at work: until its statement takes too long. */
async function round() {
  const [key, body] = [randomUUID(), person()];
  const { answer } = await sendHeld(key, body);
  const repeat = () => keepAsking(answer, () => apis.invite(api.process.url, key, body));
  const [others, ...repetitions] = await Promise.all([
    keepAsking(answer, askOther),
    ...Array.from({ length: atOnce }, repeat),
  ]);
  // What it was waiting for never comes: it gives up, changes nothing, and the key is free.
  expect((await answer).status).toBe(503);
  expect((await apis.insist(api.process.url, key, body)).status).toBe(201);
  expect(await apis.effects(body.email)).toEqual({ users: 1, mails: 1 });
  return { others, repetitions: repetitions.flat() };
}

it('repetitions of a request that is still at work are answered at once, and hold up no other', async () => {
  const aloneTook = (await keepAsking(sleep(alone), askOther)).map(({ took }) => took);
  for (let index = 0; index < rounds; index += 1) {
    const { others, repetitions } = await round();
    // If they waited for the first, they would have every connection, and nobody would have been answered by now.
    expect(statusesOf(repetitions)).toEqual(new Set([409]));
    expect(statusesOf(others)).toEqual(new Set([201]));
    expect(repetitions.length).toBeGreaterThan(atOnce);
    const took = others.map((other) => other.took);
    figure(
      `${repetitions.length} repetitions of a request at work`,
      `each 409; others ${spread(took)} (alone ${spread(aloneTook)}), p99 rises by ${verdict(p99(took) - p99(aloneTook), mayRise)}`,
    );
  }
});
