import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { servicePermissions, serviceScopes } from '#libs/access';
import { eventually } from '#libs/testing';
import { startWorld, type World } from '../../support/apps.js';
import { registeredService, type Service, tokenOf } from '../../support/machines.js';
import { inSudo, type Person, signedIn } from '../../support/people.js';
import { concrete, type ListedRoute, listedRoutes } from '../../support/routes.js';

let world: World;
let admin: Person;
let reader: Service;
let tokens: { all: string; self: string };
beforeAll(async () => {
  world = await startWorld({ worker: true });
  admin = await inSudo(world, await signedIn(world, 'admin'));
  reader = await registeredService(world, admin, { scopes: [...serviceScopes] });
  const other = await registeredService(world, admin);
  tokens = { all: await tokenOf(world, reader), self: await tokenOf(world, other) };
});
afterAll(() => world.close());

const call = (token: string, path: string, method = 'GET') =>
  request(world.url)
    [method.toLowerCase() as 'get' | 'post' | 'put' | 'patch' | 'delete'](path)
    .set({ authorization: `Bearer ${token}`, 'idempotency-key': randomUUID(), 'if-match': '*' });

const routes = listedRoutes().filter(({ isPublic }) => !isPublic);
const nameOf = ({ method, path }: ListedRoute) => `${method} ${path}`;

/** The permissions that open a route to services, by the table of routes. */
function openedBy({ method, who, proof }: ListedRoute): string[] {
  if (method !== 'GET' || proof) return [];
  const named = who.replace('signed in, or services with ', '').split(', ');
  return named.every((name) => (servicePermissions as string[]).includes(name)) ? named : [];
}

const readable = routes.filter((route) => openedBy(route).length > 0);
const closed = routes.filter(
  (route) => openedBy(route).length === 0 && !route.who.startsWith('services with '),
);

describe('a service', () => {
  it('may hold what reads, and nothing that changes anything', () => {
    expect(servicePermissions).toEqual(
      expect.arrayContaining(['users:read', 'jobs:read', 'ops:read', 'audit:read']),
    );
    expect(servicePermissions.filter((permission) => !permission.endsWith(':read'))).toEqual([]);
    expect(readable.length).toBeGreaterThan(8);
  });

  it.each(readable.map((route) => [nameOf(route), route] as const))(
    'reads with its scope: %s',
    async (_, route) => {
      const path = concrete(route.path);
      expect([401, 403]).not.toContain((await call(tokens.all, path)).status);
      const { body, headers } = await call(tokens.self, path).expect(403);
      expect(body.code).toBe('access.denied');
      expect(headers['www-authenticate']).toBe(
        `Bearer error="insufficient_scope", scope="${openedBy(route).join(' ')}"`,
      );
    },
  );

  it.each(closed.map((route) => [nameOf(route), route] as const))(
    'is refused whatever its scopes: %s',
    async (_, { method, path }) => {
      const { body } = await call(tokens.all, concrete(path), method).expect(403);
      expect(body.code).toMatch(/^access\.(denied|session-required)$/);
    },
  );

  it('reads users, jobs of others with their results, the audit log, and why a process is not ready', async () => {
    expect((await call(tokens.all, `/v1/users/${admin.id}`).expect(200)).body.email).toBe(admin.email);
    const started = await request(world.url)
      .post('/v1/user-exports')
      .set({ cookie: admin.cookie, 'idempotency-key': randomUUID() })
      .send({ format: 'csv' })
      .expect(202);
    const path = started.headers.location!;
    await eventually(async () => (await call(tokens.all, path).expect(200)).body.state === 'succeeded');
    expect((await call(tokens.all, `${path}/result`).expect(200)).text).toContain(admin.email);
    expect((await call(tokens.all, `${path}/events`).expect(200)).text).toContain('succeeded');
    expect((await call(tokens.all, '/v1/audit-events').expect(200)).body.data).not.toEqual([]);
    expect((await call(tokens.all, '/health/ready').expect(200)).body).toHaveProperty('checks');
    expect((await call(tokens.self, '/health/ready').expect(200)).body).not.toHaveProperty('checks');
  });

  it('loses with the next request a permission that its client loses', async () => {
    const service = await registeredService(world, admin, { scopes: ['users:read', 'jobs:read'] });
    const token = await tokenOf(world, service);
    await call(token, '/v1/users').expect(200);
    await request(world.url)
      .patch(`/v1/service-clients/${service.id}`)
      .set({ cookie: admin.cookie, 'if-match': '*' })
      .send({ scopes: ['jobs:read'] })
      .expect(200);
    await call(token, '/v1/users').expect(403);
    await call(token, '/v1/queues').expect(200);
  });
});
