import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { startWorld, type World } from '../../support/apps.js';
import {
  type App,
  codeOf,
  cookieIn,
  finish,
  freshCode,
  memberWithApp,
  rowsOf,
  waiting,
} from '../../support/factors.js';
import { inSudo, type Person, password, signedIn } from '../../support/people.js';
import { concrete, listedRoutes } from '../../support/routes.js';

let world: World;
beforeAll(async () => {
  world = await startWorld({ env: { RATE_LIMIT_AUTH: '100000/60' } });
});
afterAll(() => world.close());

const prove = (person: Person, given: string) =>
  request(world.url).post('/v1/sudo').set('cookie', person.cookie).send({ password: given });

describe('proving again who you are', () => {
  it('opens sensitive actions for ten minutes and renews the cookie', async () => {
    const person = await signedIn(world, 'member');
    const { body } = await prove(person, password).expect(200);
    const minutes = (Date.parse(body.sudo_until as string) - Date.now()) / 60_000;
    expect(minutes).toBeGreaterThan(9.8);
    expect(minutes).toBeLessThanOrEqual(10.1);
    await request(world.url).get('/v1/sessions/current').set('cookie', person.cookie).expect(401);
  });

  it('keeps the session with its new cookie', async () => {
    const person = await signedIn(world, 'member');
    const elevated = await inSudo(world, person);
    const { body } = await request(world.url)
      .get('/v1/sessions/current')
      .set('cookie', elevated.cookie)
      .expect(200);
    expect(body.user.id).toBe(person.id);
  });

  it('refuses a wrong password, and the session goes on', async () => {
    const person = await signedIn(world, 'member');
    const { body } = await prove(person, 'not the right password').expect(403);
    expect(body.code).toBe('auth.proof-wrong');
    await request(world.url).get('/v1/sessions/current').set('cookie', person.cookie).expect(200);
  });
});

describe('proofs that fail', () => {
  const routes: Record<string, (person: Person) => request.Test> = {
    'POST /v1/sudo': (person) => send(person, { password, code: '000000' }),
    'POST /v1/sudo/oidc': (person) =>
      request(world.url)
        .post('/v1/sudo/oidc')
        .set('cookie', person.cookie)
        .send({ provider: 'acme', code: '000000' }),
  };

  it.each(Object.keys(routes))(
    'end the session in which ten came in a row, and block nothing of the owner: %s',
    async (route) => {
      const [owner, app] = await memberWithApp(world);
      const stolen = await alsoSignedIn(owner, app);
      const answers = await Promise.all(Array.from({ length: 14 }, () => routes[route]!(stolen)));
      const codes = answers.map(({ body }) => body.code as string).toSorted();
      expect(codes.filter((code) => code === 'auth.proof-wrong')).toHaveLength(10);
      await request(world.url).get('/v1/sessions/current').set('cookie', stolen.cookie).expect(401);
      await send(owner, { password, code: await freshCode(world, owner, app) }).expect(200);
      await alsoSignedIn(owner, app);
      expect(
        await rowsOf(
          world,
          `select from outbox where payload->>'kind' = 'session-ended' and payload->'to'->>'userId' = $1`,
          owner.id,
        ),
      ).toHaveLength(1);
    },
  );

  it('are forgotten with a right one', async () => {
    const person = await signedIn(world, 'member');
    await rowsOf(world, 'update sessions set failed_proofs = 9 where user_id = $1', person.id);
    const right = await send(person, { password }).expect(200);
    const renewed = { ...person, cookie: cookieIn(right, 'sid')! };
    await prove(renewed, 'not the right password').expect(403);
    await request(world.url).get('/v1/sessions/current').set('cookie', renewed.cookie).expect(200);
  });

  /** The same person in another session. */
  async function alsoSignedIn(person: Person, app: App): Promise<Person> {
    const code = await freshCode(world, person, app);
    const response = await finish(world, await waiting(world, person), code).expect(201);
    return { ...person, cookie: cookieIn(response, 'sid')! };
  }
});

const send = (person: Person, proof: object) =>
  request(world.url).post('/v1/sudo').set('cookie', person.cookie).send(proof);

/** What stands in for the second factor. */
const codes: Record<string, (person: Person, app: App) => Promise<string>> = {
  'a code of the app': (person, app) => freshCode(world, person, app),
  'a recovery code': (_, app) => Promise.resolve(app.recoveryCodes[0]!),
};

async function outOfSudo(person: Person): Promise<void> {
  await world.db.pool.query('update sessions set sudo_until = null where user_id = $1', [person.id]);
}

describe('proving again with a second factor', () => {
  /** Somebody with a second factor, in a session that is not in sudo. */
  async function withFactor(): Promise<[Person, App]> {
    const [person, app] = await memberWithApp(world);
    await outOfSudo(person);
    return [person, app];
  }

  async function expectNoSudo(person: Person): Promise<void> {
    for (const { method, path } of listedRoutes().filter(({ proof }) => proof === 'sudo')) {
      const verb = method.toLowerCase() as 'post' | 'put' | 'patch' | 'delete';
      const { body } = await request(world.url)[verb](concrete(path)).set('cookie', person.cookie).send({});
      expect([method, path, body.code]).toEqual([
        method,
        path,
        expect.stringMatching(/^access\.(sudo-required|denied)$/),
      ]);
    }
  }

  it('takes more than the password: no sensitive route opens, and nobody learns whether it was right', async () => {
    const [person] = await withFactor();
    for (const given of [password, 'not the right password'])
      expect((await prove(person, given).expect(403)).body.code).toBe('auth.proof-incomplete');
    await expectNoSudo(person);
  });

  it('takes more than the password of an account whose only second factor is a passkey', async () => {
    const person = await signedIn(world, 'member');
    await world.db.pool.query(
      `insert into passkeys (id, user_id, name, credential_id, public_key, counter, transports, is_backup_eligible, is_backed_up)
       values (gen_random_uuid(), $1, 'A key', '\\x01', '\\x02', 0, '{}', false, false)`,
      [person.id],
    );
    expect((await prove(person, password).expect(403)).body.code).toBe('auth.proof-incomplete');
    await expectNoSudo(person);
  });

  it.each(Object.keys(codes))('takes more than %s alone', async (name) => {
    const [person, app] = await withFactor();
    await send(person, { code: await codes[name]!(person, app) }).expect(422);
    await expectNoSudo(person);
  });

  it.each(Object.keys(codes))(
    'takes the password and %s, which is used up only by a right password',
    async (name) => {
      const [person, app] = await withFactor();
      const code = await codes[name]!(person, app);
      const wrong = await send(person, { password: 'not the right password', code }).expect(403);
      expect(wrong.body.code).toBe('auth.proof-wrong');
      const right = await send(person, { password, code }).expect(200);
      const renewed = { ...person, cookie: cookieIn(right, 'sid')! };
      await outOfSudo(person);
      expect((await send(renewed, { password, code }).expect(403)).body.code).toBe('auth.proof-wrong');
    },
  );

  it('refuses a code of another account', async () => {
    const [, other] = await withFactor();
    const [person] = await withFactor();
    await send(person, { password, code: codeOf(other.secret, 30_000) }).expect(403);
  });
});
