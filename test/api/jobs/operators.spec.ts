import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { startWorld, type World } from '../../support/apps.js';
import { type Person, signedIn } from '../../support/people.js';

let world: World;
let operator: Person;
let viewer: Person;
let member: Person;
beforeAll(async () => {
  world = await startWorld();
  operator = await signedIn(world, 'operator');
  viewer = await signedIn(world, 'viewer');
  member = await signedIn(world, 'member');
});
afterAll(() => world.close());

type Method = 'get' | 'put' | 'post' | 'patch' | 'delete';
const as = (person: Person, method: Method, path: string) =>
  request(world.url)[method](path).set('cookie', person.cookie);
const complete = (noun: string, body: object, key: string = randomUUID()) =>
  as(operator, 'post', `/v1/dead-letters/${noun}`).set('idempotency-key', key).send(body);
const redrive = (body: object) => complete('redrives', body);
const auditOf = async (target: string) =>
  (
    await world.db.pool.query<{ action: string; reason: string; actor_id: string; request_id: string }>(
      'select action, reason, actor_id, request_id from audit_events where target = $1 order by seq',
      [target],
    )
  ).rows;

/** A letter of users.invite: what matters is given, the rest is valid. */
async function moveToDeadLetters({
  payload = { userId: randomUUID() } as object,
  code = 'jobs.failed',
  queue = 'mail',
  diedAt = new Date(),
} = {}): Promise<string> {
  const id = randomUUID();
  await world.db.pool.query(
    `insert into dead_letters (id, queue, name, payload, headers, error, attempts, died_at)
     values ($1, $2, 'users.invite', $3, $4, $5, 8, $6)`,
    [
      id,
      queue,
      payload,
      { enqueued_at: '2026-01-01T00:00:00.000Z', request_id: 'request-1' },
      { code, detail: 'No.' },
      diedAt,
    ],
  );
  return id;
}

describe('the queues', () => {
  it('are listed with state, limit and counts', async () => {
    const { body } = await as(viewer, 'get', '/v1/queues').expect(200);
    const names = body.data.map(({ name }: { name: string }) => name);
    expect(names).toEqual(['bulk', 'default', 'mail']);
    expect(body.data[0]).toEqual({
      name: 'bulk',
      state: 'running',
      max_running: null,
      version: 0,
      counts: { waiting: 0, active: 0, delayed: 0, dead: 0, measured_at: null },
      oldest_waiting_seconds: null,
      outbox: { backlog: 0, oldest_seconds: null },
    });
  });

  it('are for those who may read jobs, and changed by those who may write', async () => {
    await request(world.url).get('/v1/queues').expect(401);
    await as(member, 'get', '/v1/queues').expect(403);
    await as(viewer, 'put', '/v1/queues/mail/state')
      .set('if-match', '*')
      .send({ state: 'paused', reason: 'Because.' })
      .expect(403);
  });

  it('are paused from the version that was seen, with a reason that is kept', async () => {
    const path = '/v1/queues/bulk/state';
    const change = { state: 'paused', reason: 'The mail server is being moved.' };
    const { headers } = await as(viewer, 'get', path).expect(200);
    expect(headers.etag).toBe('"v0"');
    await as(operator, 'put', path).send(change).expect(428);
    await as(operator, 'put', path).set('if-match', '"v0"').send({ state: 'paused' }).expect(422);
    await as(operator, 'put', path)
      .set('if-match', '"v0"')
      .send({ ...change, state: 'stopped' })
      .expect(422);
    const paused = await as(operator, 'put', path).set('if-match', '"v0"').send(change).expect(200);
    expect(paused.headers.etag).toBe('"v1"');
    expect(paused.body).toEqual({
      name: 'bulk',
      state: 'paused',
      max_running: null,
      reason: change.reason,
      changed_by: operator.id,
      changed_at: expect.stringMatching(/Z$/),
      version: 1,
    });
    await as(operator, 'put', path).set('if-match', '"v0"').send(change).expect(412);
    await as(operator, 'put', '/v1/queues/bulk/limit')
      .set('if-match', '"v1"')
      .send({ max_running: 2, reason: 'Gently.' })
      .expect(200);
    // The pause is kept by whoever only sets the limit.
    expect((await as(viewer, 'get', path).expect(200)).body).toMatchObject({
      state: 'paused',
      max_running: 2,
    });
    expect(await auditOf('queue:bulk')).toEqual([
      {
        action: 'queues.pause',
        reason: change.reason,
        actor_id: operator.id,
        request_id: expect.any(String),
      },
      { action: 'queues.limit', reason: 'Gently.', actor_id: operator.id, request_id: expect.any(String) },
    ]);
  });

  it('lets exactly one of many changes of the same version through', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () =>
        as(operator, 'put', '/v1/queues/mail/state')
          .set('if-match', '"v0"')
          .send({ state: 'paused', reason: 'A race.' }),
      ),
    );
    expect(answers.map(({ status }) => status).filter((status) => status === 200)).toHaveLength(1);
    expect(await auditOf('queue:mail')).toHaveLength(1);
  });

  it('do not exist when no job declares them', async () => {
    expect((await as(viewer, 'get', '/v1/queues/nowhere/state').expect(404)).body.code).toBe(
      'jobs.queue-not-found',
    );
    await as(operator, 'put', '/v1/queues/nowhere/state')
      .set('if-match', '*')
      .send({ state: 'paused', reason: 'Because.' })
      .expect(404);
  });
});

