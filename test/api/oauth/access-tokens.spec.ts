import { createHmac, generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import request from 'supertest';
import { SigningKeysService } from '#modules/oauth';
import { startWorld, type World } from '../../support/apps.js';
import { forged, issuedKey, registeredService, type Service, tokenOf } from '../../support/machines.js';
import { inSudo, type Person, signedIn } from '../../support/people.js';

let world: World;
let admin: Person;
let service: Service;
let token: string;
beforeAll(async () => {
  world = await startWorld();
  admin = await inSudo(world, await signedIn(world, 'admin'));
  service = await registeredService(world, admin);
  token = await tokenOf(world, service);
});
afterAll(() => world.close());

const seconds = () => Math.floor(Date.now() / 1000);

const call = (bearer: string, path = '/v1/service-clients/current') =>
  request(world.url).get(path).set('authorization', `Bearer ${bearer}`);

/** A token by the real key of the server, with parts replaced: what is refused is refused for these alone. */
async function changed(claims: object, header: object = {}): Promise<string> {
  const { key } = await world.api.get(SigningKeysService).signer();
  return forged({ ...decodeProtectedHeader(token), ...header }, { ...decodeJwt(token), ...claims }, key);
}

describe('an access token', () => {
  it('is taken as it was made', async () => {
    await call(await changed({})).expect(200);
    await call(await changed({ exp: seconds() + 1 })).expect(200);
  });

  it.each([
    ['from another issuer', { iss: 'https://elsewhere.example' }],
    ['for another audience', { aud: 'https://elsewhere.example' }],
    ['that has expired', { exp: 1 }],
    ['that does not expire', { exp: undefined }],
    ['that is older than any', { iat: 1 }],
    ['of no age', { iat: undefined }],
    ['from the future', { iat: 4_000_000_000 }],
    ['not yet valid', { nbf: 4_000_000_000 }],
    ['without an id', { jti: undefined }],
    ['without a client', { client_id: undefined }],
    ['of another client than its subject', { client_id: '0199c0de-0000-7000-8000-000000000000' }],
    ['of nobody', { sub: undefined }],
    ['of a name that is no id', { sub: "x' or true", client_id: "x' or true" }],
    ['without a scope', { scope: undefined }],
  ])('%s is refused', async (_, claims) => {
    const { headers } = await call(await changed(claims)).expect(401);
    expect(headers['www-authenticate']).toBe('Bearer error="invalid_token"');
  });

  it.each([
    ['another type', { typ: 'JWT' }],
    ['no type', { typ: undefined }],
    ['an unknown key', { kid: 'A'.repeat(43) }],
    ['a path for a key', { kid: '../../etc/passwd' }],
    ['a key that no text column can hold', { kid: 'A\0'.padEnd(43, 'A') }],
    ['no key', { kid: undefined }],
    ['an extension that is not understood', { crit: ['exclusive'], exclusive: 1 }],
    ['an unencoded payload', { crit: ['b64'], b64: false }],
    ['another algorithm', { alg: 'ES256' }],
  ])('with %s in its header is refused', async (_, header) => {
    await call(await changed({}, header)).expect(401);
  });

  it('is refused unsigned, or signed by another key, named or brought along', async () => {
    const [header, payload, signature] = token.split('.') as [string, string, string];
    const none = Buffer.from(JSON.stringify({ ...decodeProtectedHeader(token), alg: 'none' })).toString(
      'base64url',
    );
    const stranger = generateKeyPairSync('ed25519');
    const jwk = stranger.publicKey.export({ format: 'jwk' });
    const usual = decodeProtectedHeader(token);
    const attempts = [
      `${none}.${payload}.AAAA`,
      `${header}.${payload}.${signature.slice(0, -4)}AAAA`,
      `${header}.${Buffer.from(JSON.stringify({ ...decodeJwt(token), exp: 4_000_000_000 })).toString('base64url')}.${signature}`,
      forged(usual, decodeJwt(token), stranger.privateKey),
      forged({ ...usual, jwk }, decodeJwt(token), stranger.privateKey),
      forged({ ...usual, jku: 'http://127.0.0.1:1/' }, decodeJwt(token), stranger.privateKey),
    ];
    for (const attempt of attempts) await call(attempt).expect(401);
  });

  it('is refused when the public key was used as a secret', async () => {
    const { body } = await request(world.url).get('/.well-known/jwks.json').expect(200);
    const head = Buffer.from(JSON.stringify({ ...decodeProtectedHeader(token), alg: 'HS256' })).toString(
      'base64url',
    );
    const input = `${head}.${token.split('.')[1]}`;
    for (const secret of [Buffer.from(body.keys[0].x, 'base64url'), body.keys[0].x as string])
      await call(`${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`).expect(401);
  });

  it('opens what is for services, and nothing of people', async () => {
    for (const path of ['/v1/users', '/v1/users/me', '/v1/sessions', '/v1/service-clients', '/v1/queues']) {
      const { body } = await call(token, path).expect(403);
      expect([path, body.code]).toEqual([path, 'access.denied']);
    }
  });

  it('leaves what is for services closed to people and their keys', async () => {
    const current = () => request(world.url).get('/v1/service-clients/current');
    await current().expect(401);
    await current().set('cookie', admin.cookie).expect(403);
    const { key } = await issuedKey(world, await signedIn(world, 'admin'), ['services:read']);
    await call(key).expect(403);
    await call(key, '/v1/service-clients').expect(200);
  });

  it('does only what its scope names', async () => {
    const { headers } = await call(await changed({ scope: 'something:else' })).expect(403);
    expect(headers['www-authenticate']).toBe('Bearer error="insufficient_scope", scope="clients:self"');
  });
});

describe('a client that changes', () => {
  const change = (id: string, sql: string) =>
    world.db.pool.query(`update service_clients set ${sql} where id = $1`, [id]);

  it('loses with its next request what it lost: its scope', async () => {
    const other = await registeredService(world, admin);
    const bearer = await tokenOf(world, other);
    await call(bearer).expect(200);
    await change(other.id, `scopes = '{}'`);
    await call(bearer).expect(403);
  });

  it('is out with its next request when it is disabled, and in again when it is not', async () => {
    const other = await registeredService(world, admin);
    const bearer = await tokenOf(world, other);
    await change(other.id, `status = 'disabled'`);
    await call(bearer).expect(401);
    await expect(tokenOf(world, other)).rejects.toThrow('No token: 401');
    await change(other.id, `status = 'active'`);
    await call(bearer).expect(200);
  });
});
