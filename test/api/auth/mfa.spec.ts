import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { eventually } from '#libs/testing';
import { tokenFor } from '../../../tools/demo/accounts.js';
import { startWorld, type World } from '../../support/apps.js';
import {
  auditOf,
  codeOf,
  cookieIn,
  finish,
  freshCode,
  mailWith,
  member,
  memberWithApp,
  own,
  rowsOf,
  several,
  signIn,
  tally,
  waiting,
} from '../../support/factors.js';
import { password } from '../../support/people.js';

let world: World;
beforeAll(async () => {
  world = await startWorld({ worker: true });
});
afterAll(() => world.close());

describe('signing in to an account with a second factor', () => {
  it('gives no session for the password, but a cookie for the second step', async () => {
    const [person] = await memberWithApp(world);
    const response = await signIn(world, person).expect(202);
    expect(response.body).toEqual({ status: 'mfa_required', methods: ['totp', 'recovery_code'] });
    expect(response.headers.location).toBe('/v1/sessions/mfa');
    expect(response.headers['set-cookie']).toEqual([
      expect.stringMatching(/^mfa=[\w-]{43}; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax$/),
    ]);
  });

  it('gives the session for the code, which is of level 2 and says how it was proven', async () => {
    const [person, app] = await memberWithApp(world);
    const response = await finish(world, await waiting(world, person), codeOf(app.secret, 30_000)).expect(
      201,
    );
    expect(response.body).toMatchObject({ user: { id: person.id }, amr: ['pwd', 'otp'] });
    expect(cookieIn(response, 'mfa')).toBe('mfa=');
    const cookie = cookieIn(response, 'sid')!;
    await request(world.url).get('/v1/sessions/current').set('cookie', cookie).expect(200);
    expect(await rowsOf(world, 'select aal from sessions where id = $1', response.body.id)).toEqual([
      { aal: 2 },
    ]);
  });

  it('takes a code in two groups', async () => {
    const [person, app] = await memberWithApp(world);
    const code = codeOf(app.secret, 30_000);
    await finish(world, await waiting(world, person), `${code.slice(0, 3)} ${code.slice(3)}`).expect(201);
  });

  it('knows nobody by the cookie of the first step, under whichever name', async () => {
    const [person] = await memberWithApp(world);
    const mfa = await waiting(world, person);
    for (const cookie of [mfa, mfa.replace('mfa=', 'sid='), mfa.replace('mfa=', 'oidc_state=')])
      for (const path of ['sessions/current', 'sessions', 'users/me', 'users/me/mfa', 'users/me/passkeys'])
        await request(world.url).get(`/v1/${path}`).set('cookie', cookie).expect(401);
    await request(world.url).post('/v1/sudo').set('cookie', mfa).send({ password }).expect(401);
    const sid = person.cookie.replace('sid=', 'mfa=');
    expect((await finish(world, sid, '123456').expect(410)).body.code).toBe('auth.challenge-over');
  });

  it('ends after ten minutes by the clock of the database, and without a cookie never began', async () => {
    const [person, app] = await memberWithApp(world);
    const mfa = await waiting(world, person);
    await world.db.pool.query('update auth_challenges set expires_at = now() where user_id = $1', [
      person.id,
    ]);
    const late = await finish(world, mfa, codeOf(app.secret, 30_000)).expect(410);
    expect(late.body.code).toBe('auth.challenge-over');
    const none = await request(world.url).post('/v1/sessions/mfa').send({ code: '123456' }).expect(410);
    expect(none.body.code).toBe('auth.challenge-over');
  });

  it('needs a code or a passkey', async () => {
    const [person] = await memberWithApp(world);
    const mfa = await waiting(world, person);
    await request(world.url).post('/v1/sessions/mfa').set('cookie', mfa).send({}).expect(422);
  });

  it('does not go around the second factor after a password reset, which ends a sign-in that waits', async () => {
    const [person, app] = await memberWithApp(world);
    // Of the last seven days it would be suspended: test/api/auth/recovery.spec.ts.
    await rowsOf(world, `update totp_factors set confirmed_at = now() - interval '8 days'`);
    const mfa = await waiting(world, person);
    await request(world.url).post('/v1/password-resets').send({ email: person.email }).expect(202);
    const token = await eventually(async () => {
      const found = await tokenFor(world.url, person.email).catch(() => undefined);
      return found;
    });
    await request(world.url)
      .post('/v1/password-resets/confirmations')
      .send({ token, password: 'another long sentence' })
      .expect(204);
    expect((await finish(world, mfa, codeOf(app.secret, 30_000)).expect(410)).body.code).toBe(
      'auth.challenge-over',
    );
    await request(world.url)
      .post('/v1/sessions')
      .send({ email: person.email, password: 'another long sentence' })
      .expect(202);
  });
});

