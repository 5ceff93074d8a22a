import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { startWorld, type World } from '../../support/apps.js';
import { inSudo, type Person, password, signedIn } from '../../support/people.js';

interface Event {
  id: string;
  seq: number;
  at: string;
  action: string;
  target: string;
  outcome: string;
  meta: Record<string, unknown>;
}

let world: World;
let admin: Person;
beforeAll(async () => {
  world = await startWorld();
  admin = await inSudo(world, await signedIn(world, 'admin'));
});
afterAll(() => world.close());

const list = (person: Person, query = '') =>
  request(world.url).get(`/v1/audit-events${query}`).set('cookie', person.cookie);
const events = async (query: string) => (await list(admin, query).expect(200)).body.data as Event[];
const invite = (person: Person, body: object) =>
  request(world.url)
    .post('/v1/users')
    .set('cookie', person.cookie)
    .set('idempotency-key', randomUUID())
    .send({ email: `${randomUUID()}@example.com`, name: 'Ada', ...body });

describe('GET /v1/audit-events', () => {
  it('says who did what to what, in which session and request, from which network', async () => {
    const { body, headers } = await invite(admin, { role: 'viewer' }).expect(201);
    const session = await request(world.url).get('/v1/sessions/current').set('cookie', admin.cookie);
    expect(await events(`?target=user:${body.id as string}`)).toEqual([
      {
        id: expect.any(String),
        seq: expect.any(Number),
        at: expect.stringMatching(/^\d{4}-.+Z$/),
        actor_kind: 'user',
        actor_id: admin.id,
        impersonator_id: null,
        action: 'users.invite',
        target: `user:${body.id as string}`,
        outcome: 'success',
        reason: null,
        request_id: headers['x-request-id'],
        session_id: session.body.id,
        api_key_id: null,
        client_network: '127.0.0.0/24',
        meta: { role: 'viewer' },
      },
    ]);
  });

  it('is for those who may read it: an operator is none of them', async () => {
    for (const role of ['operator', 'viewer', 'member'] as const)
      await list(await signedIn(world, role)).expect(403);
    await request(world.url).get('/v1/audit-events').expect(401);
  });

  it('goes through all of it page by page, once each, while more is written', async () => {
    const wanted = await events('?limit=7');
    const seen: Event[] = [];
    for (let cursor = ''; seen.length < 7;) {
      const { body } = await list(admin, `?limit=2${cursor}`).expect(200);
      seen.push(...(body.data as Event[]));
      cursor = `&cursor=${body.page.next_cursor as string}`;
      await invite(admin, {}).expect(201);
    }
    expect(seen.slice(0, 7).map(({ seq }) => seq)).toEqual(wanted.map(({ seq }) => seq));
    const { body } = await list(admin, '?limit=1').expect(200);
    await list(admin, `?action=users.invite&cursor=${body.page.next_cursor as string}`).expect(400);
  });

  it('filters by action, actor, target, outcome and time', async () => {
    const other = await signedIn(world, 'admin');
    await invite(other, {}).expect(201);
    const mine = await events(`?actor=${other.id}`);
    expect(mine.map(({ action }) => action)).toEqual(['users.invite', 'sessions.start']);
    const [last] = mine;
    expect(await events(`?actor=${other.id}&action=users.invite`)).toEqual([last]);
    expect(await events(`?from=${last!.at}&actor=${other.id}`)).toContainEqual(last);
    expect(await events(`?to=${last!.at}&actor=${other.id}`)).not.toContainEqual(last);
    expect(await events(`?actor=${other.id}&outcome=denied`)).toEqual([]);
    await list(admin, '?outcome=perhaps').expect(422);
    await list(admin, '?from=yesterday').expect(422);
  });
});

