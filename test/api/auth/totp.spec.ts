import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { randomBytes, randomUUID } from 'node:crypto';
import { loadConfig } from '#libs/config';
import { createApi } from '../../../apps/api/api.js';
import { startWorld, type World } from '../../support/apps.js';
import {
  auditOf,
  codeOf,
  cookieIn,
  finish,
  mailWith,
  member,
  memberWithApp,
  own,
  rowsOf,
  signIn,
  statusOf,
  waiting,
  withApp,
} from '../../support/factors.js';
import { password, signedIn } from '../../support/people.js';

const secretKey = randomBytes(32).toString('base64url');
let world: World;
beforeAll(async () => {
  world = await startWorld({ worker: true, env: { SECRET_KEYS: secretKey } });
});
afterAll(() => world.close());

describe('setting up an authenticator app', () => {
  it('needs a recent proof of who it is, for each step', async () => {
    const person = await signedIn(world, 'member');
    for (const path of ['totp', 'totp/confirmations', 'recovery-codes', 'passkeys', 'passkeys/options']) {
      const { body } = await own(world, person, path, { code: '123456' }).expect(403);
      expect(body.code).toBe('access.sudo-required');
    }
    const remove = (path: string) =>
      request(world.url).delete(`/v1/users/me/${path}`).set('cookie', person.cookie).expect(403);
    await remove('totp');
    await remove(`passkeys/${randomUUID()}`);
  });

  it('counts only when its first code has confirmed it', async () => {
    const person = await member(world);
    const { body } = await own(world, person, 'totp').expect(201);
    expect(body).toEqual({
      secret: expect.stringMatching(/^[A-Z2-7]{32}$/),
      uri: expect.stringContaining(`otpauth://totp/Mainstay:${encodeURIComponent(person.email)}?`),
    });
    expect(await statusOf(world, person)).toMatchObject({ required: false, totp_confirmed_at: null });
    await signIn(world, person).expect(201);
    await request(world.url)
      .post('/v1/sudo')
      .set('cookie', person.cookie)
      .send({ password, code: codeOf(body.secret as string) })
      .expect(403);
    const again = await own(world, person, 'totp').expect(201);
    const old = { code: codeOf(body.secret as string) };
    expect((await own(world, person, 'totp/confirmations', old).expect(422)).body.code).toBe(
      'auth.totp-code-wrong',
    );
    const code = codeOf(again.body.secret as string);
    await own(world, person, 'totp/confirmations', { code }).expect(200);
    expect(await statusOf(world, person)).toMatchObject({ required: true, recovery_codes_left: 10 });
    await signIn(world, person).expect(202);
  });

  it('shows ten recovery codes once, and again to a repetition of the same request', async () => {
    const person = await member(world);
    const { body } = await own(world, person, 'totp').expect(201);
    const confirm = (key: string, code: string) => own(world, person, 'totp/confirmations', { code }, key);
    const [key, code] = [randomUUID(), codeOf(body.secret as string)];
    const first = await confirm(key, code).expect(200);
    expect(first.body.recovery_codes).toHaveLength(10);
    expect((await confirm(key, code).expect(200)).body).toEqual(first.body);
    expect((await confirm(randomUUID(), code).expect(409)).body.code).toBe('auth.totp-not-pending');
  });

  it('has an hour to be confirmed', async () => {
    const person = await member(world);
    const { body } = await own(world, person, 'totp').expect(201);
    await world.db.pool.query(
      `update totp_factors set created_at = now() - interval '61 minutes' where user_id = $1`,
      [person.id],
    );
    await own(world, person, 'totp/confirmations', { code: codeOf(body.secret as string) }).expect(409);
  });

  it('is refused while there is one', async () => {
    const [person] = await memberWithApp(world);
    expect((await own(world, person, 'totp').expect(409)).body.code).toBe('auth.totp-exists');
  });

  it('ends the other sessions and waiting sign-ins, and its owner is told', async () => {
    const person = await member(world);
    const other = cookieIn(await signIn(world, person).expect(201), 'sid')!;
    await withApp(world, person);
    await request(world.url).get('/v1/sessions/current').set('cookie', other).expect(401);
    await request(world.url).get('/v1/sessions/current').set('cookie', person.cookie).expect(200);
    expect(await auditOf(world, person)).toEqual(['totp.enable', 'sessions.revoke-all']);
    await mailWith(world, person, 'An authenticator app was set up');
  });

  it('keeps the secret sealed, bound to its user', async () => {
    const [person] = await memberWithApp(world);
    const [other, app] = await memberWithApp(world);
    const [row] = await rowsOf(world, 'select secret from totp_factors where user_id = $1', other.id);
    const { Secret } = await import('otpauth');
    expect((row!.secret as Buffer).includes(Buffer.from(Secret.fromBase32(app.secret).bytes))).toBe(false);
    await world.db.pool.query('update totp_factors set secret = $2 where user_id = $1', [
      person.id,
      row!.secret,
    ]);
    await finish(world, await waiting(world, person), codeOf(app.secret, 30_000)).expect(500);
  });

  it('survives a new first key of SECRET_KEYS, and is sealed with it when it is used', async () => {
    const [person, app] = await memberWithApp(world);
    const keyIds = () =>
      rowsOf(
        world,
        `select encode(substring(secret for 4), 'hex') as id from totp_factors where user_id = $1`,
        person.id,
      );
    const before = await keyIds();
    const env = { NODE_ENV: 'test', LOG_LEVEL: 'silent', PUBLIC_URL: 'http://mainstay.test' };
    const keys = `${randomBytes(32).toString('base64url')},${secretKey}`;
    const rotated = await createApi(loadConfig({ ...env, DATABASE_URL: world.db.url, SECRET_KEYS: keys }));
    await rotated.listen(0, '127.0.0.1');
    try {
      const mfa = await waiting(world, person);
      await request(await rotated.getUrl())
        .post('/v1/sessions/mfa')
        .set('cookie', mfa)
        .send({ code: codeOf(app.secret, 30_000) })
        .expect(201);
    } finally {
      await rotated.close();
    }
    expect(await keyIds()).not.toEqual(before);
  });
});

describe('removing an authenticator app', () => {
  it('takes the recovery codes with it, ends the other sessions, and its owner is told', async () => {
    const [person, app] = await memberWithApp(world);
    const mfa = await waiting(world, person);
    const other = cookieIn(await finish(world, mfa, codeOf(app.secret, 30_000)).expect(201), 'sid')!;
    const remove = () => request(world.url).delete('/v1/users/me/totp').set('cookie', person.cookie);
    await remove().expect(204);
    await remove().expect(204);
    expect(await statusOf(world, person)).toEqual({
      required: false,
      totp_confirmed_at: null,
      totp_suspended_at: null,
      passkeys: 0,
      recovery_codes_left: 0,
    });
    await request(world.url).get('/v1/sessions/current').set('cookie', other).expect(401);
    expect(await auditOf(world, person)).toEqual(['totp.enable', 'totp.disable', 'sessions.revoke-all']);
    await mailWith(world, person, 'The authenticator app was removed');
    await signIn(world, person).expect(201);
  });

  it('ends a sign-in that waits for it', async () => {
    const [person, app] = await memberWithApp(world);
    const mfa = await waiting(world, person);
    await request(world.url).delete('/v1/users/me/totp').set('cookie', person.cookie).expect(204);
    expect((await finish(world, mfa, codeOf(app.secret, 30_000)).expect(410)).body.code).toBe(
      'auth.challenge-over',
    );
  });
});
