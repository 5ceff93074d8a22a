import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { figure, type Passing, sized, verdict } from '#libs/testing';
import { type Api, Apis, insertOfUser, person } from './support/apis.js';
import { spread } from './support/spread.js';

const rounds = sized(1, 25);

/** Milliseconds from the client's closed socket to its answer elsewhere, at most. */
const recoveryMs = 1000;

/** Where a request can die: recognised by what passes on the connection that its transaction has. */
const points: Record<string, (passing: Passing) => boolean> = {
  'after the claim': ({ from }) => from === 'server',
  'in the middle of the handler': ({ from, bytes }) => from === 'client' && bytes.includes(insertOfUser),
  'when the finish is sent': ({ from, bytes }) => from === 'client' && bytes.includes('idempotency_finish'),
  'after COMMIT, before the answer': ({ from, bytes }) => from === 'server' && bytes.includes('COMMIT\0'),
};

/** Kills the process when its next request with a key gets to the point; those bytes still arrive, or do not. */
function killAt(point: string, { process, proxy }: Api, verdict: 'pass' | 'cut'): void {
  let claimed: number | undefined;
  proxy.watch((passing) => {
    if (passing.from === 'client' && passing.bytes.includes('idempotency_claim'))
      claimed = passing.connection;
    if (passing.connection !== claimed || !points[point]!(passing)) return 'pass';
    process.child.kill('SIGKILL');
    return verdict;
  });
}

describe('an API that is killed', () => {
  let apis: Apis;
  const recoveries = new Map<string, number[]>();

  beforeAll(async () => {
    apis = await Apis.create();
  });
  afterAll(async () => {
    for (const [point, took] of recoveries)
      figure(
        `API killed ${point}`,
        `${took.length} × one effect; answer after ${spread(took)}, ${verdict(Math.max(...took), recoveryMs)}`,
      );
    await apis.close();
  });

  it.each(Array.from({ length: rounds }, (_, round) => round + 1))(
    'at any of four points leaves one effect and one answer, round %i',
    async (round) => {
      for (const point of Object.keys(points)) {
        const victim = await apis.start();
        // Every other finish is lost on the way: there it must not have happened, here it has.
        killAt(point, victim, round % 2 === 1 ? 'pass' : 'cut');
        const [key, body] = [randomUUID(), person()];
        const broken = await apis.invite(victim.process.url, key, body);
        const closedAt = performance.now(); // The lock ends with the dead connection.
        expect(broken.status).toBe(0);
        expect((await victim.process.exited).signal).toBe('SIGKILL');

        const answer = await apis.insist(apis.world.url, key, body);
        const took = performance.now() - closedAt;
        recoveries.set(point, [...(recoveries.get(point) ?? []), took]);
        expect(answer.status).toBe(201);
        expect(await apis.effects(body.email)).toEqual({ users: 1, mails: 1 });
        const again = await apis.invite(apis.world.url, key, body);
        expect(again.text).toBe(answer.text);
        expect(again.headers.get('idempotency-replayed')).toBe('true');
      }
    },
  );
});
