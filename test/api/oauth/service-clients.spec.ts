import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { startWorld, type World } from '../../support/apps.js';
import { registeredService, tokenOf } from '../../support/machines.js';
import { inSudo, type Person, signedIn } from '../../support/people.js';

let world: World;
let admin: Person;
beforeAll(async () => {
  world = await startWorld();
  admin = await inSudo(world, await signedIn(world, 'admin'));
});
afterAll(() => world.close());

const asAdmin = (method: 'get' | 'post' | 'patch' | 'delete', path: string) =>
  request(world.url)[method](path).set('cookie', admin.cookie);

const register = (body: object) =>
  asAdmin('post', '/v1/service-clients').set('idempotency-key', randomUUID()).send(body);

const ed25519 = (kid = 'k1') => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  return {
    jwk: { ...publicKey.export({ format: 'jwk' }), kid },
    secret: privateKey.export({ format: 'jwk' }),
  };
};
const p256 = () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' });
const holding = (...keys: object[]) => ({ name: 'billing', scopes: ['clients:self'], jwks: { keys } });

describe('service clients', () => {
  it('are registered by their public keys, read, changed and removed with their ETag', async () => {
    const keys = [
      { ...ed25519('a').jwk, use: 'sig', alg: 'EdDSA' },
      { ...p256(), kid: 'b' },
    ];
    const made = await register(holding(...keys)).expect(201);
    expect(made.body).toMatchObject({ ...holding(...keys), status: 'active', version: 1 });
    const path = made.headers.location!;
    const read = await asAdmin('get', path).expect(200);
    expect(read.body).toEqual(made.body);
    await asAdmin('get', path).set('if-none-match', read.headers.etag!).expect(304);

    await asAdmin('patch', path).send({ name: 'x' }).expect(428);
    await asAdmin('patch', path).set('if-match', '"v9"').send({ name: 'x' }).expect(412);
    const changed = await asAdmin('patch', path)
      .set('if-match', read.headers.etag!)
      .send({ status: 'disabled', jwks: { keys: [ed25519('c').jwk] } })
      .expect(200);
    expect(changed.body).toMatchObject({ name: 'billing', status: 'disabled', version: 2 });
    expect(changed.body.jwks.keys).toMatchObject([{ kid: 'c' }]);

    await asAdmin('delete', path).expect(428);
    await asAdmin('delete', path).set('if-match', '"v1"').expect(412);
    await asAdmin('delete', path).set('if-match', changed.headers.etag!).expect(204);
    await asAdmin('delete', path).set('if-match', '*').expect(404);
    const { body } = await asAdmin('get', path).expect(404);
    expect(body.code).toBe('service-clients.not-found');
    const { rows } = await world.db.pool.query(
      'select action, actor_id from audit_events where target = $1 order by seq',
      [`service-client:${made.body.id}`],
    );
    expect(rows).toEqual(
      ['create', 'change', 'remove'].map((verb) => ({
        action: `service-clients.${verb}`,
        actor_id: admin.id,
      })),
    );
  });

  it('lose their tokens when they are removed, and their old keys when they get new ones', async () => {
    const service = await registeredService(world, admin);
    const token = await tokenOf(world, service);
    const path = `/v1/service-clients/${service.id}`;
    await asAdmin('patch', path)
      .set('if-match', '"v1"')
      .send({ jwks: { keys: [ed25519().jwk] } })
      .expect(200);
    await expect(tokenOf(world, service)).rejects.toThrow('No token: 401');
    const current = () =>
      request(world.url).get('/v1/service-clients/current').set('authorization', `Bearer ${token}`);
    await current().expect(200);
    await asAdmin('delete', path).set('if-match', '"v2"').expect(204);
    await current().expect(401);
  });

  it.each([
    ['a private key', () => ({ ...ed25519().jwk, d: ed25519().secret.d })],
    ['a secret', () => ({ kty: 'oct', k: 'c2VjcmV0', kid: 'k1' })],
    ['a key without a name', () => ({ ...ed25519().jwk, kid: undefined })],
    ['a point beside its curve', () => ({ ...p256(), kid: 'k1', y: 'A'.repeat(43) })],
    ['an RSA key', () => ({ kty: 'RSA', n: 'AQAB', e: 'AQAB', kid: 'k1' })],
    ['a key for something else', () => ({ ...ed25519().jwk, use: 'enc' })],
    ['an address of keys', () => ({ ...ed25519().jwk, x5u: 'https://elsewhere.example' })],
  ])('are not registered with %s', async (_, key) => {
    const { body } = await register(holding(key())).expect(422);
    expect(body.errors[0].pointer).toMatch(/^#\/jwks\/keys\/0/);
    expect(JSON.stringify(body)).not.toContain('c2VjcmV0');
  });

  it('are not registered without a key, with two of one name, or with a scope that is none', async () => {
    await register(holding()).expect(422);
    await register(holding(ed25519().jwk, ed25519().jwk)).expect(422);
    await register({ ...holding(ed25519().jwk), scopes: ['users:write'] }).expect(422);
    await register({ ...holding(ed25519().jwk), scopes: [] }).expect(422);
  });

  it('are listed page by page', async () => {
    const small = await startWorld();
    try {
      const root = await inSudo(small, await signedIn(small, 'admin'));
      const made: string[] = [];
      for (let n = 0; n < 5; n += 1) made.push((await registeredService(small, root)).id);
      const seen: string[] = [];
      for (let cursor = ''; ;) {
        const query = new URLSearchParams({ limit: '2', ...(cursor && { cursor }) });
        const { body } = await request(small.url)
          .get(`/v1/service-clients?${query.toString()}`)
          .set('cookie', root.cookie)
          .expect(200);
        seen.push(...(body.data as { id: string }[]).map(({ id }) => id));
        if (!body.page.has_more) break;
        cursor = body.page.next_cursor as string;
      }
      expect(seen).toEqual(made);
    } finally {
      await small.close();
    }
  });

  it('are for administrators, who prove themselves before they change one', async () => {
    const operator = await inSudo(world, await signedIn(world, 'operator'));
    const list = (cookie: string) => request(world.url).get('/v1/service-clients').set('cookie', cookie);
    await list(operator.cookie).expect(403);
    const fresh = await signedIn(world, 'admin');
    await list(fresh.cookie).expect(200);
    const { id } = await registeredService(world, admin);
    for (const [method, path] of [
      ['post', '/v1/service-clients'],
      ['patch', `/v1/service-clients/${id}`],
      ['delete', `/v1/service-clients/${id}`],
    ] as const) {
      const { body } = await request(world.url)[method](path).set('cookie', fresh.cookie).expect(403);
      expect(body.code).toBe('access.sudo-required');
    }
  });
});
