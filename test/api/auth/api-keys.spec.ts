import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { startWorld, type World } from '../../support/apps.js';
import { issuedKey } from '../../support/machines.js';
import { inSudo, type Person, signedIn } from '../../support/people.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

const withKey = (key: string, method: 'get' | 'post' | 'patch' | 'delete', path: string) =>
  request(world.url)[method](path).set('authorization', `Bearer ${key}`);

const issue = (cookie: string, body: object, idempotencyKey: string = randomUUID()) =>
  request(world.url)
    .post('/v1/api-keys')
    .set('cookie', cookie)
    .set('idempotency-key', idempotencyKey)
    .send(body);

describe('issuing a key', () => {
  let person: Person;
  beforeAll(async () => {
    person = await inSudo(world, await signedIn(world, 'viewer'));
  });

  it('shows the key once and stores its hash alone', async () => {
    const { body, headers } = await issue(person.cookie, { name: 'CI', scopes: ['users:read'] }).expect(201);
    expect(body.key).toMatch(/^mst_live_[0-9A-Za-z]{22}_[0-9A-Za-z]{49}$/);
    expect(body).toMatchObject({ name: 'CI', scopes: ['users:read'], last_used_at: null });
    expect(body.key.startsWith(`${body.prefix}_`)).toBe(true);
    const days = (Date.parse(body.expires_at) - Date.parse(body.created_at)) / 86_400_000;
    expect(days).toBeCloseTo(90, 1);
    const read = await request(world.url).get(headers.location!).set('cookie', person.cookie).expect(200);
    expect(read.body).toEqual({ ...body, key: undefined });
    const secret = body.key.slice(-49);
    for (const table of ['api_keys', 'idempotency_keys', 'audit_events']) {
      const { rows } = await world.db.pool.query(`select t::text as row from ${table} t`);
      expect(rows.length).toBeGreaterThan(0);
      expect(JSON.stringify(rows)).not.toContain(secret);
      expect(JSON.stringify(rows)).not.toContain(Buffer.from(secret).toString('hex'));
    }
  });

  it('answers a repetition with the same key, and makes no second one', async () => {
    const call = () => issue(person.cookie, { name: 'repeated', scopes: [] }, 'the-same');
    const [first, second] = [await call().expect(201), await call().expect(201)];
    expect(second.headers['idempotency-replayed']).toBe('true');
    expect(second.body).toEqual(first.body);
  });

  it('needs a proof of a moment ago and an Idempotency-Key', async () => {
    const other = await signedIn(world, 'viewer');
    const denied = await issue(other.cookie, { name: 'x', scopes: [] }).expect(403);
    expect(denied.body.code).toBe('access.sudo-required');
    await request(world.url)
      .post('/v1/api-keys')
      .set('cookie', person.cookie)
      .send({ name: 'x', scopes: [] })
      .expect(400);
  });

  it('gives no more than its owner has', async () => {
    const { body } = await issue(person.cookie, { name: 'x', scopes: ['users:read', 'users:write'] }).expect(
      403,
    );
    expect(body).toMatchObject({ code: 'api-keys.scope-not-held', detail: 'Not held: users:write.' });
  });

  it.each([
    [{ name: 'x', scopes: [], expires_in_days: 366 }, 'too_big'],
    [{ name: 'x', scopes: [], expires_in_days: 0 }, 'too_small'],
    [{ name: 'x', scopes: ['everything'] }, 'invalid_value'],
    [{ name: 'x', scopes: ['users:read', 'users:read'] }, 'custom'],
    // I6: whose key it is says the session, whatever the body says.
    [{ name: 'x', scopes: [], user_id: randomUUID() }, 'unrecognized'],
  ])('refuses %j', async (body, code) => {
    const refused = await issue(person.cookie, body).expect(422);
    expect(refused.body.errors).toMatchObject([{ code }]);
  });

  it('stops at 25 keys of one owner, also when they are asked for at the same time', async () => {
    const owner = await inSudo(world, await signedIn(world, 'member'));
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, n) => issue(owner.cookie, { name: `key ${n}`, scopes: [] })),
    );
    const issued = answers.filter(({ status }) => status === 201);
    const refused = answers.filter(({ body }) => body.code === 'api-keys.too-many');
    expect([issued.length, refused.length]).toEqual([25, 15]);
    const { body } = await request(world.url).get('/v1/api-keys').set('cookie', owner.cookie).expect(200);
    expect(body.data).toHaveLength(25);
    await request(world.url)
      .delete(`/v1/api-keys/${body.data[0].id}`)
      .set('cookie', owner.cookie)
      .expect(204);
    await issue(owner.cookie, { name: 'the next', scopes: [] }).expect(201);
  });
});

