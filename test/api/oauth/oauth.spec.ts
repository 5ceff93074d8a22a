import { KeyObject, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  createRemoteJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  generateKeyPair,
  type JWTPayload,
  jwtVerify,
} from 'jose';
import * as oidc from 'openid-client';
import request from 'supertest';
import { startWorld, type World } from '../../support/apps.js';
import {
  askForToken,
  assertionOf,
  forged,
  registeredService,
  type Service,
  tokenOf,
} from '../../support/machines.js';
import { inSudo, type Person, signedIn } from '../../support/people.js';

let world: World;
let admin: Person;
let service: Service;
beforeAll(async () => {
  world = await startWorld();
  admin = await inSudo(world, await signedIn(world, 'admin'));
  service = await registeredService(world, admin);
});
afterAll(() => world.close());

const seconds = () => Math.floor(Date.now() / 1000);

const whoIs = (token: string) =>
  request(world.url).get('/v1/service-clients/current').set('authorization', `Bearer ${token}`);

describe('the token endpoint', () => {
  it.each(['EdDSA', 'ES256'])('gives a service that signs with %s a token for five minutes', async (alg) => {
    const client = await registeredService(world, admin, { alg });
    const { body, headers } = await askForToken(world, await assertionOf(client)).expect(200);
    expect(body).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 300,
      scope: 'clients:self',
    });
    expect(headers['cache-control']).toBe('no-store');
    expect(decodeProtectedHeader(body.access_token)).toMatchObject({ alg: 'EdDSA', typ: 'at+jwt' });
    const claims = decodeJwt(body.access_token);
    expect(claims).toEqual({
      iss: 'http://mainstay.test',
      aud: 'http://mainstay.test',
      sub: client.id,
      client_id: client.id,
      scope: 'clients:self',
      jti: expect.any(String),
      iat: expect.any(Number),
      exp: claims.iat! + 300,
    });
    const me = await whoIs(body.access_token).expect(200);
    expect(me.body).toEqual({ id: client.id, name: 'a service', scopes: ['clients:self'] });
  });

  it('takes the issuer as audience too, and the client id once more', async () => {
    const assertion = await assertionOf(service, { aud: 'http://mainstay.test' });
    await askForToken(world, assertion, { client_id: service.id, scope: 'clients:self' }).expect(200);
  });

  it('uses an assertion up: of fifty at the same time one gets a token', async () => {
    const assertion = await assertionOf(service);
    const answers = await Promise.all(Array.from({ length: 50 }, () => askForToken(world, assertion)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ body }) => body.error === 'invalid_client')).toHaveLength(49);
  });

  it('keeps an assertion that it refused for the scope, and writes down what it gave', async () => {
    const client = await registeredService(world, admin);
    const assertion = await assertionOf(client);
    await askForToken(world, assertion, { scope: 'users:read' }).expect(400);
    await askForToken(world, assertion).expect(200);
    await askForToken(world, assertion).expect(401);
    const { rows } = await world.db.pool.query(
      `select meta from audit_events where action = 'tokens.issue' and target = $1`,
      [`service-client:${client.id}`],
    );
    expect(rows).toEqual([{ meta: { scopes: ['clients:self'] } }]);
  });

  it('does not mistake one client’s jti for another’s', async () => {
    const other = await registeredService(world, admin);
    const jti = randomUUID();
    await askForToken(world, await assertionOf(service, { jti })).expect(200);
    await askForToken(world, await assertionOf(other, { jti })).expect(200);
  });

  it('speaks of its failures in the words of RFC 6749, in a problem', async () => {
    const { body, headers } = await askForToken(world, 'nonsense').expect(401);
    expect(headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(headers['www-authenticate']).toBe('Bearer');
    expect(body).toMatchObject({
      type: 'http://mainstay.test/problems/oauth.invalid-client',
      status: 401,
      code: 'oauth.invalid-client',
      error: 'invalid_client',
      error_description: body.detail,
    });
  });

  it.each([
    ['invalid_request', 400, {}],
    ['invalid_request', 400, { grant_type: '' }],
    ['unsupported_grant_type', 400, { grant_type: 'password' }],
    ['unsupported_grant_type', 400, { grant_type: '__proto__', constructor: 'x' }],
    ['invalid_client', 401, { grant_type: 'client_credentials' }],
    ['invalid_client', 401, { grant_type: 'client_credentials', client_id: 'x', client_secret: 'y' }],
  ])('answers %s with %i to %j', async (error, status, form) => {
    const { body } = await request(world.url)
      .post('/v1/oauth/token')
      .type('form')
      .send({ unknown: 'ignored', ...form })
      .expect(status);
    expect(body.error).toBe(error);
  });

  it('refuses a parameter that comes twice', async () => {
    const { body } = await request(world.url)
      .post('/v1/oauth/token')
      .type('form')
      .send('grant_type=client_credentials&grant_type=client_credentials')
      .expect(400);
    expect(body.error).toBe('invalid_request');
  });

  it.each(['users:read', 'clients:self users:write', 'clients:self  '])(
    'knows no scope %p',
    async (scope) => {
      const { body } = await askForToken(world, await assertionOf(service), { scope }).expect(400);
      expect(body).toMatchObject({ error: 'invalid_scope', code: 'oauth.invalid-scope' });
    },
  );

  it('is the only route that reads forms, and reads nothing else', async () => {
    await request(world.url).post('/v1/oauth/token').send({ grant_type: 'client_credentials' }).expect(415);
    const form = request(world.url).post('/v1/sessions').type('form');
    const { headers } = await form.send({ email: admin.email, password: 'x' }).expect(415);
    expect(headers['accept-post']).toBe('application/json');
    const large = 'grant_type=x&x='.padEnd(9000, 'x');
    await request(world.url).post('/v1/oauth/token').type('form').send(large).expect(413);
  });
});

