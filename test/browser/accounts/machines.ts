import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { createLocalJWKSet, exportJWK, generateKeyPair, jwtVerify } from 'jose';
import { type Client, dataOf } from '#libs/client';
import { assertionOf, type Service } from '../../support/machines.js';
import { form, keyed, type Stage } from '../stage.js';

export const machines = (stage: () => Stage) =>
  describe('a program', () => {
    it('does with an API key what its scopes and its owner allow, until the key is revoked', async () => {
      const { id: owner, client } = await stage().proven('viewer');
      const issued = await client.POST('/v1/api-keys', {
        params: keyed(),
        body: { name: 'CI', scopes: ['users:read'], expires_in_days: 7 },
      });
      expect(issued.response.status).toBe(201);
      const { key, ...view } = dataOf(issued);
      const params = { path: { id: view.id } };
      expect((await client.GET('/v1/api-keys/{id}', { params })).data).toEqual(view);
      expect((await client.GET('/v1/api-keys')).data).toEqual({ data: [view] });

      const program = stage().client(key);
      const users = (query: object) => program.GET('/v1/users', { params: { query } });
      expect((await users({ limit: 1 })).response.status).toBe(200);
      expect((await program.GET('/v1/users/me')).data).toMatchObject({ id: owner });
      expect((await program.GET('/v1/sessions')).error).toMatchObject({ code: 'access.session-required' });

      expect((await client.DELETE('/v1/api-keys/{id}', { params })).response.status).toBe(204);
      expect((await users({})).error).toMatchObject({ code: 'access.authentication-required' });
      expect((await client.GET('/v1/api-keys')).data).toEqual({ data: [] });
    });
  });

export const services = (stage: () => Stage) =>
  describe('a service', () => {
    /** Registers a service with a key pair of its own. */
    async function registered(admin: Client) {
      const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
      const [kid, { x = '', y = '' }] = [randomUUID(), await exportJWK(publicKey)];
      const jwk = { kty: 'EC', crv: 'P-256', x, y, kid } as const;
      const answer = await admin.POST('/v1/service-clients', {
        params: keyed(),
        body: { name: 'Billing', scopes: ['clients:self'], jwks: { keys: [jwk] } },
      });
      expect(answer.response.status).toBe(201);
      const view = dataOf(answer);
      const service: Service = { id: view.id, kid, key: privateKey, alg: 'ES256' };
      return { view, service, etag: answer.response.headers.get('etag')! };
    }

    const metadata = async () =>
      dataOf(await stage().client().GET('/.well-known/oauth-authorization-server'));

    async function askForToken(service: Service) {
      const { token_endpoint: aud } = await metadata();
      return stage()
        .client()
        .POST('/v1/oauth/token', {
          headers: form,
          body: {
            grant_type: 'client_credentials',
            client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
            client_assertion: await assertionOf(service, { aud }),
          },
        });
    }

    it('gets a token for an assertion signed by its key, and enters the routes of services', async () => {
      const { view, service } = await registered((await stage().proven('admin')).client);
      const token = dataOf(await askForToken(service));
      expect(token).toMatchObject({ token_type: 'Bearer', expires_in: 300, scope: 'clients:self' });
      const { issuer, jwks_uri: uri } = await metadata();
      expect(uri).toBe(`${stage().world.publicUrl}/.well-known/jwks.json`);
      const keys = dataOf(await stage().client().GET('/.well-known/jwks.json'));
      const verified = await jwtVerify(token.access_token, createLocalJWKSet(keys), {
        issuer,
        typ: 'at+jwt',
      });
      expect(verified.payload).toMatchObject({ sub: view.id, client_id: view.id });

      const current = await stage().client(token.access_token).GET('/v1/service-clients/current');
      expect(current.data).toEqual({ id: view.id, name: 'Billing', scopes: ['clients:self'] });
      const closed = await stage().client(token.access_token).GET('/v1/users');
      expect(closed.response.status).toBe(403);
    });

    it('is registered, read, disabled and removed by an administrator', async () => {
      const { client } = await stage().proven('admin');
      const { view, service, etag } = await registered(client);
      const path = { id: view.id };
      const page = dataOf(await client.GET('/v1/service-clients', { params: { query: { limit: 100 } } }));
      expect(page.data).toContainEqual(view);
      const read = await client.GET('/v1/service-clients/{id}', { params: { path } });
      expect([read.data, read.response.headers.get('etag')]).toEqual([view, etag]);
      const known = await client.GET('/v1/service-clients/{id}', {
        params: { path, header: { 'If-None-Match': etag } },
      });
      expect(known.response.status).toBe(304);

      const changed = await client.PATCH('/v1/service-clients/{id}', {
        params: { path, header: { 'If-Match': etag } },
        body: { status: 'disabled' },
      });
      expect(changed.data).toMatchObject({ status: 'disabled', version: view.version + 1 });
      const refused = await askForToken(service);
      expect([refused.response.status, refused.error]).toMatchObject([401, { error: 'invalid_client' }]);
      const header = { 'If-Match': changed.response.headers.get('etag')! };
      const removed = await client.DELETE('/v1/service-clients/{id}', { params: { path, header } });
      expect(removed.response.status).toBe(204);
    });
  });