describe('dead letters', () => {
  beforeEach(() => world.db.pool.query('truncate dead_letters'));

  it('are listed page by page, the newest first, each once', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 7; n += 1)
      ids.unshift(await moveToDeadLetters({ diedAt: new Date(1_790_000_000_000 + (n >> 1)) }));
    const seen: string[] = [];
    let next: string | null = '/v1/dead-letters?limit=3';
    while (next) {
      const { body }: { body: { data: { id: string }[]; page: { next_cursor: string | null } } } = await as(
        viewer,
        'get',
        next,
      ).expect(200);
      seen.push(...body.data.map(({ id }) => id));
      next = body.page.next_cursor && `/v1/dead-letters?limit=3&cursor=${body.page.next_cursor}`;
    }
    expect(seen).toHaveLength(7);
    expect(new Set(seen)).toEqual(new Set(ids));
    expect(seen[0]).toBe(ids[0]);
  });

  it('are filtered by queue, job, code and time', async () => {
    const early = await moveToDeadLetters({ code: 'a.early', diedAt: new Date('2026-03-01T00:00:00Z') });
    const late = await moveToDeadLetters({
      code: 'a.late',
      queue: 'bulk',
      diedAt: new Date('2026-03-02T00:00:00Z'),
    });
    const find = async (query: string) =>
      (await as(viewer, 'get', `/v1/dead-letters?${query}`).expect(200)).body.data.map(
        ({ id }: { id: string }) => id,
      );
    expect(await find('queue=bulk')).toEqual([late]);
    expect(await find('code=a.early')).toEqual([early]);
    expect(await find('name=users.invite')).toEqual([late, early]);
    expect(await find('name=users.export')).toEqual([]);
    expect(await find('died_after=2026-03-01T12:00:00Z')).toEqual([late]);
    expect(await find('died_before=2026-03-01T12:00:00Z')).toEqual([early]);
    await as(viewer, 'get', '/v1/dead-letters?died_before=yesterday').expect(422);
    await as(member, 'get', '/v1/dead-letters').expect(403);
  });

  it('show what they carry, but no secrets', async () => {
    const id = await moveToDeadLetters({
      payload: { userId: 'u', token: 'canary', deep: [{ newPassword: 'canary' }] },
    });
    const { body, headers, text } = await as(viewer, 'get', `/v1/dead-letters/${id}`).expect(200);
    expect(headers.etag).toBe('"v1"');
    expect(text).not.toContain('canary');
    expect(body).toMatchObject({
      id,
      code: 'jobs.failed',
      attempts: 8,
      redriven_from: null,
      request_id: 'request-1',
      payload: { userId: 'u', token: '[redacted]', deep: [{ newPassword: '[redacted]' }] },
      links: { self: `/v1/dead-letters/${id}` },
    });
    await as(viewer, 'get', `/v1/dead-letters/${id}`).set('if-none-match', '"v1"').expect(304);
    await as(viewer, 'get', `/v1/dead-letters/${randomUUID()}`).expect(404);
  });

  it('are discarded with a reason and from the version that was seen', async () => {
    const id = await moveToDeadLetters();
    const path = `/v1/dead-letters/${id}`;
    await as(operator, 'delete', path).set('if-match', '"v1"').expect(422);
    await as(operator, 'delete', `${path}?reason=Obsolete`).expect(428);
    await as(operator, 'delete', `${path}?reason=Obsolete`).set('if-match', '"v9"').expect(412);
    await as(viewer, 'delete', `${path}?reason=Obsolete`).set('if-match', '"v1"').expect(403);
    await as(operator, 'delete', `${path}?reason=Obsolete`).set('if-match', '"v1"').expect(204);
    await as(operator, 'delete', `${path}?reason=Obsolete`).set('if-match', '"v1"').expect(404);
    expect(await auditOf(`dead-letter:${id}`)).toHaveLength(1);
  });

  it('are only counted by a dry run', async () => {
    await Promise.all([moveToDeadLetters(), moveToDeadLetters(), moveToDeadLetters({ code: 'other.code' })]);
    const { body, headers } = await redrive({
      filter: { code: 'jobs.failed' },
      dry_run: true,
      reason: 'A look.',
    }).expect(200);
    expect(body).toEqual({ matched: 2, is_capped: false });
    expect(headers.location).toBeUndefined();
    const { rows } = await world.db.pool.query(
      `select 1 from outbox where name = 'jobs.redrive-dead-letters'`,
    );
    expect(rows).toEqual([]);
  });

  it('counts no further than ten thousand', async () => {
    await world.db.pool.query(
      `insert into dead_letters (id, queue, name, payload, headers, error, attempts)
       select gen_random_uuid(), 'mail', 'users.invite', '{}', '{}', '{}', 1 from generate_series(1, 10001)`,
    );
    const { body } = await redrive({ filter: {}, dry_run: true, reason: 'A look.' }).expect(200);
    expect(body).toEqual({ matched: 10_000, is_capped: true });
  });

  it.each([
    ['sent again', 'redrives', 'dead-letters.redrive'],
    ['discarded', 'discards', 'dead-letters.discard'],
  ])('are all %s by an operation, which the same key promises once', async (_, noun, action) => {
    const request = (body: object, key?: string) => complete(noun, body, key);
    await moveToDeadLetters();
    const order = { filter: { queue: 'mail' }, reason: 'The server is back.' };
    await as(operator, 'post', `/v1/dead-letters/${noun}`).send(order).expect(400);
    const key = randomUUID();
    const first = await request(order, key).expect(202);
    expect(first.body).toEqual({ matched: 1, is_capped: false, id: expect.any(String), state: 'queued' });
    expect(first.headers.location).toBe(`/v1/jobs/${first.body.id}`);
    const second = await request(order, key).expect(202);
    expect([second.body, second.headers['idempotency-replayed']]).toEqual([first.body, 'true']);
    const dry = randomUUID();
    for (let n = 0; n < 2; n += 1) await request({ ...order, dry_run: true }, dry).expect(200);
    expect((await as(operator, 'get', first.headers.location as string).expect(200)).body.state).toBe(
      'queued',
    );
    expect(await auditOf(`job:${first.body.id}`)).toEqual([
      expect.objectContaining({
        action,
        reason: order.reason,
        actor_id: operator.id,
      }),
    ]);
    await as(viewer, 'post', `/v1/dead-letters/${noun}`)
      .set('idempotency-key', randomUUID())
      .send(order)
      .expect(403);
    await request({ ...order, filter: { colour: 'red' } }).expect(422);
    await request({ ...order, rate_per_second: 0 }).expect(422);
  });
});
