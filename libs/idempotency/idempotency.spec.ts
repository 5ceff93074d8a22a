import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { loadConfig } from '#libs/config';
import { createTestDatabase, TcpProxy, type TestDatabase } from '#libs/testing';
import { startSampleApi } from './fixtures/sample-api.js';

const [oldKey, newKey] = [0, 1].map(() => randomBytes(32).toString('base64url')) as [string, string];

let db: TestDatabase;
let proxy: TcpProxy;
const apps: NestFastifyApplication[] = [];
let url: string;

async function start(env: NodeJS.ProcessEnv = {}): Promise<string> {
  const app = await startSampleApi(
    loadConfig({ NODE_ENV: 'test', DATABASE_URL: db.url, SECRET_KEYS: oldKey, ...env }),
  );
  apps.push(app);
  return (await app.getUrl()).replace('[::1]', '127.0.0.1');
}

beforeAll(async () => {
  db = await createTestDatabase();
  proxy = await TcpProxy.to(db.url);
  await db.pool.query('create table effects (label text not null)');
  url = await start();
});
afterAll(async () => {
  await Promise.all(apps.map((app) => app.close()));
  await proxy.down();
  await db.drop();
});

interface Call {
  at?: string;
  route?: string;
  method?: string;
  key: string;
  body?: object | string;
}
async function call({ at = url, route = 'created', method = 'POST', key, body }: Call) {
  const response = await fetch(`${at}/sample/${route}`, {
    method,
    redirect: 'manual', // The tests treat 303 like any other answer.
    headers: { 'idempotency-key': key, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const { status, headers } = response;
  return { status, headers, text: await response.text(), isReplay: headers.has('idempotency-replayed') };
}
const effects = async (label: string) =>
  (await db.pool.query('select from effects where label = $1', [label])).rowCount;

describe('an answer', () => {
  it.each([
    // The columns are: what the handler does, the status, true when the answer is kept, the rows after sending twice.
    ['ok', 'answer', 200, true, 1],
    ['created', 'answer', 201, true, 1],
    ['accepted', 'answer', 202, true, 1],
    ['see-other', 'answer', 303, true, 1],
    ['created', 'missing', 404, true, 0],
    ['created', 'conflict', 409, true, 0],
    ['created', 'stale', 412, true, 0],
    ['created', 'invalid', 422, true, 0],
    ['created', 'unauthenticated', 401, false, 0],
    ['created', 'forbidden', 403, false, 0],
    ['created', 'limited', 429, false, 0],
    ['created', 'unavailable', 503, false, 0],
    ['created', 'cut', 503, false, 0],
    ['created', 'partner-cut', 500, false, 0],
    ['created', 'bug', 500, false, 0],
    ['created', 'request', 500, false, 0],
    ['created', 'unserialisable', 500, false, 0],
  ])('of %s that ends with %s is %i; kept: %s, effects: %i', async (route, ending, status, isKept, rows) => {
    const [key, label] = [randomUUID(), randomUUID()];
    const body = { label, ending };
    const first = await call({ route, key, body });
    expect(first).toMatchObject({ status, isReplay: false });
    const again = await call({ route, key, body });
    expect(again).toMatchObject({ status, isReplay: isKept });
    expect(again.text === first.text).toBe(isKept);
    expect(await effects(label)).toBe(rows);
  });

  it('is not kept when the pipeline refuses the request, so that the corrected one may use the key', async () => {
    const [key, label] = [randomUUID(), randomUUID()];
    expect(await call({ key, body: '{' })).toMatchObject({ status: 400 });
    expect(await call({ key, body: { label, surplus: 1 } })).toMatchObject({ status: 422 });
    expect(await call({ key, body: { label } })).toMatchObject({ status: 201, isReplay: false });
  });

  it('without a body is repeated without one', async () => {
    const key = randomUUID();
    for (const isReplay of [false, true]) {
      const answer = await call({ route: 'gone', method: 'DELETE', key });
      expect(answer).toMatchObject({ status: 204, text: '', isReplay });
      expect(answer.headers.has('content-type')).toBe(false);
    }
    expect(await effects('gone')).toBe(1);
  });

  it('is repeated with the header fields that belong to it, and no others', async () => {
    const [key, body] = [randomUUID(), { label: randomUUID() }];
    const first = await call({ route: 'accepted', key, body });
    expect(first.headers.get('set-cookie')).toBe('secret=1');
    const again = await call({ route: 'accepted', key, body });
    expect(again.headers.get('location')).toBe('/sample/1');
    for (const name of ['set-cookie', 'traceparent', 'x-own']) expect(again.headers.has(name)).toBe(false);
  });

  it('names what was committed, and nothing that the database undid before', async () => {
    const key = randomUUID();
    const first = await call({ route: 'repeated', key });
    const again = await call({ route: 'repeated', key });
    expect([first.text, again.text]).toEqual(['{"id":2}', '{"id":2}']);
    expect(first.headers.get('location')).toBe('/sample/2');
    expect(again.headers.get('location')).toBe('/sample/2');
  });

  it('is kept up to 256 KiB, and a larger one takes no effect', async () => {
    const label = randomUUID();
    const around = JSON.stringify({ label, text: '' }).length;
    for (const [surplus, status, rows] of [
      [-1, 201, 1],
      [0, 201, 2],
      [1, 500, 2],
    ] as const) {
      const [key, body] = [randomUUID(), { label, bytes: 256 * 1024 - around + surplus }];
      const first = await call({ key, body });
      expect(first.status).toBe(status);
      const again = await call({ key, body });
      expect(again).toMatchObject({ status, isReplay: status === 201 });
      expect(await effects(label)).toBe(rows);
    }
  });
});

describe('two requests are the same', () => {
  const label = 'Zoë';
  it.each([
    ['the order of members', `{"numbers":[1,2],"label":"${label}"}`],
    ['white space', ` {\n"label" :"${label}", "numbers": [ 1,2 ] }`],
    ['the spelling of numbers', `{"label":"${label}","numbers":[1.0,0.2e1]}`],
    ['escapes', `{"label":"Zo\\u00EB","numbers":[1,2]}`],
  ])('whatever %s is', async (_, body) => {
    const key = randomUUID();
    await call({ key, body: { label, numbers: [1, 2] } });
    expect(await call({ key, body })).toMatchObject({ status: 201, isReplay: true });
  });

  it.each([
    ['the order of items', { label, numbers: [2, 1] }],
    ['a number', { label, numbers: [1, 3] }],
    ['a type', { label: '1', numbers: [1, 2] }],
    ['a composed character', { label: label.normalize('NFD'), numbers: [1, 2] }],
  ])('unless %s differs', async (_, body) => {
    const key = randomUUID();
    await call({ key, body: { label, numbers: [1, 2] } });
    const refused = await call({ key, body });
    expect(refused.status).toBe(422);
    expect(JSON.parse(refused.text)).toMatchObject({ code: 'idempotency.key-reused' });
  });

  it('whatever the order of the query is', async () => {
    const [key, body] = [randomUUID(), { label }];
    await call({ route: 'created?a=1&b=2', key, body });
    expect(await call({ route: 'created?b=2&a=1', key, body })).toMatchObject({ isReplay: true });
    expect((await call({ route: 'created?a=2&b=1', key, body })).status).toBe(422);
  });
});

describe('the transaction of a request', () => {
  it('keeps key, answer and effect when a part of it is undone', async () => {
    const [key, label] = [randomUUID(), randomUUID()];
    const first = await call({ route: 'savepoint', key, body: { label } });
    expect(await call({ route: 'savepoint', key, body: { label } })).toMatchObject({
      status: 201,
      text: first.text,
      isReplay: true,
    });
    expect(await effects(label)).toBe(1);
    expect(await effects(`${label} undone`)).toBe(0);
  });

  it.each(['40001', '40P01'])('is done again after %s, and has one effect', async (state) => {
    const [key, label] = [randomUUID(), randomUUID()];
    // A sequence does not roll back, so it makes the first two of three attempts fail.
    await db.pool.query(`
      create sequence attempts;
      create function stumble() returns trigger language plpgsql as $$
        begin if nextval('attempts') < 3 then raise exception 'again' using errcode = '${state}'; end if; return new; end $$;
      create trigger stumble before insert on effects for each row execute function stumble()`);
    const answer = await call({ key, body: { label } });
    await db.pool.query('drop trigger stumble on effects; drop function stumble; drop sequence attempts');
    expect(answer.status).toBe(201);
    expect(await effects(label)).toBe(1);
    expect(await call({ key, body: { label } })).toMatchObject({ text: answer.text, isReplay: true });
  });

  it('is begun once more, not fifty times, when fifty come after the key expired', async () => {
    const [key, body] = [randomUUID(), { label: randomUUID() }];
    await call({ key, body });
    // A sequence does not roll back, so it also counts the handlers whose work was undone.
    await db.pool.query(`
      create sequence begun;
      create function begin() returns trigger language plpgsql as $$
        begin perform nextval('begun'); return new; end $$;
      create trigger begin before insert on effects for each row execute function begin()`);
    await db.pool.query(`update idempotency_keys set expires_at = now() - interval '1 ms'`);
    const answers = await Promise.all(Array.from({ length: 50 }, () => call({ key, body })));
    expect(answers.filter(({ status, isReplay }) => status === 201 && !isReplay)).toHaveLength(1);
    for (const { status } of answers) expect([201, 409]).toContain(status);
    expect(await effects(body.label)).toBe(2);
    const { rows } = await db.pool.query<{ last_value: string }>('select last_value from begun');
    expect(Number(rows[0]!.last_value)).toBe(1);
    await db.pool.query('drop trigger begin on effects; drop function begin; drop sequence begun');
  });

  it('costs as many round trips to the database as one without a key', async () => {
    const at = await start({ DATABASE_URL: proxy.through(db.url) });
    const roundTrips = async (route: string, key?: string) => {
      let count = 0;
      // Each answer that the server completes ends with ReadyForQuery (PostgreSQL documentation, "Message Formats"), in a piece
      // of its own or in one with others.
      proxy.watch(({ from, bytes }) => {
        if (from === 'server') count += bytes.toString('latin1').split('Z\0\0\0\x05').length - 1;
        return 'pass';
      });
      const headers = { 'content-type': 'application/json', ...(key && { 'idempotency-key': key }) };
      const body = JSON.stringify({ label: 'counted' });
      const { status } = await fetch(`${at}/sample/${route}`, { method: 'POST', headers, body });
      expect(status).toBe(201);
      proxy.watch();
      return count;
    };
    // The first requests open the connections.
    await Promise.all([roundTrips('savepoint'), roundTrips('savepoint')]);
    const without = await roundTrips('savepoint');
    expect(await roundTrips('savepoint', randomUUID())).toBe(without);
  });
});

describe('a key that was rotated', () => {
  it('still opens and recognises what it sealed, until it is removed', async () => {
    const [key, body] = [randomUUID(), { label: randomUUID() }];
    const first = await call({ key, body });
    const rotated = await start({ SECRET_KEYS: `${newKey},${oldKey}` });
    expect(await call({ at: rotated, key, body })).toMatchObject({ text: first.text, isReplay: true });
    expect((await call({ at: rotated, key, body: { label: 'other' } })).status).toBe(422);
    const removed = await start({ SECRET_KEYS: newKey });
    expect((await call({ at: removed, key, body })).status).toBeGreaterThanOrEqual(400);
    expect(await effects(body.label)).toBe(1);
  });
});