describe('a client assertion', () => {
  const refusal = async (assertion: string) => {
    const { body } = await askForToken(world, assertion).expect(401);
    expect(body.error).toBe('invalid_client');
    return body.detail as string;
  };

  it.each([
    [
      'of another subject',
      () => ({ sub: randomUUID() }),
      'The claim sub of the assertion is missing or wrong.',
    ],
    ['for another audience', () => ({ aud: 'https://elsewhere.example' }), 'The claim aud of the assertion'],
    [
      'for several audiences',
      () => ({ aud: ['http://mainstay.test', 'https://elsewhere.example'] }),
      'audience',
    ],
    ['that has expired', () => ({ exp: seconds() - 10 }), 'The assertion has expired.'],
    ['without an end', () => ({ exp: undefined }), 'The claim exp of the assertion is missing or wrong.'],
    ['that is good for long', () => ({ exp: seconds() + 120 }), 'more than 60 seconds'],
    ['without an end in sight', () => ({ exp: 1e300 }), 'more than 60 seconds'],
    ['that is not yet valid', () => ({ nbf: seconds() + 60 }), 'The claim nbf of the assertion'],
    ['without an id', () => ({ jti: undefined }), 'The claim jti of the assertion is missing or wrong.'],
    ['with an empty id', () => ({ jti: '' }), 'The claim jti of the assertion is missing or wrong.'],
    [
      'with a long id',
      () => ({ jti: 'x'.repeat(129) }),
      'The claim jti of the assertion is missing or wrong.',
    ],
  ])('%s is refused', async (_, claims, detail) => {
    expect(await refusal(await assertionOf(service, claims() as JWTPayload))).toContain(detail);
  });

  const unproven = 'The assertion is not signed by a registered key of an active client.';

  it('is refused alike for an unknown client, an unknown key and a wrong signature', async () => {
    const { privateKey } = await generateKeyPair('EdDSA');
    const other = await registeredService(world, admin);
    const attempts = [
      assertionOf({ ...service, id: randomUUID() }),
      assertionOf({ ...service, id: 'x' }),
      assertionOf({ ...service, kid: 'x' }),
      assertionOf({ ...service, key: privateKey }),
      assertionOf({ ...other, id: service.id }),
      assertionOf(service, { iss: other.id, sub: other.id }),
      assertionOf(service, { padding: 'x'.repeat(4096) }),
    ];
    for (const attempt of attempts) expect(await refusal(await attempt)).toBe(unproven);
  });

  it('is not verified by a key that it brings along', async () => {
    const pair = await generateKeyPair('EdDSA', { extractable: true });
    const jwk = await crypto.subtle.exportKey('jwk', pair.publicKey);
    const header = { jwk: { kty: 'OKP', crv: 'Ed25519', x: jwk.x! }, jku: 'http://127.0.0.1:1/jwks.json' };
    expect(await refusal(await assertionOf({ ...service, key: pair.privateKey }, {}, header))).toBe(unproven);
  });

  it('is no token of ours, and a token of ours is no assertion', async () => {
    await whoIs(await assertionOf(service)).expect(401);
    expect(await refusal(await tokenOf(world, service))).toBe(unproven);
    const typed = await assertionOf(service, {}, { typ: 'at+jwt' });
    expect(await refusal(typed)).toBe('The assertion is a JWT of another type.');
  });

  it('is refused when it demands what nobody here understands', async () => {
    const claims = decodeJwt(await assertionOf(service));
    const crit = { alg: 'EdDSA', kid: service.kid, crit: ['exclusive'], exclusive: true };
    expect(await refusal(forged(crit, claims, KeyObject.from(service.key)))).toBe(unproven);
    const plain = { alg: 'EdDSA', kid: service.kid };
    await askForToken(world, forged(plain, claims, KeyObject.from(service.key))).expect(200);
  });

  it('is refused unsigned, or signed with what is public', async () => {
    const [, claims] = (await assertionOf(service)).split('.') as [string, string];
    const none = Buffer.from(JSON.stringify({ alg: 'none', kid: service.kid })).toString('base64url');
    for (const signature of ['', 'AAAA'])
      expect(await refusal(`${none}.${claims}.${signature}`)).toBe(unproven);
    const { rows } = await world.db.pool.query<{ jwks: { keys: { x: string }[] } }>(
      'select jwks from service_clients where id = $1',
      [service.id],
    );
    const secret = await crypto.subtle.importKey(
      'raw',
      Buffer.from(rows[0]!.jwks.keys[0]!.x, 'base64url'),
      { name: 'HMAC', hash: 'SHA-256' },
      false,
      ['sign'],
    );
    expect(await refusal(await assertionOf({ ...service, key: secret, alg: 'HS256' }))).toBe(unproven);
  });
});

