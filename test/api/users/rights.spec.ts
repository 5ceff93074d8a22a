import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { permissions } from '#libs/access';
import { eventually } from '#libs/testing';
import { startWorld, type World } from '../../support/apps.js';
import { issuedKey } from '../../support/machines.js';
import { mailTo } from '../../support/mails.js';
import { inSudo, type Person, signedIn } from '../../support/people.js';
import { listedRoutes } from '../../support/routes.js';

const subject = 'An account was changed by an administrator';
const above = ['admin', 'operator', 'viewer'] as const;

interface Attempt {
  what: string;
  /** The role of the account that the path names. */
  of?: 'member' | 'operator';
  body?: () => object;
  query?: object;
}

const query = { reason: 'The phone is lost.' };
const service = () => ({ name: 'A service', scopes: [] });

/** Everything that a route can do to the rights of others: each attempt needs a session in sudo. */
const attempts: Record<string, Attempt[]> = {
  'POST /v1/users': above.map((role) => ({
    what: `makes an account with the role ${role}`,
    body: () => ({ email: `${randomUUID()}@example.com`, name: 'Ada', role }),
  })),
  'PATCH /v1/users/:id': [
    ...above.map((role) => ({
      what: `gives a member the role ${role}`,
      of: 'member' as const,
      body: () => ({ role }),
    })),
    { what: 'takes a role away', of: 'operator', body: () => ({ role: 'member' }) },
    { what: 'disables an account with rights', of: 'operator', body: () => ({ status: 'disabled' }) },
    { what: 'activates an account with rights', of: 'operator', body: () => ({ status: 'active' }) },
    { what: 'renames an account with rights', of: 'operator', body: () => ({ name: 'Other' }) },
  ],
  'DELETE /v1/users/:id': [{ what: 'deletes an account with rights', of: 'operator' }],
  'DELETE /v1/users/:id/sessions': [
    { what: 'signs out an account with rights', of: 'operator' },
    { what: 'signs out a member', of: 'member' },
  ],
  'DELETE /v1/users/:id/second-factors': [
    { what: 'removes the second factors of an account with rights', of: 'operator', query },
    { what: 'removes the second factors of a member', of: 'member', query },
  ],
  'POST /v1/users/:id/impersonations': [
    { what: 'acts as a member', of: 'member', body: () => ({ reason: 'A test.' }) },
  ],
  'POST /v1/service-clients': [{ what: 'registers a service', body: service }],
  'PATCH /v1/service-clients/:id': [{ what: 'changes a service', of: 'member', body: service }],
  'DELETE /v1/service-clients/:id': [{ what: 'removes a service', of: 'member' }],
};

/** Routes that change no rights. The rows of an import do, and have tests of their own below. */
const harmless = [
  'DELETE /v1/dead-letters/:id',
  'PATCH /v1/dead-letters/:id',
  'POST /v1/dead-letters/discards',
  'POST /v1/dead-letters/redrives',
  'PUT /v1/ops/log-level',
  'DELETE /v1/ops/log-level',
  'PUT /v1/queues/:name/limit',
  'PUT /v1/queues/:name/state',
  'POST /v1/user-exports',
  'POST /v1/user-imports',
];

let world: World;
let admin: Person;
let other: Person;
let bearer: Record<string, string>;
beforeAll(async () => {
  world = await startWorld({ worker: true });
  const { key, owner } = await issuedKey(world, await signedIn(world, 'admin'), [...permissions]);
  bearer = { authorization: `Bearer ${key}` };
  admin = owner;
  other = await signedIn(world, 'admin');
});
afterAll(() => world.close());

type Headers = Record<string, string>;

function send(
  headers: Headers,
  route: string,
  target: Person | undefined,
  { body, query: asked = {} }: Attempt,
) {
  const [method, path] = route.split(' ') as [string, string];
  const verb = method.toLowerCase() as 'post' | 'patch' | 'delete';
  const sent = request(world.url)
    [verb](path.replace(':id', target?.id ?? ''))
    .query(asked)
    .set({ ...headers, 'idempotency-key': randomUUID(), 'if-match': '*' });
  return body ? sent.send(body()) : sent;
}

const targetOf = async ({ of }: Attempt) => (of ? signedIn(world, of) : undefined);

/** Whatever an attempt could change. */
async function rights(): Promise<unknown> {
  const { rows } = await world.db.pool.query(`
    select (select json_agg(u order by id) from (select id, name, role, status, auth_epoch from users) u) as users,
      (select json_agg(id order by id) from sessions) as sessions,
      (select json_agg(c order by id) from service_clients c) as services`);
  return rows;
}

const cases = Object.entries(attempts).flatMap(([route, list]) =>
  list.map((attempt) => ({ route, attempt, what: attempt.what })),
);

