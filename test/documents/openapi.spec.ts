import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import type { OpenAPIObject, OperationObject } from '@nestjs/swagger';
import request from 'supertest';
import { clientTypes } from '../../tools/generate/client-types.js';
import { startWorld, type World } from '../support/apps.js';

type Json = Record<string, unknown>;
interface Operation {
  method: 'get' | 'post' | 'patch' | 'delete';
  path: string;
  operation: OperationObject & { 'x-access'?: string; 'x-proof'?: string };
}

const nobody = '0199c0de-0000-7000-8000-000000000000';

let world: World;
let served: OpenAPIObject;
let operations: Operation[];

beforeAll(async () => {
  world = await startWorld();
  served = (await request(world.url).get('/openapi.json').expect(200)).body as OpenAPIObject;
  operations = Object.entries(served.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ method, path, operation }) as Operation),
  );
});
afterAll(() => world.close());

const refresh = 'npm run generate brings it up to date';

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
      expect([operationId, security]).toEqual([operationId, credentialsOf({ method, operation })]);
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

/** What opens an operation: a proof of a session is no key, and services have a token of their own. */
function credentialsOf({ method, operation }: Pick<Operation, 'method' | 'operation'>): object[] {
  const access = operation['x-access'] ?? '';
  if (access === 'anybody') return [];
  if (access.startsWith('service: ')) return [{ access_token: [] }];
  if (operation['x-proof']) return [{ session: [] }];
  const users = [{ session: [] }, { api_key: [] }];
  return isForServices(method, access) ? [...users, { access_token: [] }] : users;
}

/** Services read with the permissions that they may hold. */
const isForServices = (method: string, access: string) =>
  method === 'get' && /^(?:signed in, or services with )?(?:users|jobs|ops|audit):read$/.test(access);

/** What a reference points to; anything else as it is. */
function resolved(value: object | undefined): unknown {
  if (!value || !('$ref' in value)) return value;
  const steps = String(value.$ref).slice(2).split('/');
  return steps.reduce<unknown>((found, step) => (found as Json | undefined)?.[step], served);
}
