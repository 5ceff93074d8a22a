import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { type Permission, permissionsOf } from '#libs/access';
import { runInContext } from '#libs/context';
import { UsersModule, UsersService } from '#modules/users';
import { startWorld, type World } from '../../support/apps.js';
import { inSudo, type Person, password, signedIn } from '../../support/people.js';

let world: World;
let admin: Person;
beforeAll(async () => {
  world = await startWorld({ worker: true });
  admin = await inSudo(world, await signedIn(world, 'admin'));
});
afterAll(() => world.close());

const call = (person: Person, method: 'get' | 'patch' | 'delete', path: string) =>
  request(world.url)[method](path).set('cookie', person.cookie);

/** As a caller in sudo whose credential allows only this: a role to come. */
const withOnly = <T>(permissions: Permission[], work: (users: UsersService) => Promise<T>) => {
  const session = { id: randomUUID(), isSudo: true };
  const principal = { kind: 'user' as const, id: admin.id, permissions: new Set(permissions), session };
  const users = world.api.select(UsersModule).get(UsersService);
  return runInContext({ requestId: 'a-request', principal }, () => work(users));
};
const person = () => ({ email: `${randomUUID()}@example.com`, name: 'Ada' });

describe('whoever administers users', () => {
  it('gives only roles whose permissions they have', async () => {
    const mine: Permission[] = ['users:write', ...permissionsOf('viewer')];
    await withOnly(mine, async (users) => {
      const invited = await users.invite({ ...person(), role: 'viewer' });
      for (const role of ['operator', 'admin'] as const) {
        await expect(users.invite({ ...person(), role })).rejects.toMatchObject({ code: 'access.denied' });
        await expect(users.change(invited.id, { role }, 'any')).rejects.toMatchObject({
          code: 'access.denied',
        });
      }
      expect(await users.change(invited.id, { role: 'member' }, 'any')).toMatchObject({ role: 'member' });
    });
  });

  it('touches nobody who may do more than they', async () => {
    const operator = await signedIn(world, 'operator');
    await withOnly(['users:write', ...permissionsOf('viewer')], async (users) => {
      const attempts = [
        () => users.change(operator.id, { name: 'Mine' }, 'any'),
        () => users.change(operator.id, { role: 'member' }, 'any'),
        () => users.change(operator.id, { status: 'disabled' }, 'any'),
        () => users.change(admin.id, { status: 'disabled' }, 'any'),
        () => users.remove(operator.id, 'any'),
      ];
      for (const attempt of attempts)
        await expect(attempt()).rejects.toMatchObject({ code: 'access.denied' });
    });
    await call(operator, 'get', '/v1/users/me').expect(200);
  });

  it('leaves an administrator, however many are demoted at once', async () => {
    const alone = await startWorld();
    try {
      const first = await inSudo(alone, await signedIn(alone, 'admin'));
      const second = await inSudo(alone, await signedIn(alone, 'admin'));
      const demote = (by: Person, of: Person) =>
        request(alone.url).patch(`/v1/users/${of.id}`).set('cookie', by.cookie).set('if-match', '*');
      await Promise.all(
        Array.from({ length: 20 }, (_, n) =>
          (n % 2 ? demote(first, second) : demote(second, first)).send({ role: 'member' }),
        ),
      );
      const { rows } = await alone.db.pool.query(
        `select count(*)::int as admins from users where role = 'admin' and status = 'active'`,
      );
      expect(rows).toEqual([{ admins: 1 }]);
    } finally {
      await alone.close();
    }
  });
});

describe('signing out', () => {
  const signInAgain = async ({ email }: Person) => {
    const response = await request(world.url).post('/v1/sessions').send({ email, password }).expect(201);
    return response.headers['set-cookie']![0]!.split(';')[0]!;
  };

  it('everywhere else keeps this session and ends the others', async () => {
    const member = await signedIn(world, 'member');
    const other = { ...member, cookie: await signInAgain(member) };
    await call(member, 'delete', '/v1/sessions').expect(204);
    await call(member, 'get', '/v1/users/me').expect(200);
    await call(other, 'get', '/v1/users/me').expect(401);
  });

  it('a user ends all sessions of that user, and of nobody else', async () => {
    const [member, bystander] = [await signedIn(world, 'member'), await signedIn(world, 'member')];
    const other = { ...member, cookie: await signInAgain(member) };
    const path = `/v1/users/${member.id}/sessions`;
    const live = async () => (await call(admin, 'get', path).expect(200)).body.data as object[];
    expect((await live()).map((session) => Object.keys(session))).toEqual(
      Array(2).fill(['id', 'impersonated', 'device', 'created_at', 'last_seen_at']),
    );
    for (const method of ['get', 'delete'] as const) await call(bystander, method, path).expect(403);
    await call(admin, 'delete', path).expect(204);
    expect(await live()).toEqual([]);
    for (const ended of [member, other]) await call(ended, 'get', '/v1/users/me').expect(401);
    for (const person of [bystander, admin]) await call(person, 'get', '/v1/users/me').expect(200);
    await call(admin, 'delete', `/v1/users/${randomUUID()}/sessions`).expect(404);
  });
});