describe('the audit log', () => {
  it('has what happens to accounts and sessions', async () => {
    const person = await inSudo(world, await signedIn(world, 'member'));
    const as = (method: 'delete' | 'patch' | 'get', path: string, by: Person) =>
      request(world.url)[method](path).set('cookie', by.cookie).set('if-match', '*');
    await as('patch', '/v1/users/me', person).send({ name: 'Secret Name' }).expect(200);
    await as('patch', `/v1/users/${person.id}`, admin).send({ role: 'viewer', status: 'active' }).expect(200);
    const again = await request(world.url).post('/v1/sessions').send({ email: person.email, password });
    const back = { ...person, cookie: again.headers['set-cookie']![0]!.split(';')[0]! };
    await as('delete', '/v1/sessions/current', back).expect(204);
    await as('delete', `/v1/users/${person.id}`, admin).expect(204);
    const { rows } = await world.db.pool.query<{ action: string; meta: object }>(
      `select action, meta from audit_events where actor_id = $1 or target = 'user:' || $1 order by seq`,
      [person.id],
    );
    expect(rows).toEqual([
      { action: 'sessions.start', meta: { amr: ['pwd'], aal: 1 } },
      { action: 'sudo.enter', meta: {} },
      { action: 'users.change', meta: { fields: ['name'] } },
      {
        action: 'users.change',
        meta: { fields: ['role', 'status'], role: ['member', 'viewer'], status: ['active', 'active'] },
      },
      { action: 'sessions.start', meta: { amr: ['pwd'], aal: 1 } },
      { action: 'sessions.revoke', meta: {} },
      { action: 'users.delete', meta: { role: 'viewer' } },
    ]);
  });

  it('has sign-ins that failed, alike for a known and an unknown address, and without the address', async () => {
    const known = await signedIn(world, 'member');
    const unknown = `${randomUUID()}@example.com`;
    const wrong = { password: 'not the right password' };
    for (const email of [known.email, unknown, unknown])
      await request(world.url)
        .post('/v1/sessions')
        .send({ email, ...wrong })
        .expect(401);
    const failures = await events('?action=sessions.start&outcome=failure&limit=3');
    expect(failures.map(({ target }) => target)).toEqual([
      'user:unknown',
      'user:unknown',
      `user:${known.id}`,
    ]);
    const accounts = failures.map(({ meta }) => meta.account);
    expect(accounts[0]).toBe(accounts[1]);
    expect(accounts[0]).not.toBe(accounts[2]);
    expect(JSON.stringify(failures)).not.toContain('@');
  });

  it('has a wrong proof for sudo, and what somebody may not do', async () => {
    const member = await signedIn(world, 'member');
    const send = (path: string) => request(world.url).post(path).set('cookie', member.cookie);
    await send('/v1/sudo').send({ password: 'not the right password' }).expect(403);
    await invite(member, {}).expect(403);
    await send('/v1/sudo').set('origin', 'https://evil.test').send({ password }).expect(403);
    const mine = await events(`?actor=${member.id}&limit=2`);
    expect(mine).toMatchObject([
      {
        action: 'access.deny',
        target: 'route:POST /v1/users',
        outcome: 'denied',
        meta: { code: 'access.denied' },
      },
      { action: 'sudo.enter', outcome: 'failure' },
    ]);
    const [foreign] = await events('?target=route:POST%20/v1/sudo&limit=1');
    expect(foreign).toMatchObject({ outcome: 'denied', meta: { code: 'auth.origin-refused' } });
  });

  it('is not filled by somebody who is refused without end', async () => {
    const member = await signedIn(world, 'member');
    await Promise.all(Array.from({ length: 60 }, () => list(member).expect(403)));
    const { rows } = await world.db.pool.query<{ count: number }>(
      `select count(*)::int from audit_events where actor_id = $1 and outcome = 'denied'`,
      [member.id],
    );
    // Two minutes at most.
    expect(rows[0]!.count).toBeGreaterThanOrEqual(10);
    expect(rows[0]!.count).toBeLessThanOrEqual(20);
  });
});
