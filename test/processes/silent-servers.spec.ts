import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually } from '#libs/testing';
import { type Api, Apis, person } from '../faults/support/apis.js';

let apis: Apis;
let api: Api;
let worker: Api;

beforeAll(async () => {
  apis = await Apis.create();
  [api, worker] = await Promise.all([apis.start(), apis.start('worker')]);
});
afterAll(() => apis.close());

const isReady = async ({ process }: Api) => (await fetch(`${process.url}/health/ready`)).status === 200;
const read = () => fetch(`${api.process.url}/v1/users?limit=1`, { headers: { cookie: apis.admin.cookie } });

/** The one invitation of this file is done. */
async function isMailed(): Promise<boolean> {
  const { rowCount } = await apis.world.db.pool.query(`select from inbox where consumer = 'users.invite'`);
  return rowCount === 1;
}

it('processes whose connections to Postgres fell silent use new ones, and the worker says meanwhile that nothing passes', async () => {
  await eventually(() => isReady(worker), { what: 'the worker is ready' });
  // Several connections are open: one time-out for each would add up.
  await Promise.all(Array.from({ length: 8 }, read));
  api.proxy.silence();
  worker.proxy.silence();

  expect((await apis.invite(apis.world.url, randomUUID(), person())).status).toBe(201);
  const statuses: number[] = [];
  const reads = (async () => {
    while (statuses.filter((status) => status === 200).length < 10) statuses.push((await read()).status);
  })();
  const heard: boolean[] = [];
  await eventually(async () => {
    const isDone = await isMailed();
    // The answer of a second before may still be in use.
    if (!isDone) heard.push(await isReady(worker));
    return isDone;
  });
  await reads;
  await eventually(() => isReady(worker), { what: 'the worker is ready again' });

  expect(statuses.slice(statuses.indexOf(200))).toEqual(Array.from({ length: 10 }, () => 200));
  expect(statuses.indexOf(200)).toBeLessThanOrEqual(2);
  expect(heard.slice(heard.indexOf(false))).not.toContain(true);
});
