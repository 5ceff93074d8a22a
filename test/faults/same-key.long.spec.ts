import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { figure, sized } from '#libs/testing';
import { type Api, Apis, person } from './support/apis.js';

const repetitions = sized(2, 200);
const crowd = 100;
const keys = sized(30, 300);
const copies = 10;

describe('two API processes', () => {
  let apis: Apis;
  let pair: Api[];
  const urlOf = (index: number) => pair[index % pair.length]!.process.url;

  beforeAll(async () => {
    apis = await Apis.create();
    pair = await Promise.all([apis.start(), apis.start()]);
  });
  afterAll(() => apis.close());

  it('give a hundred requests with one key one effect and one body', async () => {
    const seen = { refused: 0, replayed: 0 };
    for (let repetition = 0; repetition < repetitions; repetition += 1) {
      const [key, body] = [randomUUID(), person()];
      const answers = await Promise.all(
        Array.from({ length: crowd }, (_, index) => apis.invite(urlOf(index), key, body)),
      );
      const done = answers.filter(({ status }) => status === 201);
      const refused = answers.filter(({ text }) => text.includes('idempotency.in-progress'));
      // Who waited too long for a connection, on a slow machine, has done nothing and is told so.
      const unserved = answers.filter(({ status }) => status === 503);
      expect(done.length + refused.length + unserved.length).toBe(crowd);
      expect(new Set(done.map(({ text }) => text)).size).toBe(1);
      expect(done.filter(({ headers }) => !headers.has('idempotency-replayed'))).toHaveLength(1);
      expect(await apis.effects(body.email)).toEqual({ users: 1, mails: 1 });
      seen.refused += refused.length;
      seen.replayed += done.length - 1;
    }
    figure(
      `${crowd} at once with one key through 2 APIs`,
      `${repetitions} × one effect, one body; ${seen.refused} refused in flight, ${seen.replayed} replayed`,
    );
  });

  it(`do ${keys} requests, each sent ${copies} times in any order, once each`, async () => {
    const requests = Array.from({ length: keys }, () => ({ key: randomUUID(), body: person() }));
    const shuffled = Array.from({ length: copies }, () => requests)
      .flat()
      .map((request) => ({ request, order: Math.random() }))
      .sort((a, b) => a.order - b.order)
      .map(({ request }) => request);
    const bodies = new Map<string, Set<string>>(requests.map(({ key }) => [key, new Set()]));
    const queue = shuffled.entries();
    const client = async () => {
      for (const [index, { key, body }] of queue) {
        const { status, text, refusals } = await apis.insist(urlOf(index), key, body);
        expect(status).toBe(201);
        expect(refusals.every((refusal) => refusal === 409)).toBe(true);
        bodies.get(key)!.add(text);
      }
    };
    await Promise.all(Array.from({ length: 16 }, client));
    for (const { key, body } of requests) {
      expect(bodies.get(key)!.size).toBe(1);
      expect(await apis.effects(body.email)).toEqual({ users: 1, mails: 1 });
    }
    figure(`${keys} keys × ${copies}, shuffled`, `${keys} effects, ${keys} bodies, no error`);
  });
});
