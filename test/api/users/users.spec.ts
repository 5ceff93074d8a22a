import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { startWorld, type World } from '../../support/apps.js';
import { inSudo, type Person, signedIn } from '../../support/people.js';

let world: World;
let admin: Person;
beforeAll(async () => {
  world = await startWorld();
  admin = await inSudo(world, await signedIn(world, 'admin'));
});
afterAll(() => world.close());

type Method = 'get' | 'post' | 'patch' | 'delete';
const as = (person: Person, method: Method, path: string) => {
  const call = request(world.url)[method](path).set('cookie', person.cookie);
  return method === 'post' ? call.set('idempotency-key', randomUUID()) : call;
};
const invite = async (name = 'Ada Lovelace') => {
  const { body, headers } = await as(admin, 'post', '/v1/users')
    .send({ email: `${randomUUID()}@example.com`, name })
    .expect(201);
  return { ...(body as { id: string; email: string; version: number }), etag: headers.etag as string };
};

describe('inviting', () => {
  it('makes the account, says where it is, and promises one mail', async () => {
    const response = await as(admin, 'post', '/v1/users')
      .send({ email: ' New@Example.COM ', name: 'New', role: 'viewer' })
      .expect(201);
    expect(response.body).toMatchObject({
      email: 'new@example.com',
      role: 'viewer',
      status: 'invited',
      version: 1,
    });
    expect(response.headers).toMatchObject({ location: `/v1/users/${response.body.id}`, etag: '"v1"' });
    const { rows } = await world.db.pool.query(`select name from outbox where payload->>'userId' = $1`, [
      response.body.id,
    ]);
    expect(rows).toEqual([{ name: 'users.invite' }]);
  });

  it('refuses an address that is taken, and promises nothing', async () => {
    const { email } = await invite();
    const count = async () => (await world.db.pool.query('select count(*)::int from outbox')).rows[0];
    const before = await count();
    const { body } = await as(admin, 'post', '/v1/users')
      .send({ email: email.toUpperCase(), name: 'Twin' })
      .expect(409);
    expect(body.code).toBe('users.email-taken');
    expect(await count()).toEqual(before);
  });
});

describe('changing', () => {
  it('needs the version it starts from, and gives the next', async () => {
    const user = await invite();
    const path = `/v1/users/${user.id}`;
    expect((await as(admin, 'patch', path).send({ name: 'B' }).expect(428)).body.code).toBe(
      'http.precondition-required',
    );
    const changed = await as(admin, 'patch', path).set('if-match', user.etag).send({ name: 'B' }).expect(200);
    expect(changed.body).toMatchObject({ name: 'B', version: 2 });
    expect(changed.headers.etag).toBe('"v2"');
    expect(
      (await as(admin, 'patch', path).set('if-match', user.etag).send({ name: 'C' }).expect(412)).body.code,
    ).toBe('http.precondition-failed');
    for (const never of ['W/"v1"', '"v1", "v7"', '"v2x"', 'W/"v2x"', 'W/"2"'])
      await as(admin, 'patch', path).set('if-match', never).send({ name: 'C' }).expect(412);
    for (const malformed of ['v2', 'w/"v2"', 'W/v2'])
      await as(admin, 'patch', path).set('if-match', malformed).send({ name: 'C' }).expect(422);
    await as(admin, 'patch', path)
      .set('if-match', '"v1", "v2"')
      .set('content-type', 'application/merge-patch+json')
      .send({ name: 'C' })
      .expect(200);
    await as(admin, 'patch', path).set('if-match', 'W/"v3"').send({ name: 'E' }).expect(200);
    await as(admin, 'patch', path).set('if-match', 'W/"v3"').send({ name: 'F' }).expect(412);
    await as(admin, 'patch', path).set('if-match', '*').send({ name: 'D' }).expect(200);
    await as(admin, 'patch', `/v1/users/${randomUUID()}`)
      .set('if-match', '*')
      .send({ name: 'D' })
      .expect(404);
  });

  it('lets exactly one of a hundred with the same version through', async () => {
    const user = await invite();
    const statuses = await Promise.all(
      Array.from(
        { length: 100 },
        async (_, n) =>
          (
            await as(admin, 'patch', `/v1/users/${user.id}`)
              .set('if-match', user.etag)
              .send({ name: `N${n}` })
          ).status,
      ),
    );
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status === 412)).toHaveLength(99);
  });

  it('takes effect on the next request of the one who is changed', async () => {
    const viewer = await signedIn(world, 'viewer');
    await as(viewer, 'get', '/v1/users').expect(200);
    await as(admin, 'patch', `/v1/users/${viewer.id}`)
      .set('if-match', '*')
      .send({ role: 'member' })
      .expect(200);
    await as(viewer, 'get', '/v1/users').expect(403);
    await as(admin, 'patch', `/v1/users/${viewer.id}`)
      .set('if-match', '*')
      .send({ status: 'disabled' })
      .expect(200);
    await as(viewer, 'get', '/v1/users/me').expect(401);
  });

  it('never takes the last administrator away, also not twice at once', async () => {
    const alone = await startWorld();
    try {
      const first = await inSudo(alone, await signedIn(alone, 'admin'));
      const second = await inSudo(alone, await signedIn(alone, 'admin'));
      const demote = (person: Person, other: Person) =>
        request(alone.url)
          .patch(`/v1/users/${other.id}`)
          .set('cookie', person.cookie)
          .set('if-match', '*')
          .send({ role: 'member' });
      const answers = await Promise.all([demote(first, second), demote(second, first)]);
      expect(answers.map(({ status }) => status).filter((status) => status === 200)).toHaveLength(1);
      const { rows } = await alone.db.pool.query(
        `select count(*)::int as admins from users where role = 'admin'`,
      );
      expect(rows).toEqual([{ admins: 1 }]);
    } finally {
      await alone.close();
    }
  });

  it('lets people change their own name, and nothing else of themselves', async () => {
    const member = await signedIn(world, 'member');
    const me = await as(member, 'get', '/v1/users/me').expect(200);
    await as(member, 'patch', '/v1/users/me')
      .set('if-match', me.headers.etag as string)
      .send({ name: 'Me' })
      .expect(200);
    const refused = await as(member, 'patch', '/v1/users/me')
      .set('if-match', '*')
      .send({ name: 'Me', role: 'admin' })
      .expect(422);
    expect(refused.body.errors).toEqual([
      { pointer: '#/role', code: 'unrecognized', detail: 'Is not known here.' },
    ]);
  });
});

