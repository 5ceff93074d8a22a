import { randomUUID } from 'node:crypto';
import { expect, it } from '@jest/globals';
import request from 'supertest';
import { declaredJobs } from '#libs/queue';
import { eventually } from '#libs/testing';
import { startWorld } from '../../support/apps.js';
import { signedIn } from '../../support/people.js';

it('no operation of a client can take every worker: each has a limit for its owner', () => {
  const operations = declaredJobs().filter(({ operation }) => operation);
  expect(operations.length).toBeGreaterThan(2);
  for (const { name, maxRunningPerOwner } of operations)
    expect({ name, isLimited: maxRunningPerOwner <= 4 }).toEqual({ name, isLimited: true });
});

it('twenty exports of one owner are all done, two at a time', async () => {
  const world = await startWorld({ worker: true });
  const admin = await signedIn(world, 'admin');
  const asked = Array.from({ length: 20 }, () =>
    request(world.url)
      .post('/v1/user-exports')
      .set({ cookie: admin.cookie, 'idempotency-key': randomUUID() })
      .send({ format: 'ndjson' })
      .expect(202),
  );
  await Promise.all(asked);
  let most = 0;
  await eventually(async () => {
    const { rows } = await world.db.pool.query<{ dispatched: number; done: number }>(
      `select (select count(*)::int from dispatched_messages where name = 'users.export') as dispatched,
              (select count(*)::int from operations where state = 'succeeded') as done`,
    );
    most = Math.max(most, rows[0]!.dispatched);
    return rows[0]!.done === 20;
  });
  await world.close();
  expect(most).toBeLessThanOrEqual(2);
});
