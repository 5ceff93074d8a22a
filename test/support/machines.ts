import { type KeyObject, randomUUID, sign, type webcrypto } from 'node:crypto';
import { exportJWK, generateKeyPair, type JWTHeaderParameters, type JWTPayload, SignJWT } from 'jose';
import request from 'supertest';
import type { World } from './apps.js';
import { inSudo, type Person } from './people.js';

export interface IssuedKey {
  id: string;
  key: string;
  /** With the cookie that the proof of a moment ago renewed. */
  owner: Person;
}

/** A key of somebody who is signed in. */
export async function issuedKey(world: World, person: Person, scopes: string[] = []): Promise<IssuedKey> {
  const owner = await inSudo(world, person);
  const response = await request(world.url)
    .post('/v1/api-keys')
    .set('cookie', owner.cookie)
    .set('idempotency-key', randomUUID())
    .send({ name: 'a program', scopes });
  if (response.status !== 201) throw new Error(`No key: ${response.status} ${response.text}`);
  return { ...(response.body as Omit<IssuedKey, 'owner'>), owner };
}

/** A service with a key of its own, registered by an administrator. */
export interface Service {
  id: string;
  kid: string;
  key: webcrypto.CryptoKey;
  alg: string;
}

export async function registeredService(
  world: World,
  admin: Person,
  { alg = 'EdDSA', scopes = ['clients:self'] }: { alg?: string; scopes?: string[] } = {},
): Promise<Service> {
  const kid = randomUUID();
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const response = await request(world.url)
    .post('/v1/service-clients')
    .set('cookie', admin.cookie)
    .set('idempotency-key', kid)
    .send({ name: 'a service', scopes, jwks: { keys: [{ ...(await exportJWK(publicKey)), kid }] } });
  if (response.status !== 201) throw new Error(`No service: ${response.status} ${response.text}`);
  return { id: (response.body as { id: string }).id, kid, key: privateKey, alg };
}

const now = () => Math.floor(Date.now() / 1000);

/** What a service proves itself by; each part can be replaced. */
export function assertionOf(
  { id, kid, key, alg }: Service,
  claims: JWTPayload = {},
  header: Partial<JWTHeaderParameters> = {},
): Promise<string> {
  const usual = {
    iss: id,
    sub: id,
    aud: 'http://mainstay.test/v1/oauth/token',
    exp: now() + 30,
    jti: randomUUID(),
  };
  return new SignJWT({ ...usual, ...claims }).setProtectedHeader({ alg, kid, ...header }).sign(key);
}

/** Asks the token endpoint; the parameters are those of private_key_jwt and those given. */
export const askForToken = (world: World, client_assertion: string, given: Record<string, string> = {}) =>
  request(world.url)
    .post('/v1/oauth/token')
    .type('form')
    .send({
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion,
      ...given,
    });

export async function tokenOf(world: World, service: Service): Promise<string> {
  const response = await askForToken(world, await assertionOf(service));
  if (response.status !== 200) throw new Error(`No token: ${response.status} ${response.text}`);
  return (response.body as { access_token: string }).access_token;
}

/** A JWT of any content, which a library would not sign. */
export function forged(header: object, claims: object, key: KeyObject): string {
  const parts = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
  const signature = sign(null, Buffer.from(parts.join('.')), key);
  return [...parts, signature.toString('base64url')].join('.');
}
