import { randomUUID } from 'node:crypto';
import http from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { OpenAPIObject, OperationObject } from '@nestjs/swagger';
import request from 'supertest';
import { startWorld, type World } from '../../support/apps.js';
import { inSudo, type Person, signedIn } from '../../support/people.js';
import { concrete, listedRoutes, spellingsOf } from '../../support/routes.js';

/**
 * What others got wrong, against every route there is. The numbers are those of the incidents' classes: path spellings
 * that one layer reads otherwise than the next, state of a sign-in that outlives its end, identity from the input.
 */
const routes = listedRoutes();
const closed = routes.filter(({ isPublic }) => !isPublic);

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

interface Answer {
  status: number;
  body: string;
}

const agent = new http.Agent({ keepAlive: true, maxSockets: 8 });
afterAll(() => agent.destroy());

/** A request whose target is sent as it is written: other clients would tidy it up. */
function send(
  base: string,
  method: string,
  path: string,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const { hostname, port } = new URL(base);
  return new Promise((resolve, reject) => {
    const call = http.request({ agent, hostname, port, method, path, headers }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.on('end', () => resolve({ status: response.statusCode!, body }));
    });
    call.on('error', reject).end();
  });
}

/** Not so where everybody who is signed in sees what is theirs, and only services need one. */
const needsPermission = ({ who }: { who: string }) => who.includes(':') && !who.startsWith('signed in');

const methodsOf = (method: string) => (method === 'GET' ? ['GET', 'HEAD'] : [method]);

/** Of each route and spelling, the ones whose answer is none of these. */
async function unexpected(
  base: string,
  list: typeof routes,
  allowed: number[],
  headers: (path: string) => Record<string, string> = () => ({}),
): Promise<string[]> {
  const attempts = list.flatMap(({ method, path }) =>
    [concrete(path), ...spellingsOf(concrete(path))].flatMap((spelling) =>
      methodsOf(method).map((name) => ({ method: name, spelling })),
    ),
  );
  const answers = await Promise.all(
    attempts.map(async ({ method, spelling }) => {
      const { status } = await send(base, method, spelling, headers(spelling));
      return { call: `${method} ${spelling}: ${status}`, status };
    }),
  );
  expect(answers.length).toBeGreaterThan(list.length * 15);
  return answers.filter(({ status }) => !allowed.includes(status)).map(({ call }) => call);
}

describe('I1: another spelling of a path, or HEAD', () => {
  it('opens no route to somebody who is not signed in', async () => {
    expect(await unexpected(world.url, closed, [400, 401, 404, 405])).toEqual([]);
    const plain = await Promise.all(
      closed.flatMap(({ method, path }) =>
        methodsOf(method).map(async (name) => [
          name,
          path,
          (await send(world.url, name, concrete(path))).status,
        ]),
      ),
    );
    expect(plain.filter(([, , status]) => status !== 401)).toEqual([]);
  });

  it('opens no route to somebody without the permission', async () => {
    const { cookie } = await signedIn(world, 'member');
    const guarded = closed.filter(needsPermission);
    expect(guarded.length).toBeGreaterThan(15);
    expect(await unexpected(world.url, guarded, [400, 403, 404, 405], () => ({ cookie }))).toEqual([]);
    for (const { method, path } of guarded)
      expect([method, path, (await send(world.url, method, concrete(path), { cookie })).status]).toEqual([
        method,
        path,
        403,
      ]);
  });

  it('opens no sensitive action without sudo', async () => {
    const { cookie } = await signedIn(world, 'admin');
    const sensitive = closed.filter(({ proof }) => proof === 'sudo');
    expect(sensitive.length).toBeGreaterThan(0);
    // 428: `me%2ftotp` is a user's id that does not exist, and deleting users needs If-Match before it is looked for.
    const refusals = [400, 403, 404, 405, 428];
    expect(await unexpected(world.url, sensitive, refusals, () => ({ cookie }))).toEqual([]);
  });

  it('passes no quota', async () => {
    // One request in an hour.
    const strict = await startWorld({ env: { RATE_LIMIT_ANONYMOUS: '1/3600' } });
    try {
      const limited = routes.filter(({ isLimited, isPublic }) => isLimited && isPublic);
      expect(limited.length).toBeGreaterThan(3);
      await send(strict.url, 'POST', '/v1/sessions');
      expect(await unexpected(strict.url, limited, [400, 404, 405, 429])).toEqual([]);
      for (const { method, path } of limited)
        expect([path, (await send(strict.url, method, concrete(path))).status]).toEqual([path, 429]);
    } finally {
      await strict.close();
    }
  });
});

