import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createPool, Database, newId } from '#libs/database';
import { eventually } from '#libs/testing';
import { maxPerOwner, recordSpanOfOwner } from '../testing/span-jobs.js';
import { record } from '../testing/sample-jobs.js';
import { TestEnvironment } from '../testing/test-environment.js';
import { takeBatch } from './outbox-batch.js';
import { completion } from '../outbox/dispatched-messages.js';
import { partitionKeyOf } from '../outbox/partition-key.js';
import { nextPartitions } from './partitions.js';

describe('the limit of an owner', () => {
  let env: TestEnvironment;
  let relay: Database;

  beforeAll(async () => {
    env = await TestEnvironment.create('postgres');
    relay = new Database(createPool(env.config.DATABASE_URL, { role: 'worker', max: 4 }));
  });

  afterAll(async () => {
    await relay?.pool.end();
    await env?.close();
  });

  beforeEach(() => env.rows('truncate outbox, dispatched_messages, queue_controls'));

  async function wait(
    partitionKey: string,
    { name = recordSpanOfOwner.name, availableAt = 'now()', count = 1, firstSeq = 100 } = {},
  ) {
    const ids = Array.from({ length: count }, () => newId());
    await env.rows(
      `insert into outbox (id, seq, queue, name, version, payload, headers, partition_key, available_at)
       select id, $4 + position, 'default', $2, 1, '{}', '{}', $3, ${availableAt}
       from unnest($1::uuid[]) with ordinality as given (id, position)`,
      [ids, name, partitionKey, firstSeq],
    );
    return ids;
  }

  const partitionKeyFor = (owner: string) => partitionKeyOf(recordSpanOfOwner, { owner })!;
  const take = async () =>
    (await takeBatch(relay, ['default'], await nextPartitions(relay, ''))).map(({ id }) => id).sort();
  const dispatched = async () => (await env.rows('select 1 from dispatched_messages')).length;

  it('lets those through that have waited longest, and the next when one is completed', async () => {
    const [first, second, third] = await wait(partitionKeyFor(randomUUID()), { count: 3 });
    expect(await take()).toEqual([first!, second!].sort());
    expect(await take()).toEqual([]);
    await env.rows(completion(first!));
    expect(await take()).toEqual([third]);
  });

  it('is counted for each owner, however many jobs one of them has', async () => {
    await wait(partitionKeyFor(randomUUID()), { count: 20_000 });
    const theirs = await wait(partitionKeyFor(randomUUID()), { count: 2 });
    const taken = await take();
    expect(taken).toHaveLength(2 * maxPerOwner);
    expect(taken).toEqual(expect.arrayContaining(theirs));
  });

  it('counts no job that is not due yet', async () => {
    const partitionKey = partitionKeyFor(randomUUID());
    await wait(partitionKey, { count: 5, availableAt: `now() + interval '1 hour'`, firstSeq: 1 });
    const due = await wait(partitionKey, { count: 2 });
    expect(await take()).toEqual(due.sort());
  });

  it('is one where only another release knows it', async () => {
    await wait(`job:another.release:${randomUUID()}`, { name: 'another.release', count: 3 });
    expect(await take()).toHaveLength(1);
  });

  it('counts no job of a paused queue', async () => {
    await wait(partitionKeyFor(randomUUID()), { count: 2 });
    await wait(partitionKeyOf(record, { owner: randomUUID() })!, { name: record.name });
    await env.rows(`insert into queue_controls (name, state) values ('default', 'paused')`);
    expect(await take()).toEqual([]);
    await env.rows(`update queue_controls set state = 'running'`);
    expect(await take()).toHaveLength(3);
  });

  it('is counted by one relay at a time: two that count at once would both find room for the last job', async () => {
    const partitionKey = partitionKeyFor(randomUUID());
    await wait(partitionKey, { count: maxPerOwner });
    // Holds up the first relay after it has chosen, and before it commits.
    await env.rows(`create function wait_for_lock() returns trigger language plpgsql as $$
      begin perform pg_advisory_xact_lock(1); return new; end $$`);
    await env.rows(
      'create trigger wait before insert on dispatched_messages for each row execute function wait_for_lock()',
    );
    const holder = await relay.pool.connect();
    await holder.query('begin; select pg_advisory_xact_lock(1)');
    const isWaiting = (n: number) => async () =>
      (await env.rows('select 1 from pg_locks where not granted')).length >= n;
    const one = take();
    await eventually(isWaiting(1), { what: 'the first relay waits' });
    // Enqueued before the others, by a transaction that took longer to commit.
    await wait(partitionKey, { firstSeq: 1 });
    const other = take();
    await Promise.race([other, eventually(isWaiting(2), { what: 'the second relay waits' })]);
    await holder.query('rollback');
    holder.release();
    await Promise.all([one, other]);
    expect(await dispatched()).toBe(maxPerOwner);
    await env.rows('drop function wait_for_lock cascade');
  });

  it('and an ordering key exclude each other', async () => {
    const enqueued = env.enqueue(recordSpanOfOwner, { label: 'both' }, { orderingKey: 'one' });
    await expect(enqueued).rejects.toThrow('takes no ordering key');
  });
});
