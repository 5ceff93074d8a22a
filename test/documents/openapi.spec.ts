import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import type { OpenAPIObject, OperationObject, ResponseObject } from '@nestjs/swagger';
import request, { type Response } from 'supertest';
import { z } from 'zod';
import { clientTypes } from '../../tools/generate/client-types.js';
import { startWorld, type World } from '../support/apps.js';
import { inSudo, type Person, signedIn } from '../support/people.js';

type Json = Record<string, unknown>;
interface Operation {
  method: 'get' | 'post' | 'patch' | 'delete';
  path: string;
  operation: OperationObject & { 'x-access'?: string; 'x-proof'?: string };
}

const nobody = '0199c0de-0000-7000-8000-000000000000';

let world: World;
let admin: Person;
let served: OpenAPIObject;
let operations: Operation[];

beforeAll(async () => {
  world = await startWorld();
  admin = await inSudo(world, await signedIn(world, 'admin'));
  served = (await request(world.url).get('/openapi.json').expect(200)).body as OpenAPIObject;
  operations = Object.entries(served.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ method, path, operation }) as Operation),
  );
});
afterAll(() => world.close());

const refresh = 'npm run openapi brings it up to date';

describe('the committed description', () => {
  it(`is the one the code gives (${refresh})`, async () => {
    expect(`${JSON.stringify(served, null, 2)}\n`).toBe(await readFile('openapi.json', 'utf8'));
  });

  it(`is what the types of the client were made from (${refresh})`, async () => {
    const description = await readFile('openapi.json', 'utf8');
    expect(await readFile('libs/client/schema.generated.ts', 'utf8')).toBe(await clientTypes(description));
  });
});

describe('every operation', () => {
  it('has a name of its own, a summary and an access rule', () => {
    expect(operations.length).toBeGreaterThan(15);
    for (const { operation } of operations) {
      expect(operation.operationId).toMatch(/^[a-z][A-Za-z]+$/);
      expect(operation).toMatchObject({ summary: expect.any(String), 'x-access': expect.any(String) });
    }
    expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(operations.length);
  });

  it('is closed to anonymous callers, unless it says that anybody may', async () => {
    for (const { method, path, operation } of operations) {
      const isOpen = operation['x-access'] === 'anybody';
      const { status } = await request(world.url)[method](path.replace('{id}', nobody));
      const { operationId, security = [] } = operation;
      expect([operationId, security]).toEqual([operationId, credentialsOf(operation)]);
      expect([operationId, status === 401]).toEqual([operationId, !isOpen]);
      expect([operationId, '401' in operation.responses]).toEqual([operationId, !isOpen]);
    }
  });

  it('answers its failures with a problem, and refers to nothing that is not there', () => {
    for (const { operation } of operations) {
      const failures = Object.entries(operation.responses).filter(
        ([status]) => status === 'default' || status >= '400',
      );
      expect(failures.map(([status]) => status)).toEqual(expect.arrayContaining(['422', '503', 'default']));
      for (const [, failure] of failures)
        expect(resolved(failure)).toHaveProperty(['content', 'application/problem+json']);
    }
    for (const [, pointer] of JSON.stringify(served).matchAll(/"\$ref":"([^"]+)"/g))
      expect(resolved({ $ref: pointer })).toBeDefined();
  });
});

it('names no machine and no route of development', () => {
  const text = JSON.stringify(served);
  expect(served.servers).toEqual([{ url: '/' }]);
  expect(text).not.toMatch(/localhost|127\.0\.0\.1|mainstay\.test/);
  expect(
    Object.keys(served.paths).filter((path) => !/^\/((v1|health|\.well-known)\/|metrics$)/.test(path)),
  ).toEqual([]);
});