describe('I10: what was true of a session a moment ago', () => {
  const statusesWith = async ({ cookie }: Person, list = closed) => {
    const answers = await Promise.all(
      list.flatMap(({ method, path }) =>
        methodsOf(method).map(
          async (name) => (await send(world.url, name, concrete(path), { cookie })).status,
        ),
      ),
    );
    return [...new Set(answers)];
  };
  const warm = (person: Person) =>
    request(world.url).get('/v1/users/me').set('cookie', person.cookie).expect(200);

  it.each([
    ['it was revoked', 'delete from sessions where user_id = $1'],
    ['it expired', 'update sessions set absolute_expires_at = now() where user_id = $1'],
    ['its user was disabled', `update users set status = 'disabled' where id = $1`],
    ['all sessions of the user ended', 'update users set auth_epoch = auth_epoch + 1 where id = $1'],
    ['its user was deleted', 'delete from users where id = $1'],
  ])('opens no route after %s', async (_, statement) => {
    const person = await inSudo(world, await signedIn(world, 'admin'));
    await warm(person);
    await world.db.pool.query(statement, [person.id]);
    expect(await statusesWith(person)).toEqual([401]);
  });

  it('opens none of the routes whose permission is gone', async () => {
    const person = await inSudo(world, await signedIn(world, 'admin'));
    await warm(person);
    await world.db.pool.query(`update users set role = 'member' where id = $1`, [person.id]);
    expect(await statusesWith(person, closed.filter(needsPermission))).toEqual([403]);
  });

  it('opens no sensitive action after ten minutes', async () => {
    const person = await inSudo(world, await signedIn(world, 'admin'));
    await world.db.pool.query('update sessions set sudo_until = now() where user_id = $1', [person.id]);
    expect(
      await statusesWith(
        person,
        closed.filter(({ proof }) => proof === 'sudo'),
      ),
    ).toEqual([403]);
  });

  it('is not answered from a cache: the ETag of a user does not help a session that ended', async () => {
    const person = await signedIn(world, 'admin');
    const etag = (await warm(person)).headers.etag as string;
    await world.db.pool.query('delete from sessions where user_id = $1', [person.id]);
    const { status } = await send(world.url, 'GET', '/v1/users/me', {
      cookie: person.cookie,
      'if-none-match': etag,
    });
    expect(status).toBe(401);
  });
});

describe('I12: who somebody is', () => {
  const claims = {
    id: randomUUID(),
    user_id: randomUUID(),
    owner_id: randomUUID(),
    verified: true,
    email_verified: true,
    permissions: ['users:write'],
    impersonator_id: randomUUID(),
  };

  it('is never taken from a body: whatever is not asked for is refused', async () => {
    const admin = await inSudo(world, await signedIn(world, 'admin'));
    const document = (await request(world.url).get('/openapi.json')).body as OpenAPIObject;
    const operations = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item as Record<string, OperationObject>).map(([method, operation]) => ({
        method: method as 'post' | 'patch' | 'put',
        path: path.replaceAll(/\{\w+\}/g, '0199c0de-0000-7000-8000-000000000000'),
        body: operation.requestBody as { content: Record<string, unknown> } | undefined,
      })),
    );
    const withBody = operations.filter(({ body }) => body?.content['application/json']);
    expect(withBody.length).toBeGreaterThan(8);
    for (const { method, path } of withBody) {
      const { status, body } = await request(world.url)
        [method](path)
        .set('cookie', admin.cookie)
        .set('if-match', '*')
        .set('idempotency-key', randomUUID())
        .send(claims);
      const refused = ((body as { errors?: { pointer: string; code: string }[] }).errors ?? [])
        .filter(({ code }) => code === 'unrecognized')
        .map(({ pointer }) => pointer.replace('#/', ''));
      expect([method, path, status, refused.toSorted()]).toEqual([
        method,
        path,
        422,
        Object.keys(claims).toSorted(),
      ]);
    }
  });

  it('is never taken from the query', async () => {
    const { cookie } = await inSudo(world, await signedIn(world, 'admin'));
    const key = () => ({ cookie, 'if-match': '*', 'idempotency-key': randomUUID() });
    for (const { method, path } of closed.filter(({ who }) => !who.startsWith('services'))) {
      const target = `${concrete(path)}?user_id=${randomUUID()}`;
      const { status } = await send(world.url, method, target, key());
      // 415: an upload without a body is refused before.
      expect([method, path, [415, 422].includes(status)]).toEqual([method, path, true]);
    }
    await request(world.url).get('/v1/users/me').set('cookie', cookie).expect(200);
  });

  it('is not changed by a header', async () => {
    const [victim, caller] = [await signedIn(world, 'admin'), await signedIn(world, 'member')];
    const headers = { 'x-user-id': victim.id, 'x-forwarded-user': victim.id, 'x-original-url': '/v1/users' };
    const { body } = await request(world.url).get('/v1/users/me').set('cookie', caller.cookie).set(headers);
    expect(body.id).toBe(caller.id);
    const override = { 'x-http-method-override': 'DELETE', 'x-original-method': 'DELETE' };
    await request(world.url)
      .get(`/v1/users/${caller.id}`)
      .set('cookie', victim.cookie)
      .set(override)
      .expect(200);
  });

  it('decides which jobs and sessions there are: those of others are as if they were not', async () => {
    const [owner, stranger] = [await signedIn(world, 'admin'), await signedIn(world, 'member')];
    const { body } = await request(world.url)
      .post('/v1/user-exports')
      .set('cookie', owner.cookie)
      .set('idempotency-key', randomUUID())
      .send({ format: 'csv' })
      .expect(202);
    const seen = async (method: string, path: string) => {
      const answer = await send(world.url, method, path, { cookie: stranger.cookie });
      const { status, code } = JSON.parse(answer.body) as { status: number; code: string };
      return { status, code };
    };
    for (const { method, path } of closed.filter((route) => route.path.startsWith('/v1/jobs/:id')))
      expect(await seen(method, path.replace(':id', body.id as string))).toEqual(
        await seen(method, path.replace(':id', randomUUID())),
      );
    const { body: session } = await request(world.url)
      .get('/v1/sessions/current')
      .set('cookie', owner.cookie);
    await send(world.url, 'DELETE', `/v1/sessions/${session.id as string}`, { cookie: stranger.cookie });
    await request(world.url).get('/v1/users/me').set('cookie', owner.cookie).expect(200);
  });
});
