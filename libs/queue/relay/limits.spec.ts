import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createPool, Database, newId } from '#libs/database';
import { eventually } from '#libs/testing';
import { placesPerOwner, reserved } from '../testing/crowd-jobs.js';
import { record } from '../testing/sample-jobs.js';
import { World } from '../testing/world.js';
import { takeBatch } from './outbox-batch.js';
import { completion } from '../outbox/dispatched-messages.js';
import { partitionKeyOf, nextPartitions } from '../outbox/partitions.js';

describe('the places of an owner', () => {
  let world: World;
  let relay: Database;

  beforeAll(async () => {
    world = await World.create('postgres');
    relay = new Database(createPool(world.config.DATABASE_URL, { role: 'worker', max: 4 }));
  });

  afterAll(async () => {
    await relay?.pool.end();
    await world?.close();
  });

  beforeEach(() => world.rows('truncate outbox, dispatched_messages, queue_controls'));

  async function wait(
    partitionKey: string,
    { name = reserved.name, availableAt = 'now()', count = 1, firstSeq = 100 } = {},
  ) {
    const ids = Array.from({ length: count }, () => newId());
    await world.rows(
      `insert into outbox (id, seq, queue, name, version, payload, headers, partition_key, available_at)
       select id, $4 + position, 'default', $2, 1, '{}', '{}', $3, ${availableAt}
       from unnest($1::uuid[]) with ordinality as given (id, position)`,
      [ids, name, partitionKey, firstSeq],
    );
    return ids;
  }

  const partitionKeyFor = (owner: string) => partitionKeyOf(reserved, { owner })!;
  const take = async () =>
    (await takeBatch(relay, ['default'], await nextPartitions(relay, ''))).map(({ id }) => id).sort();
  const handedOver = async () => (await world.rows('select 1 from dispatched_messages')).length;

  it('go to those that have waited longest, and again when one is settled', async () => {
    const [first, second, third] = await wait(partitionKeyFor(randomUUID()), { count: 3 });
    expect(await take()).toEqual([first!, second!].sort());
    expect(await take()).toEqual([]);
    await world.rows(completion(first!));
    expect(await take()).toEqual([third]);
  });

  it('are there for every owner, however many jobs one of them has', async () => {
    await wait(partitionKeyFor(randomUUID()), { count: 20_000 });
    const theirs = await wait(partitionKeyFor(randomUUID()), { count: 2 });
    const taken = await take();
    expect(taken).toHaveLength(2 * placesPerOwner);
    expect(taken).toEqual(expect.arrayContaining(theirs));
  });

  it('are not held by what is not due yet', async () => {
    const partitionKey = partitionKeyFor(randomUUID());
    await wait(partitionKey, { count: 5, availableAt: `now() + interval '1 hour'`, firstSeq: 1 });
    const due = await wait(partitionKey, { count: 2 });
    expect(await take()).toEqual(due.sort());
  });

  it('are one where only another release knows the limit', async () => {
    await wait(`job:another.release:${randomUUID()}`, { name: 'another.release', count: 3 });
    expect(await take()).toHaveLength(1);
  });

  it('stay free while the queue is paused', async () => {
    await wait(partitionKeyFor(randomUUID()), { count: 2 });
    await wait(partitionKeyOf(record, { owner: randomUUID() })!, { name: record.name });
    await world.rows(`insert into queue_controls (name, state) values ('default', 'paused')`);
    expect(await take()).toEqual([]);
    await world.rows(`update queue_controls set state = 'running'`);
    expect(await take()).toHaveLength(3);
  });

  it('are given out by one relay at a time: two that count at once would both find the last one free', async () => {
    const partitionKey = partitionKeyFor(randomUUID());
    await wait(partitionKey, { count: placesPerOwner });
    // Holds up the first relay after it has chosen, and before it commits.
    await world.rows(`create function dawdle() returns trigger language plpgsql as $$
      begin perform pg_advisory_xact_lock(1); return new; end $$`);
    await world.rows(
      'create trigger dawdle before insert on dispatched_messages for each row execute function dawdle()',
    );
    const holder = await relay.pool.connect();
    await holder.query('begin; select pg_advisory_xact_lock(1)');
    const isWaiting = (n: number) => async () =>
      (await world.rows('select 1 from pg_locks where not granted')).length >= n;
    const one = take();
    await eventually(isWaiting(1), { what: 'the first relay waits' });
    // Promised before the others, by a transaction that took longer to commit.
    await wait(partitionKey, { firstSeq: 1 });
    const other = take();
    await Promise.race([other, eventually(isWaiting(2), { what: 'the second relay waits' })]);
    await holder.query('rollback');
    holder.release();
    await Promise.all([one, other]);
    expect(await handedOver()).toBe(placesPerOwner);
    await world.rows('drop function dawdle cascade');
  });

  it('and an ordering key exclude each other', async () => {
    const promise = world.enqueue(reserved, { label: 'both' }, { orderingKey: 'one' });
    await expect(promise).rejects.toThrow('takes no ordering key');
  });
});
