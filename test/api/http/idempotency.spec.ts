import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { startWorld, type World } from '../../support/apps.js';
import { type Person, signedIn } from '../../support/people.js';

let world: World;
let admin: Person;
beforeAll(async () => {
  world = await startWorld();
  admin = await signedIn(world, 'admin');
});
afterAll(() => world.close());

interface Options {
  key?: string;
  body?: string | object;
  as?: Person;
}
const invite = ({ key, body = person(), as = admin }: Options) => {
  const call = request(world.url)
    .post('/v1/users')
    .set('cookie', as.cookie)
    .set('content-type', 'application/json');
  return (key === undefined ? call : call.set('idempotency-key', key)).send(body);
};
const person = () => ({ email: `${randomUUID()}@example.com`, name: 'Ada' });
const effects = async (email: string) =>
  (
    await world.db.pool.query(
      `select (select count(*)::int from users where email = $1) as users,
              (select count(*)::int from outbox where payload->>'userId' in (select id::text from users where email = $1)) as mails`,
      [email],
    )
  ).rows[0] as { users: number; mails: number };

describe('a repeated request', () => {
  it('takes effect once and gets the first answer, byte for byte', async () => {
    const [key, body] = [randomUUID(), person()];
    const first = await invite({ key, body }).expect(201);
    const again = await invite({ key, body }).expect(201);
    expect(again.text).toBe(first.text);
    expect(first.headers).not.toHaveProperty('idempotency-replayed');
    expect(again.headers['idempotency-replayed']).toBe('true');
    for (const name of ['location', 'etag', 'content-type', 'cache-control'])
      expect(again.headers[name]).toBe(first.headers[name]);
    expect(again.headers['x-request-id']).not.toBe(first.headers['x-request-id']);
    expect(await effects(body.email)).toEqual({ users: 1, mails: 1 });
  });

  it('is recognised by what it means, not by how it is written', async () => {
    const key = randomUUID();
    const email = `${randomUUID()}@example.com`;
    const first = await invite({ key, body: `{"email":"${email}","name":"Ada"}` }).expect(201);
    const again = await invite({
      key: `"${key}"`,
      body: `{ "name": "\\u0041da",\n "email":"${email}" }`,
    }).expect(201);
    expect(again.text).toBe(first.text);
  });

  it('takes effect once when a hundred come at the same moment', async () => {
    const [key, body] = [randomUUID(), person()];
    const answers = await Promise.all(Array.from({ length: 100 }, () => invite({ key, body })));
    const done = answers.filter(({ status }) => status === 201);
    expect(new Set(done.map(({ text }) => text)).size).toBe(1);
    for (const { status, body: problem, headers } of answers) {
      if (status === 201) continue;
      expect({ status, code: problem.code, retry: headers['retry-after'] }).toEqual({
        status: 409,
        code: 'idempotency.in-progress',
        retry: '1',
      });
    }
    expect(await effects(body.email)).toEqual({ users: 1, mails: 1 });
  });

  it('gets the same answer for an expected failure, and the failed attempt leaves nothing', async () => {
    const [key, body] = [randomUUID(), person()];
    await invite({ key: randomUUID(), body }).expect(201);
    const first = await invite({ key, body }).expect(409);
    await world.db.pool.query('delete from users where email = $1', [body.email]);
    const again = await invite({ key, body }).expect(409);
    expect(again.text).toBe(first.text);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(await effects(body.email)).toEqual({ users: 0, mails: 0 });
  });

  it('is executed anew a day later', async () => {
    const [key, body] = [randomUUID(), person()];
    await invite({ key, body }).expect(201);
    await world.db.pool.query(`update idempotency_keys set expires_at = now() - interval '1 second'`);
    await invite({ key, body }).expect(409);
  });

  it('answers 204 with nothing, as the first did', async () => {
    const key = randomUUID();
    const { body } = await invite({ key: randomUUID() });
    const remove = () =>
      request(world.url)
        .delete(`/v1/users/${body.id as string}`)
        .set('cookie', admin.cookie)
        .set('if-match', '*')
        .set('idempotency-key', key);
    await remove().expect(204);
    const again = await remove().expect(204);
    expect(again.text).toBe('');
    expect(again.headers).not.toHaveProperty('content-type');
    await remove().set('idempotency-key', randomUUID()).expect(404);
  });
});

describe('a key', () => {
  it('is needed to create something', async () => {
    const { body } = await invite({}).expect(400);
    expect(body.code).toBe('idempotency.key-missing');
  });

  it('is one header of 1 to 255 visible characters', async () => {
    for (const key of ['a b', '"unclosed', 'x'.repeat(256), '""', 'ü']) {
      const { body } = await invite({ key: Buffer.from(key, 'utf8').toString('latin1') }).expect(400);
      expect(body.code).toBe('idempotency.key-invalid');
    }
    await invite({ key: 'x'.repeat(255) }).expect(201);
  });

  it('belongs to one request: another body, path or method with it is refused and not executed', async () => {
    const [key, body] = [randomUUID(), person()];
    const { body: user } = await invite({ key, body }).expect(201);
    const other = person();
    const refused = await invite({ key, body: other }).expect(422);
    expect(refused.body.code).toBe('idempotency.key-reused');
    expect(await effects(other.email)).toEqual({ users: 0, mails: 0 });
    const patch = await request(world.url)
      .patch(`/v1/users/${user.id as string}`)
      .set('cookie', admin.cookie)
      .set('if-match', '*')
      .set('idempotency-key', key)
      .send({ name: 'X' });
    expect(patch.body.code).toBe('idempotency.key-reused');
  });

  it('belongs to one caller: the same key of somebody else is another request', async () => {
    const [key, body] = [randomUUID(), person()];
    const other = await signedIn(world, 'admin');
    const first = await invite({ key, body }).expect(201);
    const theirs = await invite({ key, body, as: other }).expect(409);
    expect(theirs.text).not.toContain(first.body.id);
  });

  it('opens nothing to a caller who may no longer do it', async () => {
    const [key, body] = [randomUUID(), person()];
    const other = await signedIn(world, 'admin');
    await invite({ key, body, as: other }).expect(201);
    await world.db.pool.query(`update users set role = 'member' where id = $1`, [other.id]);
    await invite({ key, body, as: other }).expect(403);
  });

  it('is free again after a failure of ours or a refusal at the edge', async () => {
    const [key, body] = [randomUUID(), person()];
    await invite({ key, body: { ...body, role: 'king' } }).expect(422);
    await world.db.pool.query('alter table users rename to users_away');
    await invite({ key, body }).expect(500);
    await world.db.pool.query('alter table users_away rename to users');
    await invite({ key, body }).expect(201);
  });
});

describe('what is stored', () => {
  it('holds nothing readable, and does not open under another key', async () => {
    const marker = `Marker${randomUUID()}`;
    const [key, body] = [randomUUID(), { email: `${randomUUID()}@example.com`, name: marker }];
    await invite({ key, body }).expect(201);
    const { rows } = await world.db.pool.query<{ id: Buffer; response: Buffer }>(
      'select id, response from idempotency_keys order by created_at desc limit 2',
    );
    expect(rows[0]!.response.toString('latin1')).not.toContain(marker);
    await world.db.pool.query('update idempotency_keys set response = $2 where id = $1', [
      rows[0]!.id,
      rows[1]!.response,
    ]);
    await invite({ key, body }).expect(500);
  });
});