describe('reading', () => {
  it('answers 304 to a caller who has the current version', async () => {
    const user = await invite();
    const path = `/v1/users/${user.id}`;
    const unchanged = await as(admin, 'get', path).set('if-none-match', `W/${user.etag}`).expect(304);
    expect(unchanged.headers.etag).toBe(user.etag);
    expect(unchanged.text).toBe('');
    await as(admin, 'get', path).set('if-none-match', '"v9"').expect(200);
  });

  it('is for those who may', async () => {
    const member = await signedIn(world, 'member');
    expect((await request(world.url).get('/v1/users').expect(401)).body.code).toBe(
      'access.authentication-required',
    );
    expect((await as(member, 'get', '/v1/users').expect(403)).body.code).toBe('access.denied');
    expect((await as(member, 'get', `/v1/users/${admin.id}`).expect(403)).body.code).toBe('access.denied');
  });
});

describe('deleting', () => {
  it('needs the version, and ends every session of the user', async () => {
    const member = await signedIn(world, 'member');
    await as(admin, 'delete', `/v1/users/${member.id}`).expect(428);
    await as(admin, 'delete', `/v1/users/${member.id}`).set('if-match', '"v9"').expect(412);
    const gone = await as(admin, 'delete', `/v1/users/${member.id}`).set('if-match', '*').expect(204);
    expect(gone.text).toBe('');
    await as(member, 'get', '/v1/users/me').expect(401);
    await as(admin, 'delete', `/v1/users/${member.id}`).set('if-match', '*').expect(404);
  });
});

describe('the list', () => {
  const walk = async (query: string, between: () => Promise<void> = async () => {}) => {
    const seen: { id: string; name: string }[] = [];
    for (let path: string | undefined = `/v1/users?${query}`; path;) {
      const { body, headers }: request.Response = await as(admin, 'get', path).expect(200);
      seen.push(...(body.data as typeof seen));
      const link: string | undefined = /^<http:\/\/mainstay\.test(.+)>; rel="next"$/.exec(
        (headers.link as string | undefined) ?? '',
      )?.[1];
      expect(body.page.has_more).toBe(link !== undefined);
      path = link;
      await between();
    }
    return seen;
  };

  it('shows every row that was there exactly once, in every order, while others come and go', async () => {
    for (let n = 0; n < 12; n += 1) await invite(`Same Name`);
    for (const sort of ['created_at', '-created_at', 'name', '-name']) {
      const before = (await world.db.pool.query<{ id: string }>('select id from users')).rows.map(
        ({ id }) => id,
      );
      const seen = (await walk(`limit=3&sort=${sort}`, async () => void (await invite()))).map(
        ({ id }) => id,
      );
      expect(new Set(seen).size).toBe(seen.length);
      expect(seen).toEqual(expect.arrayContaining(before));
    }
  });

  it('filters, and binds a cursor to filter, order and caller', async () => {
    const { body } = await as(admin, 'get', '/v1/users?limit=1&status=invited').expect(200);
    expect(body.data[0].status).toBe('invited');
    const cursor = encodeURIComponent(body.page.next_cursor as string);
    await as(admin, 'get', `/v1/users?limit=2&status=invited&cursor=${cursor}`).expect(200);
    const viewer = await signedIn(world, 'viewer');
    const wrong = [
      as(admin, 'get', `/v1/users?cursor=${cursor}`),
      as(admin, 'get', `/v1/users?status=invited&sort=name&cursor=${cursor}`),
      as(viewer, 'get', `/v1/users?status=invited&cursor=${cursor}`),
      as(admin, 'get', '/v1/users?status=invited&cursor=AAAA'),
    ];
    for (const call of wrong) expect((await call.expect(400)).body.code).toBe('cursor.invalid');
  });

  it('shows each of 5,000 rows exactly once, while others are inserted and deleted', async () => {
    const { pool } = world.db;
    const insert = async (name: string, count: number) =>
      (
        await pool.query<{ id: string }>(
          `insert into users (id, email, name, role, status)
           select gen_random_uuid(), gen_random_uuid() || '@example.com', $1 || n % 7, 'member', 'active'
           from generate_series(1, $2::int) n returning id`,
          [name, count],
        )
      ).rows.map(({ id }) => id);
    const staying = await insert('Staying', 5000);
    const leaving = await insert('Leaving', 1000);
    const seen = await walk('limit=100&sort=name', async () => {
      await pool.query('delete from users where id = any($1)', [leaving.splice(0, 20)]);
      await insert('Staying', 20);
    });
    const counts = Map.groupBy(seen, ({ id }) => id);
    expect(staying.filter((id) => counts.get(id)?.length !== 1)).toEqual([]);
  });
});
