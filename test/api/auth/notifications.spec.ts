import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '#libs/testing';
import { startWorld, type World } from '../../support/apps.js';
import { rowsOf } from '../../support/factors.js';
import { existing } from '../../support/people.js';

let world: World;
beforeAll(async () => {
  world = await startWorld({ worker: true });
});
afterAll(() => world.close());

/** Enqueues a notification with this payload, which need not be valid. Returns the id of the job. */
async function enqueued(payload: object): Promise<string> {
  const id = randomUUID();
  const headers = { enqueued_at: new Date().toISOString() };
  await world.db.pool.query(
    `insert into outbox (id, queue, name, version, payload, headers) values ($1, 'mail', 'auth.notify', 1, $2, $3)`,
    [id, payload, headers],
  );
  return id;
}

describe('a notification', () => {
  const waits = (id: string) =>
    rowsOf(
      world,
      'select from outbox where id = $1 union all select from dispatched_messages where id = $1',
      id,
    );

  it('for a deleted account is completed without a mail', async () => {
    const id = await enqueued({ to: { userId: randomUUID() }, kind: 'passkey-added' });
    await eventually(async () => (await waits(id)).length === 0);
    expect(await rowsOf(world, "select error->>'code' as code from dead_letters where id = $1", id)).toEqual(
      [],
    );
    expect(await rowsOf(world, 'select from dev_mails where key = $1', id)).toEqual([]);
  });

  it('without its detail becomes a dead letter', async () => {
    const [user] = await rowsOf(
      world,
      'select id from users where email = $1',
      await existing(world, 'member'),
    );
    const userId = user!.id as string;
    const id = await enqueued({ to: { userId }, kind: 'impersonation-started' });
    await eventually(async () => (await waits(id)).length === 0);
    expect(await rowsOf(world, "select error->>'code' as code from dead_letters where id = $1", id)).toEqual([
      { code: 'jobs.unreadable' },
    ]);
  });
});