describe('a route that needs a permission and changes something', () => {
  it('is known here, with what it can do to the rights of others', () => {
    const routes = listedRoutes()
      .filter(({ method, who }) => method !== 'GET' && /^[a-z]+:[a-z]/.test(who))
      .map(({ method, path }) => `${method} ${path}`);
    expect([...Object.keys(attempts), ...harmless].toSorted()).toEqual(routes.toSorted());
  });

  it.each(cases)('$route $what, and not with an API key', async ({ route, attempt }) => {
    const target = await targetOf(attempt);
    const before = await rights();
    const { body } = await send(bearer, route, target, attempt).expect(403);
    expect(body.code).toBe('access.session-required');
    expect(await rights()).toEqual(before);
  });

  it.each(cases)('$route $what, and not in a session without sudo', async ({ route, attempt }) => {
    const target = await targetOf(attempt);
    const before = await rights();
    const { body } = await send({ cookie: other.cookie }, route, target, attempt).expect(403);
    expect(body.code).toBe('access.sudo-required');
    expect(await rights()).toEqual(before);
  });
});

describe('in sudo', () => {
  beforeEach(() => world.db.pool.query('truncate dev_mails'));

  it.each(cases.filter(({ route }) => /users(\/:id(\/(sessions|second-factors))?)?$/.test(route)))(
    '$route $what, and the owner and every administrator are told',
    async ({ route, attempt }) => {
      const target = await targetOf(attempt);
      const response = await send({ cookie: admin.cookie }, route, target, attempt);
      expect([200, 201, 204]).toContain(response.status);
      const email = target?.email ?? (response.body as { email: string }).email;
      for (const address of [email, admin.email, other.email]) {
        const { text } = await mailTo(world, address, subject);
        expect(text).toContain(`Changed by ${admin.email}: the account of ${email}.`);
      }
    },
  );
});

describe('a key', () => {
  it('administers members, and nobody is told', async () => {
    // A paused queue keeps in the outbox what would be told.
    await world.db.pool.query(`insert into queue_controls (name, state) values ('default', 'paused')`);
    const email = `${randomUUID()}@example.com`;
    const invite = { what: '', body: () => ({ email, name: 'Ada' }) };
    const { body } = await send(bearer, 'POST /v1/users', undefined, invite).expect(201);
    const target = { ...(body as Person), cookie: '' };
    const rename = { what: '', body: () => ({ name: 'Grace' }) };
    await send(bearer, 'PATCH /v1/users/:id', target, rename).expect(200);
    await send(bearer, 'DELETE /v1/users/:id', target, { what: '' }).expect(204);
    const { rows } = await world.db.pool.query(
      `select from outbox where name = 'users.report-rights-change' and payload->'emails' ? $1`,
      [email],
    );
    expect(rows).toEqual([]);
    await world.db.pool.query('delete from queue_controls');
  });
});

describe('an import', () => {
  const addresses = () =>
    [...above, 'member'].map((role) => ({ role, email: `${role}-${randomUUID()}@example.com` }));

  async function importing(headers: Headers, rows: { role: string; email: string }[]) {
    const file = ['email,name,role', ...rows.map(({ role, email }) => `${email},Ada,${role}`)].join('\n');
    const accepted = await request(world.url)
      .post('/v1/user-imports')
      .set({ ...headers, 'idempotency-key': randomUUID(), 'content-type': 'text/csv' })
      .send(file)
      .expect(202);
    const path = accepted.headers.location!;
    await eventually(async () => {
      const { body } = await request(world.url).get(path).set('cookie', admin.cookie).expect(200);
      return body.state === 'succeeded';
    });
    const { body } = await request(world.url).get(`${path}/result`).set('cookie', admin.cookie).expect(200);
    return body as { created: number; errors: { line: number; code: string }[] };
  }

  it.each(['an API key', 'a session without sudo'])('gives no role above member by %s', async (by) => {
    const headers = by === 'an API key' ? bearer : { cookie: other.cookie };
    const { created, errors } = await importing(headers, addresses());
    expect([created, errors.map(({ line, code }) => [line, code])]).toEqual([
      1,
      [2, 3, 4].map((line) => [line, 'role_not_grantable']),
    ]);
  });

  it('gives roles in sudo, and the owners and every administrator are told', async () => {
    const rows = addresses();
    expect(await importing({ cookie: admin.cookie }, rows)).toMatchObject({ created: 4, errors: [] });
    for (const { role, email } of rows.filter(({ role: given }) => given !== 'member')) {
      const { text } = await mailTo(world, email, subject);
      expect(text).toContain(`The role is ${role} from now on.`);
      for (const told of [admin, other])
        await eventually(async () => {
          const { rows: mails } = await world.db.pool.query(
            `select from dev_mails where to_address = $1 and text like '%' || $2 || '%'`,
            [told.email, email],
          );
          return mails.length > 0;
        });
    }
  });

  it('never tells the owner of one account of the others', async () => {
    const [first, second] = [0, 1].map((n) => ({
      role: 'viewer',
      email: `${n}-${randomUUID()}@example.com`,
    }));
    await importing({ cookie: (await inSudo(world, await signedIn(world, 'admin'))).cookie }, [
      first!,
      second!,
    ]);
    expect((await mailTo(world, first!.email, subject)).text).not.toContain(second!.email);
  });
});
