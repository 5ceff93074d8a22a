import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { eventually } from '#libs/testing';
import { startWorld, type World } from '../../support/apps.js';
import { mailsTo } from '../../support/mails.js';
import { inSudo, type Person, password, signedIn } from '../../support/people.js';

let world: World;
beforeAll(async () => {
  world = await startWorld({ worker: true });
});
afterAll(() => world.close());

const call = (person: Person, method: 'get' | 'post' | 'patch' | 'delete', path: string) =>
  request(world.url)[method](path).set('cookie', person.cookie);
const start = (person: Person, id: string) =>
  call(person, 'post', `/v1/users/${id}/impersonations`).send({ reason: 'Ticket 42' });
const sudoAdmin = async () => inSudo(world, await signedIn(world, 'admin'));

/** An administrator, the user they act as, and the session of that. */
async function acting() {
  const [admin, user] = [await sudoAdmin(), await signedIn(world, 'viewer')];
  const response = await start(admin, user.id).expect(201);
  const cookie = response.headers['set-cookie']![0]!.split(';')[0]!;
  const session = response.body as { id: string; expires_at: string };
  return { admin, user, session, actor: { ...user, cookie } };
}

describe('acting as a user', () => {
  it('gives their rights for half an hour, in place of the own session', async () => {
    const { admin, user, session, actor } = await acting();
    expect(session).toMatchObject({
      user: { id: user.id },
      impersonator_id: admin.id,
      permissions: ['users:read', 'jobs:read', 'ops:read'],
      sudo_until: null,
    });
    const minutes = (Date.parse(session.expires_at) - Date.now()) / 60_000;
    expect(minutes).toBeGreaterThan(29);
    expect(minutes).toBeLessThanOrEqual(30.1);
    expect((await call(actor, 'get', '/v1/users/me').expect(200)).body.id).toBe(user.id);
    await call(actor, 'get', '/v1/audit-events').expect(403);
    await call(admin, 'get', '/v1/users/me').expect(401);
  });

  it('is told to the user, by mail and in the list of sessions, who can end it', async () => {
    const { user, session, actor } = await acting();
    const mail = await eventually(async () => {
      const { body } = await request(world.url).get(`/dev/mail?to=${user.email}`).expect(200);
      return (body as { data: { subject: string; text: string }[] }).data[0];
    });
    expect(mail.subject).toBe('An administrator signed in as you');
    expect(mail.text).toContain('Ticket 42');
    const { body } = await call(user, 'get', '/v1/sessions').expect(200);
    expect(body.data).toMatchObject([
      { id: session.id, impersonated: true },
      { current: true, impersonated: false },
    ]);
    await call(user, 'delete', `/v1/sessions/${session.id}`).expect(204);
    await call(actor, 'get', '/v1/users/me').expect(401);
  });

  it('leaves both ids on every audit event', async () => {
    const { admin, user, actor } = await acting();
    await call(actor, 'patch', '/v1/users/me').set('if-match', '*').send({ name: 'Changed' }).expect(200);
    await call(actor, 'get', '/v1/audit-events').expect(403);
    await call(actor, 'delete', '/v1/sessions/current').expect(204);
    const { rows } = await world.db.pool.query<{ action: string }>(
      'select action from audit_events where actor_id = $1 and impersonator_id = $2 order by seq',
      [user.id, admin.id],
    );
    expect(rows.map(({ action }) => action)).toEqual([
      'sessions.start',
      'users.change',
      'access.deny',
      'sessions.revoke',
    ]);
    const begun = await world.db.pool.query(
      `select target, reason, impersonator_id from audit_events where action = 'impersonations.start' and actor_id = $1`,
      [admin.id],
    );
    expect(begun.rows).toEqual([{ target: `user:${user.id}`, reason: 'Ticket 42', impersonator_id: null }]);
  });

  it('is told to the user with its reason, and without a link that the administrator wrote', async () => {
    const told = async (reason: string) => {
      const admin = await sudoAdmin();
      const { id, email } = await signedIn(world, 'viewer');
      await call(admin, 'post', `/v1/users/${id}/impersonations`).send({ reason }).expect(201);
      return (await mailsTo(world, email))[0]!.text;
    };
    expect(await told('Ticket 42')).toContain('The reason they gave: Ticket 42');
    for (const link of [
      'https://evil.example',
      'evil\uff0eexample',
      'evil\u2024example',
      'evil\u3002example',
    ])
      expect(await told(`Look at ${link}`)).not.toContain('evil');
  });

  it('opens no sensitive action, changes no session, and acts as nobody else', async () => {
    const { actor, user } = await acting();
    const denied = [
      call(actor, 'post', '/v1/sudo').send({ password }),
      call(actor, 'delete', '/v1/sessions'),
      call(actor, 'delete', `/v1/sessions/${user.id}`),
      start(actor, user.id),
    ];
    for (const attempt of denied) expect((await attempt.expect(403)).body.code).toBe('access.denied');
    await call(user, 'get', '/v1/users/me').expect(200);
  });

  it('takes none of the sessions that the user has, however many there are', async () => {
    const user = await signedIn(world, 'member');
    for (let n = 1; n < 20; n += 1)
      await request(world.url).post('/v1/sessions').send({ email: user.email, password }).expect(201);
    await start(await sudoAdmin(), user.id).expect(201);
    await call(user, 'get', '/v1/users/me').expect(200);
  });
});

