import { randomUUID } from 'node:crypto';
import { expect, it } from '@jest/globals';
import request from 'supertest';
import { declaredJobs } from '#libs/queue';
import { eventually } from '#libs/testing';
import { startWorld } from '../../support/apps.js';
import { type Person, signedIn } from '../../support/people.js';

it('no operation of a client can take every worker: each has a limit for its owner', () => {
  const operations = declaredJobs().filter(({ operation }) => operation);
  expect(operations.length).toBeGreaterThan(2);
  for (const { name, maxRunningPerOwner, maxWaitingPerOwner, maxStoredBytesPerOwner } of operations) {
    const isLimited =
      maxRunningPerOwner <= 4 && maxWaitingPerOwner <= 100 && maxStoredBytesPerOwner <= 2 ** 30;
    expect({ name, isLimited }).toEqual({ name, isLimited: true });
  }
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

it('of forty exports that are asked for at once only 25 wait, and others have room of their own', async () => {
  const world = await startWorld();
  const [admin, other] = await Promise.all([signedIn(world, 'admin'), signedIn(world, 'admin')]);
  const ask = ({ cookie }: Person) =>
    request(world.url)
      .post('/v1/user-exports')
      .set({ cookie, 'idempotency-key': randomUUID() })
      .send({ format: 'csv' });
  const answers = await Promise.all(
    Array.from({ length: 40 }, () => ask(admin).then((response) => response)),
  );
  const refused = answers.filter(({ status }) => status === 429);
  expect({
    accepted: answers.filter(({ status }) => status === 202).length,
    refused: refused.length,
  }).toEqual({
    accepted: 25,
    refused: 15,
  });
  expect(refused[0]!.body.code).toBe('jobs.too-many-waiting');
  expect(Number(refused[0]!.headers['retry-after'])).toBeGreaterThan(0);
  await ask(other).expect(202);
  const { location } = answers.find(({ status }) => status === 202)!.headers;
  await request(world.url).delete(location!).set('cookie', admin.cookie).expect(202);
  await ask(admin).expect(202);
  await world.close();
});

it('uploads that take too much space keep their owner from more, until they expire', async () => {
  const world = await startWorld();
  const [admin, other] = await Promise.all([signedIn(world, 'admin'), signedIn(world, 'admin')]);
  const upload = ({ cookie }: Person) =>
    request(world.url)
      .post('/v1/user-imports')
      .set({ cookie, 'idempotency-key': randomUUID(), 'content-type': 'text/csv' })
      .send('email,name\na@example.com,Ann\n');
  await upload(admin).expect(202);
  await world.db.pool.query(`update files set size = 1073741824, expires_at = now() + interval '1 day'`);
  const refused = await upload(admin).expect(429);
  expect(refused.body.code).toBe('files.storage-full');
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(86_000);
  await upload(other).expect(202);
  await world.close();
});

it('two exports at once never have more stored than their owner may, by more than a chunk', async () => {
  const world = await startWorld({ worker: true });
  const admin = await signedIn(world, 'admin');
  await world.db.pool.query(
    `insert into users (id, email, name, role, status)
     select gen_random_uuid(), 'person-' || n || '@example.com', repeat('x', 100), 'member', 'active'
     from generate_series(1, 20000) n`,
  );
  const ask = async () => {
    const { body } = await request(world.url)
      .post('/v1/user-exports')
      .set({ cookie: admin.cookie, 'idempotency-key': randomUUID() })
      .send({ format: 'csv' })
      .expect(202);
    return body.id as string;
  };
  const stateOf = async (id: string) => {
    const { body } = await request(world.url).get(`/v1/jobs/${id}`).set('cookie', admin.cookie).expect(200);
    return body as { state: string; attempts: number };
  };
  const stored = async () => {
    const { rows } = await world.db.pool.query<{ written: number; counted: number }>(
      `select (select coalesce(sum(length(data)), 0)::float8 from file_chunks) as written,
         (select coalesce(sum(size), 0)::float8 from files) as counted`,
    );
    return rows[0]!;
  };
  const first = await ask();
  await eventually(async () => (await stateOf(first)).state === 'succeeded');
  const { written: one } = await stored();

  // Room for one more and a half.
  const most = 2 ** 30;
  await world.db.pool.query('update files set size = $1', [most - Math.round(one * 1.5)]);
  const [left, right] = [await ask(), await ask()];
  let peak = 0;
  await eventually(async () => {
    peak = Math.max(peak, (await stored()).written - one);
    const states = await Promise.all([stateOf(left), stateOf(right)]);
    const isDone = states.some(({ state }) => state === 'succeeded');
    return isDone && states.every(({ state, attempts }) => state === 'succeeded' || attempts > 1);
  });
  expect(peak).toBeLessThanOrEqual(one * 1.5 + 256 * 1024);
  expect((await stored()).counted).toBeLessThanOrEqual(most + 256 * 1024);
  await world.close();
});

it('results that take too much space keep their owner from more, until they expire', async () => {
  const world = await startWorld();
  const admin = await signedIn(world, 'admin');
  const ask = () =>
    request(world.url)
      .post('/v1/user-exports')
      .set({ cookie: admin.cookie, 'idempotency-key': randomUUID() })
      .send({ format: 'csv' });
  const { body } = await ask().expect(202);
  const fileId = randomUUID();
  await world.db.pool.query(
    `insert into files (id, media_type, size, state, expires_at)
     values ($1, 'text/csv', 1073741824, 'stored', now() + interval '1 day')`,
    [fileId],
  );
  await world.db.pool.query(
    `update operations set state = 'succeeded', result_file_id = $1, finished_at = now() where id = $2`,
    [fileId, body.id],
  );
  const refused = await ask().expect(429);
  expect(refused.body.code).toBe('jobs.storage-full');
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(86_000);
  await world.db.pool.query('delete from files where id = $1', [fileId]);
  await ask().expect(202);
  await world.close();
});
