import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { figure, sized, verdict } from '#libs/testing';
import { type Api, Apis, insertOfUser, person } from './support/apis.js';
import { spread } from './support/spread.js';

const rounds = sized(3, 100);
const underFire = sized(150, 2000);

/** Milliseconds: idle_in_transaction_session_timeout (libs/database/pool.ts) and the server's slack. */
const lockFreedMs = 15_000;

/** Requests between two volleys, at most: every connection has work again when the next of them ends. */
const betweenVolleys = 15;

describe('a connection that breaks', () => {
  let apis: Apis;
  let api: Api;

  beforeAll(async () => {
    apis = await Apis.create();
    api = await apis.start();
  });
  afterAll(() => apis.close());

  /** Cuts the connection of the next request with a key, in place of COMMIT or of its answer. */
  function cutOnce(commit: 'before it arrives' | 'before its answer arrives'): void {
    let finishing: number | undefined;
    api.proxy.watch(({ connection, from, bytes }) => {
      if (from === 'client' && bytes.includes('idempotency_finish')) finishing = connection;
      const isAnswer = connection === finishing && from === 'server' && bytes.includes('COMMIT\0');
      const isNow = commit === 'before it arrives' ? connection === finishing : isAnswer;
      if (isNow) api.proxy.watch();
      return isNow ? 'cut' : 'pass';
    });
  }

  it('after COMMIT costs the client nothing: it gets the first result, and so does its retry', async () => {
    const took: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const [key, body] = [randomUUID(), person()];
      cutOnce('before its answer arrives');
      const start = performance.now();
      const first = await apis.invite(api.process.url, key, body);
      took.push(performance.now() - start);
      expect(first.status).toBe(201);
      expect(first.headers.has('idempotency-replayed')).toBe(false);
      const again = await apis.invite(api.process.url, key, body);
      expect(again.text).toBe(first.text);
      expect(again.headers.get('idempotency-replayed')).toBe('true');
      expect(await apis.effects(body.email)).toEqual({ users: 1, mails: 1 });
    }
    figure('acknowledgement of COMMIT lost', `${rounds} × the first result; answered in ${spread(took)}`);
  });

  it('before COMMIT is said to have changed nothing, and the retry does the work', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const [key, body] = [randomUUID(), person()];
      cutOnce('before it arrives');
      const first = await apis.invite(api.process.url, key, body);
      expect(first.status).toBe(503);
      expect(first.headers.get('retry-after')).toBe('1');
      expect(JSON.parse(first.text)).toMatchObject({ code: 'idempotency.outcome-unknown' });
      expect(await apis.effects(body.email)).toEqual({ users: 0, mails: 0 });
      const again = await apis.invite(api.process.url, key, body);
      expect(again.status).toBe(201);
      expect(again.headers.has('idempotency-replayed')).toBe(false);
      expect(await apis.effects(body.email)).toEqual({ users: 1, mails: 1 });
    }
    figure('COMMIT lost on its way', `${rounds} × 503, no effect; then one`);
  });

  it('because the server ends it, at any moment, is a 503 at most, and the process goes on', async () => {
    const refusals: number[] = [];
    let terminated = 0;
    const fire = async () => {
      const { rows } = await apis.world.db.pool.query<{ count: number }>(
        `select count(pg_terminate_backend(pid))::int as count from pg_stat_activity
         where datname = current_database() and application_name = 'mainstay-api' and random() < 0.3`,
      );
      terminated += rows[0]!.count;
    };
    const people = Array.from({ length: underFire }, person);
    const queue = people.values();
    let untilVolley = 0;
    // Each volley comes while the other clients are in the middle of their requests.
    const client = async () => {
      for (const body of queue) {
        if ((untilVolley -= 1) < 0) {
          untilVolley = Math.random() * betweenVolleys;
          await fire();
        }
        const answer = await apis.insist(api.process.url, randomUUID(), body);
        expect(answer.status).toBe(201);
        refusals.push(...answer.refusals);
      }
    };
    await Promise.all(Array.from({ length: 8 }, client));

    // 409: the client was faster with its retry than the server with the end of the old transaction.
    expect(refusals.filter((status) => status !== 503 && status !== 409)).toEqual([]);
    expect(terminated).toBeGreaterThan(10);
    expect(api.process.child.exitCode).toBeNull();
    for (const { email } of people) expect(await apis.effects(email)).toEqual({ users: 1, mails: 1 });
    figure(
      `${terminated} connections ended by the server under load`,
      `${underFire} requests: one effect each; ${refusals.length} refused with 503, no 500, process up`,
    );
  });

  it('without a word holds the key no longer than the server waits for the rest of a transaction', async () => {
    const [key, body] = [randomUUID(), person()];
    const { promise: silent, resolve } = Promise.withResolvers<void>();
    let claimed: number | undefined;
    api.proxy.watch(({ connection, from, bytes }) => {
      if (from === 'client' && bytes.includes('idempotency_claim')) claimed = connection;
      const isAfterClaim = from === 'client' && connection === claimed && bytes.includes(insertOfUser);
      if (isAfterClaim) api.proxy.hang();
      if (isAfterClaim) resolve();
      return isAfterClaim ? 'drop' : 'pass';
    });
    const hanging = apis.invite(api.process.url, key, body);
    await silent;
    const start = performance.now();
    const other = await apis.insist(apis.world.url, key, body);
    const took = performance.now() - start;
    const hung = await hanging;
    // Until here nothing of that connection got through, so it was the server that ended the transaction.
    api.proxy.watch();
    api.proxy.resume();
    expect(hung.status).toBe(503);
    expect(other.status).toBe(201);
    expect(other.refusals[0]).toBe(409);
    expect(await apis.effects(body.email)).toEqual({ users: 1, mails: 1 });
    figure('connection half open after the claim', `key free again after ${verdict(took, lockFreedMs)}`);
  });
});