describe('what others read', () => {
  it('names the endpoints', async () => {
    const { body, headers } = await request(world.url)
      .get('/.well-known/oauth-authorization-server')
      .expect(200);
    expect(headers['cache-control']).toBe('public, max-age=300');
    expect(body).toEqual({
      issuer: 'http://mainstay.test',
      token_endpoint: 'http://mainstay.test/v1/oauth/token',
      jwks_uri: 'http://mainstay.test/.well-known/jwks.json',
      scopes_supported: ['clients:self', 'ops:read'],
      response_types_supported: [],
      grant_types_supported: ['client_credentials'],
      token_endpoint_auth_methods_supported: ['private_key_jwt'],
      token_endpoint_auth_signing_alg_values_supported: ['EdDSA', 'Ed25519', 'ES256'],
    });
  });

  it('is enough to verify a token elsewhere, and holds nothing private', async () => {
    const token = await tokenOf(world, service);
    const { body, headers } = await request(world.url).get('/.well-known/jwks.json').expect(200);
    expect(headers['cache-control']).toBe('public, max-age=300');
    for (const key of body.keys)
      expect(Object.keys(key).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x']);
    const keySet = createRemoteJWKSet(new URL(`${world.url}/.well-known/jwks.json`));
    const options = { issuer: 'http://mainstay.test', audience: 'http://mainstay.test', typ: 'at+jwt' };
    expect((await jwtVerify(token, keySet, options)).payload.sub).toBe(service.id);
  });

  it('is what a client library needs', async () => {
    const config = new oidc.Configuration(
      {
        issuer: 'http://mainstay.test',
        token_endpoint: `${world.url}/v1/oauth/token`,
      },
      service.id,
      {},
      oidc.PrivateKeyJwt({ key: service.key, kid: service.kid }),
    );
    oidc.allowInsecureRequests(config);
    const { access_token, expires_in } = await oidc.clientCredentialsGrant(config, { scope: 'clients:self' });
    expect(expires_in).toBe(300);
    await whoIs(access_token).expect(200);
  });
});