describe('a code', () => {
  it('works once, also when it comes twenty times at once', async () => {
    const [person, app] = await memberWithApp(world);
    const cookies = await several(20, () => waiting(world, person));
    const code = await freshCode(world, person, app);
    // The limit of wrong ones, which is another test, begins anew with the one that is right: only then it may strike.
    await rowsOf(world, 'insert into code_failures (user_id, failures) values ($1, -1000)', person.id);
    const { '201': signedInBy, ...refused } = await tally(
      cookies.map((cookie) => finish(world, cookie, code)),
    );
    expect(signedInBy).toBe(1);
    expect(refused['auth.code-wrong']).toBeGreaterThanOrEqual(9);
  });

  it('that switched the app on does not sign in as well', async () => {
    const person = await member(world);
    const { body } = await own(world, person, 'totp').expect(201);
    const code = codeOf(body.secret as string);
    await own(world, person, 'totp/confirmations', { code }).expect(200);
    await finish(world, await waiting(world, person), code).expect(401);
  });

  it('may be wrong five times in a sign-in, also when twenty come at once', async () => {
    const [person, app] = await memberWithApp(world);
    const mfa = await waiting(world, person);
    const wrong = Array.from({ length: 20 }, () => finish(world, mfa, 'ABCDEF'));
    expect(await tally(wrong)).toEqual({ 'auth.code-wrong': 5, 'auth.challenge-over': 15 });
    await finish(world, mfa, codeOf(app.secret, 30_000)).expect(410);
  });

  it('is refused after ten wrong ones in a row, however many sign-ins they were spread over', async () => {
    const [person, app] = await memberWithApp(world);
    const right = await freshCode(world, person, app);
    const wrong = right === '000000' ? '111111' : '000000';
    const guesses: request.Test[] = [];
    for (const cookie of await several(6, () => waiting(world, person)))
      for (let n = 0; n < 3; n += 1) guesses.push(finish(world, cookie, wrong));
    expect(await tally(guesses)).toEqual({ 'auth.code-wrong': 10, 'auth.too-many-codes': 8 });
    const blocked = await finish(world, await waiting(world, person), right).expect(429);
    expect(Number(blocked.headers['retry-after'])).toBeGreaterThan(14 * 60);
    // Guesses of somebody who signs in block nothing in the owner's sessions.
    await request(world.url)
      .post('/v1/sudo')
      .set('cookie', person.cookie)
      .send({ password, code: right })
      .expect(200);
    await mailWith(world, person, 'Ten wrong codes in a row');
    expect(await auditOf(world, person)).toContain('codes.block');
  });

  it('works again when the wait is over, and then all are forgotten', async () => {
    const [person, app] = await memberWithApp(world);
    await world.db.pool.query(`insert into code_failures values ($1, 11, now() + interval '1 hour')`, [
      person.id,
    ]);
    const mfa = await waiting(world, person);
    await finish(world, mfa, await freshCode(world, person, app)).expect(429);
    await world.db.pool.query('update code_failures set blocked_until = now() where user_id = $1', [
      person.id,
    ]);
    await finish(world, mfa, await freshCode(world, person, app)).expect(201);
    expect(await rowsOf(world, 'select from code_failures where user_id = $1', person.id)).toEqual([]);
  });

  it('that is wrong once more costs twice the wait, up to four hours', async () => {
    const [person] = await memberWithApp(world);
    const waits: number[] = [];
    await world.db.pool.query(`insert into code_failures values ($1, 9, now())`, [person.id]);
    const cookies = await several(2, () => waiting(world, person));
    for (let n = 0; n < 6; n += 1) {
      await finish(world, cookies[n % 2]!, '000000').expect(401);
      const [row] = await rowsOf(
        world,
        'select round(extract(epoch from blocked_until - now()) / 60)::int as minutes from code_failures where user_id = $1',
        person.id,
      );
      waits.push(row!.minutes as number);
      await world.db.pool.query('update code_failures set blocked_until = now() where user_id = $1', [
        person.id,
      ]);
    }
    expect(waits).toEqual([15, 30, 60, 120, 240, 240]);
  });
});
