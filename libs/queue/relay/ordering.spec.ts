import { afterEach, describe, expect, it } from '@jest/globals';
import { newId } from '#libs/database';
import { eventually } from '#libs/testing';
import { record, refuse } from '../testing/sample-jobs.js';
import { startWorker } from '../testing/worker.js';
import { backends, World } from '../testing/world.js';

describe.each(backends)('messages with an ordering key on %s', (backend) => {
  const closing: (() => Promise<unknown>)[] = [];

  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  async function createWorld(): Promise<World> {
    const world = await World.create(backend);
    closing.push(() => world.close());
    return world;
  }

  it('go on after one that is given up, and wait for one that is not due', async () => {
    const world = await createWorld();
    const options = { orderingKey: 'a' };
    const refused = await world.enqueue(refuse, { label: 'given up' }, options);
    const late = await world.enqueue(
      record,
      { label: 'late' },
      { ...options, runAt: new Date(Date.now() + 2000) },
    );
    const last = await world.enqueue(record, { label: 'last' }, options);
    const free = await world.enqueue(record, { label: 'free' });
    const worker = await startWorker(world.config);
    closing.push(() => worker.close());
    await eventually(async () => (await world.count('inbox', last)) === 1, { what: 'the last is done' });
    expect(await world.count('dead_letters', refused)).toBe(1);
    const effects = await world.rows('select message_id from effects order by number');
    expect(effects.map(({ message_id }) => message_id as string)).toEqual([free, late, last]);
    expect(await world.rows('select 1 from dispatched_messages')).toHaveLength(0);
  });

  it('do not wait for one that was cancelled', async () => {
    const world = await createWorld();
    const id = newId();
    const cancelled = await world.enqueue(refuse, { label: id }, { orderingKey: 'b' });
    const next = await world.enqueue(record, { label: id }, { orderingKey: 'b' });
    await world.rows(`update operations set state = 'cancelled', finished_at = now() where id = $1`, [
      cancelled,
    ]);
    const worker = await startWorker(world.config);
    closing.push(() => worker.close());
    await eventually(async () => (await world.count('inbox', next)) === 1, { what: 'the next is done' });
    expect(await world.count('dead_letters', cancelled)).toBe(0);
  });
});