describe('a key', () => {
  it('does what its scopes name, and nothing else that its owner may', async () => {
    const { key } = await issuedKey(world, await signedIn(world, 'admin'), ['users:read']);
    await withKey(key, 'get', '/v1/users').expect(200);
    const denied = await withKey(key, 'get', '/v1/queues').expect(403);
    expect(denied.body.code).toBe('access.denied');
    expect(denied.headers['www-authenticate']).toBe('Bearer error="insufficient_scope", scope="jobs:read"');
  });

  it('has lost with the next request what its owner has lost', async () => {
    const owner = await signedIn(world, 'viewer');
    const { key } = await issuedKey(world, owner, ['users:read']);
    await withKey(key, 'get', '/v1/users').expect(200);
    await world.db.pool.query(`update users set role = 'member' where id = $1`, [owner.id]);
    await withKey(key, 'get', '/v1/users').expect(403);
    await withKey(key, 'get', '/v1/users/me').expect(200);
  });

  it.each([
    ['its owner is disabled', `update users set status = 'disabled' where id = $1`],
    ['its owner is deleted', 'delete from users where id = $1'],
    ['its time is over', 'update api_keys set expires_at = now() where user_id = $1'],
    ['another secret is stored', `update api_keys set secret_hash = '\\x00' where user_id = $1`],
  ])('is dead when %s', async (_, change) => {
    const owner = await signedIn(world, 'member');
    const { key } = await issuedKey(world, owner);
    await withKey(key, 'get', '/v1/users/me').expect(200);
    await world.db.pool.query(change, [owner.id]);
    const { headers } = await withKey(key, 'get', '/v1/users/me').expect(401);
    expect(headers['www-authenticate']).toBe('Bearer error="invalid_token"');
  });

  it('is revoked by its owner alone, at once, and both are written down', async () => {
    const { id, key, owner } = await issuedKey(world, await signedIn(world, 'member'));
    const stranger = await inSudo(world, await signedIn(world, 'admin'));
    const revoke = ({ cookie }: Person) =>
      request(world.url).delete(`/v1/api-keys/${id}`).set('cookie', cookie);
    const { body } = await revoke(stranger).expect(404);
    expect(body.code).toBe('api-keys.not-found');
    await request(world.url).get(`/v1/api-keys/${id}`).set('cookie', stranger.cookie).expect(404);
    await withKey(key, 'get', '/v1/users/me').expect(200);
    await revoke(owner).expect(204);
    await withKey(key, 'get', '/v1/users/me').expect(401);
    const { rows } = await world.db.pool.query(
      'select action, actor_id from audit_events where target = $1 order by seq',
      [`api-key:${id}`],
    );
    expect(rows).toEqual([
      { action: 'api-keys.create', actor_id: owner.id },
      { action: 'api-keys.revoke', actor_id: owner.id },
    ]);
  });

  it('says when it was used, once a minute', async () => {
    const owner = await signedIn(world, 'member');
    const { id, key } = await issuedKey(world, owner);
    const used = async () =>
      (await world.db.pool.query('select last_used_at from api_keys where id = $1', [id])).rows[0]
        .last_used_at;
    expect(await used()).toBeNull();
    await withKey(key, 'get', '/v1/users/me').expect(200);
    const first = await used();
    expect(first).toBeInstanceOf(Date);
    await withKey(key, 'get', '/v1/users/me').expect(200);
    expect(await used()).toEqual(first);
    await world.db.pool.query(
      `update api_keys set last_used_at = now() - interval '61 seconds' where id = $1`,
      [id],
    );
    await withKey(key, 'get', '/v1/users/me').expect(200);
    expect((await used()).getTime()).toBeGreaterThanOrEqual(first.getTime());
  });

  it('reaches nothing that manages the account', async () => {
    const { key, id } = await issuedKey(world, await signedIn(world, 'admin'), [
      'services:write',
      'users:write',
    ]);
    const session = 'access.session-required';
    const denied = [
      ['get', '/v1/sessions'],
      ['get', '/v1/sessions/current'],
      ['delete', '/v1/sessions/current'],
      ['post', '/v1/sudo'],
      ['get', '/v1/api-keys'],
      ['post', '/v1/api-keys'],
      ['delete', `/v1/api-keys/${id}`],
      ['post', '/v1/service-clients'],
      ['patch', '/v1/users/me'],
    ] as const;
    for (const [method, path] of denied) {
      const { body } = await withKey(key, method, path).set('idempotency-key', randomUUID()).send({});
      expect([method, path, body.status, body.code]).toEqual([method, path, 403, session]);
    }
    const { body } = await withKey(key, 'get', '/v1/service-clients/current').expect(403);
    expect(body.code).toBe('access.denied');
  });

  it('is no substitute for a session: its owner keeps the own replays, and so does each key', async () => {
    const first = await issuedKey(world, await signedIn(world, 'admin'), ['users:write']);
    const second = await issuedKey(world, first.owner, ['users:write']);
    const invite = (credential: Record<string, string>) =>
      request(world.url)
        .post('/v1/users')
        .set(credential)
        .set('idempotency-key', 'one-key-for-all')
        .send({ email: `${randomUUID()}@example.com`, name: 'Ada' });
    const bearers = [first, second].map(({ key }) => ({ authorization: `Bearer ${key}` }));
    for (const credential of [{ cookie: second.owner.cookie }, ...bearers]) {
      const { headers } = await invite(credential).expect(201);
      expect(headers['idempotency-replayed']).toBeUndefined();
    }
  });

  it('owns nothing itself: what it starts is its user’s', async () => {
    const { key, owner } = await issuedKey(world, await signedIn(world, 'admin'), ['users:read']);
    const { headers } = await withKey(key, 'post', '/v1/user-exports')
      .set('idempotency-key', randomUUID())
      .send({ format: 'csv' })
      .expect(202);
    await request(world.url).get(headers.location!).set('cookie', owner.cookie).expect(200);
  });
});
