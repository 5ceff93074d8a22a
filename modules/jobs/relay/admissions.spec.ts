import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createPool, Database, newId, Retention } from '#libs/database';
import { eventually } from '#libs/testing';
import { placesPerOwner, reserved } from '../testing/crowd-jobs.js';
import { World } from '../testing/world.js';
import { WakeUp } from '../wake-up.js';
import { Admissions } from './admissions.js';

describe('admission', () => {
  let world: World;
  let relay: Database;
  let admissions: Admissions;

  beforeAll(async () => {
    world = await World.create('postgres');
    relay = new Database(createPool(world.config.DATABASE_URL, { role: 'worker', max: 4 }));
    admissions = new Admissions(relay, new WakeUp(relay), new Retention(relay));
  });

  afterAll(async () => {
    await relay?.pool.end();
    await world?.close();
  });

  beforeEach(() => world.rows('truncate outbox, admissions'));

  async function wait(owner: string, { name = reserved.name, availableAt = 'now()', count = 1 } = {}) {
    const ids = Array.from({ length: count }, () => newId()).sort();
    await world.rows(
      `insert into outbox (id, queue, name, version, payload, headers, available_at, waits_for_owner)
       select id, 'default', $2, 1, '{}', '{}', ${availableAt}, $3 from unnest($1::uuid[]) id`,
      [ids, name, owner],
    );
    return ids;
  }

  const admitted = async () =>
    (await world.rows<{ message_id: string }>('select message_id from admissions order by 1')).map(
      (row) => row.message_id,
    );
  const free = async () =>
    (await world.rows<{ id: string }>('select id from outbox where waits_for_owner is null order by 1')).map(
      ({ id }) => id,
    );

  it('takes those that have waited longest, as many as the owner has places', async () => {
    const [first, second, third] = await wait(randomUUID(), { count: 3 });
    await admissions.admit(relay);
    await admissions.admit(relay);
    expect(await admitted()).toEqual([first, second]);
    expect(await free()).toEqual([first, second]);
    await admissions.release({ id: first!, name: reserved.name });
    await admissions.admit(relay);
    expect(await admitted()).toEqual([second, third]);
  });

  it('takes of every owner, however many one of them has', async () => {
    await wait(randomUUID(), { count: 20_000, availableAt: `now() - interval '1 hour'` });
    const theirs = await wait(randomUUID(), { count: 2 });
    await admissions.admit(relay);
    expect(await admitted()).toHaveLength(2 * placesPerOwner);
    expect(await free()).toEqual(expect.arrayContaining(theirs));
  });

  it('leaves what is not due yet, and what only another release knows', async () => {
    await wait(randomUUID(), { availableAt: `now() + interval '1 hour'` });
    await wait(randomUUID(), { name: 'another.release' });
    await admissions.admit(relay);
    expect(await admitted()).toEqual([]);
  });

  it('is done by one relay at a time: two that count at once would both find the last place free', async () => {
    const owner = randomUUID();
    const [first] = await wait(owner, { count: 2 });
    const holder = await relay.pool.connect();
    await holder.query('begin');
    await holder.query('select 1 from outbox where id = $1 for update', [first]);
    const one = admissions.admit(relay); // Has chosen both, and waits for the row.
    const isWaiting = (n: number) => async () =>
      (await world.rows(`select 1 from pg_locks where not granted`)).length >= n;
    await eventually(isWaiting(1), { what: 'the first relay waits' });
    await wait(owner, { availableAt: `now() - interval '1 hour'` }); // Now the oldest.
    const other = admissions.admit(relay);
    await Promise.race([other, eventually(isWaiting(2), { what: 'the second relay waits' })]);
    await holder.query('rollback');
    holder.release();
    await Promise.all([one, other]);
    expect(await admitted()).toHaveLength(placesPerOwner);
  });
});