describe('nobody acts as', () => {
  it('somebody without permission, sudo, session or reason', async () => {
    const user = await signedIn(world, 'member');
    for (const role of ['operator', 'viewer', 'member'] as const)
      await start(await inSudo(world, await signedIn(world, role)), user.id).expect(403);
    const admin = await signedIn(world, 'admin');
    expect((await start(admin, user.id).expect(403)).body.code).toBe('access.sudo-required');
    await request(world.url).post(`/v1/users/${user.id}/impersonations`).send({ reason: 'No' }).expect(401);
    const ready = await inSudo(world, admin);
    for (const body of [{}, { reason: ' ' }, { reason: 'x', user_id: user.id }])
      await call(ready, 'post', `/v1/users/${user.id}/impersonations`).send(body).expect(422);
  });

  it('themselves, another administrator, nobody, or whoever is not active', async () => {
    const admin = await sudoAdmin();
    const equal = await signedIn(world, 'admin');
    for (const id of [admin.id, equal.id])
      expect((await start(admin, id).expect(403)).body.code).toBe('access.denied');
    await start(admin, '0199c0de-0000-7000-8000-000000000000').expect(404);
    for (const status of ['disabled', 'invited']) {
      const user = await signedIn(world, 'member');
      await world.db.pool.query('update users set status = $2 where id = $1', [user.id, status]);
      expect((await start(admin, user.id).expect(409)).body.code).toBe('auth.user-not-active');
    }
    await call(admin, 'get', '/v1/users/me').expect(200);
  });
});

describe('acting as a user ends with the next request', () => {
  const change = (statement: string) => async (ids: { admin: string; user: string }) => {
    await world.db.pool.query(
      statement.replace('$admin', `'${ids.admin}'`).replace('$user', `'${ids.user}'`),
    );
  };

  it.each([
    ['the administrator is demoted', change(`update users set role = 'operator' where id = $admin`)],
    ['the administrator is disabled', change(`update users set status = 'disabled' where id = $admin`)],
    [
      'the sessions of the administrator end',
      change(`update users set auth_epoch = auth_epoch + 1 where id = $admin`),
    ],
    ['the administrator is deleted', change('delete from users where id = $admin')],
    ['the user becomes an administrator', change(`update users set role = 'admin' where id = $user`)],
    ['the user is disabled', change(`update users set status = 'disabled' where id = $user`)],
  ])('when %s', async (_, work) => {
    const { admin, user, actor } = await acting();
    await call(actor, 'get', '/v1/users/me').expect(200);
    await work({ admin: admin.id, user: user.id });
    await call(actor, 'get', '/v1/users/me').expect(401);
  });

  it('when another administrator signs the administrator out', async () => {
    const { admin, actor } = await acting();
    await call(await sudoAdmin(), 'delete', `/v1/users/${admin.id}/sessions`).expect(204);
    await call(actor, 'get', '/v1/users/me').expect(401);
  });
});