describe('real answers', () => {
  const asAdmin = (method: 'get' | 'post' | 'patch', path: string) =>
    request(world.url)[method](path).set('cookie', admin.cookie);

  it('are as described: a session, a user, a page, a job', async () => {
    expectDescribed('getCurrentSession', await asAdmin('get', '/v1/sessions/current'), 200);
    expectDescribed('getUser', await asAdmin('get', `/v1/users/${admin.id}`), 200);
    expectDescribed('listUsers', await asAdmin('get', '/v1/users?limit=1'), 200);
    const invited = asAdmin('post', '/v1/users').set('idempotency-key', 'a-person');
    expectDescribed('inviteUser', await invited.send({ email: 'ada@example.com', name: 'Ada' }), 201);
    const accepted = await asAdmin('post', '/v1/user-exports')
      .set('idempotency-key', 'an-export')
      .send({ format: 'csv' });
    expectDescribed('exportUsers', accepted, 202);
    expectDescribed('getJob', await asAdmin('get', accepted.headers.location!), 200);
    expectDescribed('register', await request(world.url).post('/v1/registrations').send(newcomer), 202);
    expectDescribed('getReadiness', await request(world.url).get('/health/ready'), 200);
  });

  it('are as described when they are failures', async () => {
    expectDescribed('getUser', await request(world.url).get(`/v1/users/${admin.id}`), 401);
    expectDescribed('getUser', await asAdmin('get', `/v1/users/${nobody}`), 404);
    expectDescribed('register', await request(world.url).post('/v1/registrations').send({ email: 'x' }), 422);
    expectDescribed(
      'register',
      await request(world.url).post('/v1/registrations').type('text').send('x'),
      415,
    );
    const path = `/v1/users/${admin.id}`;
    expectDescribed('changeUser', await asAdmin('patch', path).send({ name: 'New' }), 428);
    expectDescribed(
      'changeUser',
      await asAdmin('patch', path).set('if-match', '"v99"').send({ name: 'New' }),
      412,
    );
    expectDescribed('inviteUser', await asAdmin('post', '/v1/users').send({}), 400);
    // A failure of one feature alone, under `default`.
    const wrong = { email: admin.email, password: 'not the password' };
    expectDescribed('signIn', await request(world.url).post('/v1/sessions').send(wrong), 401);
  });

  const newcomer = { email: 'grace@example.com', password: 'a sentence of some length', name: 'Grace' };
});

/** Sent when there is a next page, a stored answer, a time to wait for. */
const optionalHeaders = new Set(['Link', 'Idempotency-Replayed', 'Retry-After']);

/** What opens an operation: a proof of a session is no key, and services have a token of their own. */
function credentialsOf(operation: Operation['operation']): object[] {
  const access = operation['x-access'] ?? '';
  if (access === 'anybody') return [];
  if (access.startsWith('service: ')) return [{ access_token: [] }];
  if (operation['x-proof']) return [{ session: [] }];
  // This permission is a scope of services as well.
  const services = access === 'ops:read' ? [{ access_token: [] }] : [];
  return [{ session: [] }, { api_key: [] }, ...services];
}

/** Status, media type, header fields and body of an answer are what the description of its operation says. */
function expectDescribed(operationId: string, answer: Response, status: number): void {
  expect([operationId, answer.status]).toEqual([operationId, status]);
  const { operation } = operations.find((candidate) => candidate.operation.operationId === operationId)!;
  const described = operation.responses[status] ?? operation.responses.default;
  const { content = {}, headers = {} } = resolved(described) as ResponseObject;
  const { schema } = content[answer.type] ?? {};
  if (!schema) throw new Error(`${operationId} describes no ${answer.type} with status ${status}.`);
  for (const name of Object.keys(headers).filter((candidate) => !optionalHeaders.has(candidate)))
    expect(answer.headers).toHaveProperty(name.toLowerCase());
  const definitions = { ...served.components?.schemas } as unknown as Json;
  const parsed = z.fromJSONSchema(closed({ ...schema, $defs: definitions }) as never).safeParse(answer.body);
  expect([operationId, parsed.error?.issues ?? []]).toEqual([operationId, []]);
}

/** The schema with every object closed, so that a field which is not described is found; references as JSON Schema has them. */
function closed(value: unknown): unknown {
  if (typeof value === 'string') return value.replace('#/components/schemas/', '#/$defs/');
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, item]) => [name, closed(item)] as const);
  const isObject = 'properties' in value && !('additionalProperties' in value);
  return { ...Object.fromEntries(entries), ...(isObject && { additionalProperties: false }) };
}

/** What a reference points to; anything else as it is. */
function resolved(value: object | undefined): unknown {
  if (!value || !('$ref' in value)) return value;
  const steps = String(value.$ref).slice(2).split('/');
  return steps.reduce<unknown>((found, step) => (found as Json | undefined)?.[step], served);
}
