import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import request from 'supertest';
import { figure } from '#libs/testing';
import { startWorld, type World } from '../../support/apps.js';
import { type Person, signedIn } from '../../support/people.js';

let world: World;
let admin: Person;

beforeAll(async () => {
  world = await startWorld();
  admin = await signedIn(world, 'admin');
  // A sequence is not rolled back: it counts every time that the handler got as far as its insert, kept or undone.
  await world.db.pool.query(`
    create sequence executions;
    create function count_execution() returns trigger language plpgsql as $$
      begin perform nextval('executions'); perform pg_sleep(0.05); return new; end $$;
    create trigger executed before insert on users for each row execute function count_execution()`);
});
afterAll(() => world.close());

/** Sends one request twenty times at once. */
async function repeat(): Promise<{ executions: number; effects: number; answers: number }> {
  await world.db.pool.query(`select setval('executions', 1, false)`);
  const key = randomUUID();
  const email = `${randomUUID()}@example.com`;
  const send = () =>
    request(world.url)
      .post('/v1/users')
      .set('cookie', admin.cookie)
      .set('idempotency-key', key)
      .send({ email, name: 'Ada' });
  const answers = await Promise.all(Array.from({ length: 20 }, send));
  const created = answers.filter(({ status }) => status === 201).map(({ text }) => text);
  const { rows } = await world.db.pool.query<{ executions: number; effects: number }>(
    `select (select last_value::int from executions) as executions,
            (select count(*)::int from users where email = $1) as effects`,
    [email],
  );
  return { ...rows[0]!, answers: new Set(created).size };
}

it('The lock of a key keeps repetitions out of the handler, not only out of the effect', async () => {
  expect(await repeat()).toEqual({ executions: 1, effects: 1, answers: 1 });
});

it('Without the lock several get in, and still one takes effect: so the test before this one can fail', async () => {
  const { rows } = await world.db.pool.query<{ source: string }>(
    `select pg_get_functiondef('idempotency_claim'::regproc) as source`,
  );
  const source = rows[0]!.source;
  const open = source.replace(/pg_try_advisory_xact_lock\([^;]*?\) THEN/, 'true THEN');
  expect(open).not.toBe(source);
  await world.db.pool.query(open);
  const { executions, effects, answers } = await repeat();
  expect(executions).toBeGreaterThan(1);
  expect({ effects, answers }).toEqual({ effects: 1, answers: 1 });
  figure(
    '20 at once with one key, its advisory lock switched off',
    `${executions} in the handler in place of 1, one effect`,
  );
});
