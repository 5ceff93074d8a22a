import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { operationStates } from '#libs/queue';
import { startWorld, type World } from '../support/apps.js';
import { idOf, operationRow } from '../../tools/database/rows.js';
import { insert, seed, seedPassword } from '../../tools/database/seed.js';

const now = new Date();

let world: World;
beforeAll(async () => {
  world = await startWorld();
  await seed(world.db.pool, now);
});
afterAll(() => world.close());

const rows = async (query: string) => (await world.db.pool.query<Record<string, unknown>>(query)).rows;

const tables = ['users', 'credentials', 'sessions', 'operations', 'dead_letters', 'outbox', 'audit_events'];
const everything = () =>
  Promise.all(
    tables.map((table) =>
      rows(`select to_jsonb(t) - 'seq' as row from ${table} t order by to_jsonb(t)::text`),
    ),
  );

describe('the seeds', () => {
  it('are users in every role and state, and jobs in every state', async () => {
    expect(await rows('select count(*)::int as users from users')).toEqual([{ users: 100 }]);
    const kinds = await rows('select role, status from users group by 1, 2');
    expect(new Set(kinds.map(({ role }) => role))).toEqual(
      new Set(['admin', 'operator', 'viewer', 'member']),
    );
    expect(new Set(kinds.map(({ status }) => status))).toEqual(new Set(['active', 'invited', 'disabled']));
    const states = await rows('select distinct state from operations');
    expect(new Set(states.map(({ state }) => state))).toEqual(new Set(operationStates));
    const [counts] = await rows(`select
      (select count(*)::int from operations where state = 'running' and done between 1 and total - 1) as under_way,
      (select count(*)::int from dead_letters join operations using (id) where state = 'failed') as dead,
      (select count(*)::int from outbox join operations using (id) where available_at > now() + interval '20 days') as scheduled,
      (select count(distinct outcome)::int from audit_events) as outcomes`);
    expect(counts).toEqual({ under_way: 6, dead: 8, scheduled: 6, outcomes: 3 });
  });

  it('are there once, however often they are sown, and are the same each time', async () => {
    const before = await everything();
    expect(await seed(world.db.pool, new Date(now.getTime() + 1000))).toBe(0);
    expect(await everything()).toEqual(before);
    await world.db.pool.query(
      `delete from dead_letters; delete from operations; delete from users where email like 'user%'`,
    );
    expect(await seed(world.db.pool, now)).toBeGreaterThan(100);
    expect(await everything()).toEqual(before);
  });

  it('can be seen: an administrator signs in and reads the lists', async () => {
    const body = JSON.stringify({ email: 'user1@example.com', password: seedPassword });
    const headers = { 'content-type': 'application/json' };
    const session = await fetch(`${world.url}/v1/sessions`, { method: 'POST', headers, body });
    expect(session.status).toBe(201);
    const cookie = session.headers.getSetCookie()[0]!.split(';')[0]!;
    const mine = await rows(`select id from operations where owner_id = '${idOf('user', 0)}' order by id`);
    const paths = ['users', 'dead-letters', 'audit-events', ...mine.map(({ id }) => `jobs/${String(id)}`)];
    for (const path of paths) {
      const answer = await fetch(`${world.url}/v1/${path}`, { headers: { cookie } });
      expect([path, answer.status]).toEqual([path, 200]);
    }
    expect(mine.length).toBeGreaterThan(5);
  });

  it('can be made one by one, with what matters to a test', async () => {
    const owner = idOf('user', 0);
    const row = operationRow(900, 'running', owner, now, { name: 'users.import', done: 3, total: 4 });
    expect(await insert(world.db.pool as never, 'operations', [row])).toBe(1);
    const [made] = await rows(
      `select name, done, total, state from operations where id = '${idOf('job', 900)}'`,
    );
    expect(made).toEqual({ name: 'users.import', done: 3, total: 4, state: 'running' });
  });
});
