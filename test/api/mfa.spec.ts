import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { loadConfig } from '#libs/config';
import { eventually } from '#libs/testing';
import { createApi } from '../../apps/api/api.js';
import { tokenFor } from '../../tools/demo/accounts.js';
import { startWorld, type World } from '../support/apps.js';
import { type App, codeOf, cookieIn, freshCode, own, waiting, withApp } from '../support/factors.js';
import { inSudo, password, type Person, signedIn } from '../support/people.js';

const secretKey = randomBytes(32).toString('base64url');
let world: World;
beforeAll(async () => {
  world = await startWorld({ worker: true, env: { SECRET_KEYS: secretKey } });
});
afterAll(() => world.close());

const member = async () => inSudo(world, await signedIn(world, 'member'));

async function memberWithApp(): Promise<[Person, App]> {
  const person = await member();
  return [person, await withApp(world, person)];
}

const signIn = ({ email }: Person) => request(world.url).post('/v1/sessions').send({ email, password });
const finish = (cookie: string, code: string) =>
  request(world.url).post('/v1/sessions/mfa').set('cookie', cookie).send({ code });
const statusOf = async ({ cookie }: Person) =>
  (await request(world.url).get('/v1/users/me/mfa').set('cookie', cookie).expect(200)).body as object;

/** Sends all at once; how often each answer came. */
async function tally(requests: request.Test[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { status, body } of await Promise.all(requests)) {
    const answer = status === 201 ? '201' : (body.code as string);
    counts[answer] = (counts[answer] ?? 0) + 1;
  }
  return counts;
}

/** One after the other: the hashing of passwords takes no more at once. */
async function several<T>(count: number, work: () => Promise<T>): Promise<T[]> {
  const all: T[] = [];
  for (let n = 0; n < count; n += 1) all.push(await work());
  return all;
}

const rowsOf = async (text: string, ...values: unknown[]) => (await world.db.pool.query(text, values)).rows;
const auditOf = async ({ id }: Person) =>
  (await rowsOf('select action from audit_events where target = $1 order by seq', `user:${id}`)).map(
    ({ action }) => action as string,
  );

const mailWith = ({ email }: Person, words: string) =>
  eventually(
    async () => {
      const response = await fetch(`${world.url}/dev/mail?to=${encodeURIComponent(email)}`);
      const { data } = (await response.json()) as { data: { text: string }[] };
      return data.some(({ text }) => text.includes(words));
    },
    { what: `a mail with "${words}"` },
  );

describe('signing in to an account with a second factor', () => {
  it('gives no session for the password, but a cookie for the second step', async () => {
    const [person] = await memberWithApp();
    const response = await signIn(person).expect(202);
    expect(response.body).toEqual({ status: 'mfa_required', methods: ['totp', 'recovery_code'] });
    expect(response.headers.location).toBe('/v1/sessions/mfa');
    expect(response.headers['set-cookie']).toEqual([
      expect.stringMatching(/^mfa=[\w-]{43}; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax$/),
    ]);
  });

  it('gives the session for the code, which is of level 2 and says how it was proven', async () => {
    const [person, app] = await memberWithApp();
    const response = await finish(await waiting(world, person), codeOf(app.secret, 30_000)).expect(201);
    expect(response.body).toMatchObject({ user: { id: person.id }, amr: ['pwd', 'otp'] });
    expect(cookieIn(response, 'mfa')).toBe('mfa=');
    const cookie = cookieIn(response, 'sid')!;
    await request(world.url).get('/v1/sessions/current').set('cookie', cookie).expect(200);
    expect(await rowsOf('select aal from sessions where id = $1', response.body.id)).toEqual([{ aal: 2 }]);
  });

  it('takes a code in two groups', async () => {
    const [person, app] = await memberWithApp();
    const code = codeOf(app.secret, 30_000);
    await finish(await waiting(world, person), `${code.slice(0, 3)} ${code.slice(3)}`).expect(201);
  });

  it('knows nobody by the cookie of the first step, under whichever name', async () => {
    const [person] = await memberWithApp();
    const mfa = await waiting(world, person);
    for (const cookie of [mfa, mfa.replace('mfa=', 'sid='), mfa.replace('mfa=', 'otx=')])
      for (const path of ['sessions/current', 'sessions', 'users/me', 'users/me/mfa', 'users/me/passkeys'])
        await request(world.url).get(`/v1/${path}`).set('cookie', cookie).expect(401);
    await request(world.url).post('/v1/sudo').set('cookie', mfa).send({ password }).expect(401);
    const sid = person.cookie.replace('sid=', 'mfa=');
    expect((await finish(sid, '123456').expect(401)).body.code).toBe('auth.challenge-over');
  });

  it('ends after ten minutes by the clock of the database, and without a cookie never began', async () => {
    const [person, app] = await memberWithApp();
    const mfa = await waiting(world, person);
    await world.db.pool.query('update auth_challenges set expires_at = now() where user_id = $1', [
      person.id,
    ]);
    const late = await finish(mfa, codeOf(app.secret, 30_000)).expect(401);
    expect(late.body.code).toBe('auth.challenge-over');
    const none = await request(world.url).post('/v1/sessions/mfa').send({ code: '123456' }).expect(401);
    expect(none.body.code).toBe('auth.challenge-over');
  });

  it('needs a code or a passkey', async () => {
    const [person] = await memberWithApp();
    const mfa = await waiting(world, person);
    await request(world.url).post('/v1/sessions/mfa').set('cookie', mfa).send({}).expect(422);
  });

  it('does not go around the second factor after a password reset, which ends a sign-in that waits', async () => {
    const [person, app] = await memberWithApp();
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
    expect((await finish(mfa, codeOf(app.secret, 30_000)).expect(401)).body.code).toBe('auth.challenge-over');
    await request(world.url)
      .post('/v1/sessions')
      .send({ email: person.email, password: 'another long sentence' })
      .expect(202);
  });
});

describe('a code', () => {
  it('works once, also when it comes twenty times at once', async () => {
    const [person, app] = await memberWithApp();
    const cookies = await several(20, () => waiting(world, person));
    const code = await freshCode(world, person, app);
    // Not to be stopped by the limit of wrong ones, which is another test.
    await world.db.pool.query(`insert into code_failures (user_id, failures) values ($1, -1000)`, [
      person.id,
    ]);
    expect(await tally(cookies.map((cookie) => finish(cookie, code)))).toEqual({
      '201': 1,
      'auth.code-wrong': 19,
    });
  });

  it('that switched the app on does not sign in as well', async () => {
    const person = await member();
    const { body } = await own(world, person, 'totp').expect(201);
    const code = codeOf(body.secret as string);
    await own(world, person, 'totp/confirmations', { code }).expect(200);
    await finish(await waiting(world, person), code).expect(401);
  });

  it('may be wrong five times in a sign-in, also when twenty come at once', async () => {
    const [person, app] = await memberWithApp();
    const mfa = await waiting(world, person);
    const wrong = Array.from({ length: 20 }, () => finish(mfa, 'ABCDEF'));
    expect(await tally(wrong)).toEqual({ 'auth.code-wrong': 5, 'auth.challenge-over': 15 });
    await finish(mfa, codeOf(app.secret, 30_000)).expect(401);
  });

  it('is refused after ten wrong ones in a row, however many sign-ins they were spread over', async () => {
    const [person, app] = await memberWithApp();
    const right = await freshCode(world, person, app);
    const wrong = right === '000000' ? '111111' : '000000';
    const guesses: request.Test[] = [];
    for (const cookie of await several(6, () => waiting(world, person)))
      for (let n = 0; n < 3; n += 1) guesses.push(finish(cookie, wrong));
    expect(await tally(guesses)).toEqual({ 'auth.code-wrong': 10, 'auth.too-many-codes': 8 });
    const blocked = await finish(await waiting(world, person), right).expect(429);
    expect(Number(blocked.headers['retry-after'])).toBeGreaterThan(14 * 60);
    await request(world.url).post('/v1/sudo').set('cookie', person.cookie).send({ code: right }).expect(429);
    await mailWith(person, 'Ten wrong codes in a row');
    expect(await auditOf(person)).toContain('codes.block');
  });

  it('works again when the wait is over, and then all are forgotten', async () => {
    const [person, app] = await memberWithApp();
    await world.db.pool.query(`insert into code_failures values ($1, 11, now() + interval '1 hour')`, [
      person.id,
    ]);
    const mfa = await waiting(world, person);
    await finish(mfa, await freshCode(world, person, app)).expect(429);
    await world.db.pool.query('update code_failures set blocked_until = now() where user_id = $1', [
      person.id,
    ]);
    await finish(mfa, await freshCode(world, person, app)).expect(201);
    expect(await rowsOf('select from code_failures where user_id = $1', person.id)).toEqual([]);
  });

  it('that is wrong once more costs twice the wait, up to four hours', async () => {
    const [person] = await memberWithApp();
    const waits: number[] = [];
    await world.db.pool.query(`insert into code_failures values ($1, 9, now())`, [person.id]);
    const cookies = await several(2, () => waiting(world, person));
    for (let n = 0; n < 6; n += 1) {
      await finish(cookies[n % 2]!, '000000').expect(401);
      const [row] = await rowsOf(
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

describe('a recovery code', () => {
  it('stands in for the app once, and its owner is told', async () => {
    const [person, app] = await memberWithApp();
    const [code] = app.recoveryCodes;
    const response = await finish(await waiting(world, person), code!.toLowerCase()).expect(201);
    expect(response.body.amr).toEqual(['pwd', 'otp']);
    await finish(await waiting(world, person), code!).expect(401);
    const back = { ...person, cookie: cookieIn(response, 'sid')! };
    expect(await statusOf(back)).toMatchObject({ recovery_codes_left: 9 });
    expect(await auditOf(person)).toContain('recovery-codes.use');
    await mailWith(person, 'A recovery code was used');
  });

  it('works once, also when it comes twenty times at once', async () => {
    const [person, app] = await memberWithApp();
    const cookies = await several(20, () => waiting(world, person));
    const uses = cookies.map((cookie) => finish(cookie, app.recoveryCodes[0]!));
    expect(await tally(uses)).toEqual({ '201': 1, 'auth.code-wrong': 19 });
  });

  it('is not used up by a sign-in that another one finished: one challenge, one session', async () => {
    const [person, app] = await memberWithApp();
    const mfa = await waiting(world, person);
    const uses = app.recoveryCodes.slice(0, 5).map((code) => finish(mfa, code));
    expect(await tally(uses)).toEqual({ '201': 1, 'auth.challenge-over': 4 });
    expect(await rowsOf('select from recovery_codes where user_id = $1', person.id)).toHaveLength(9);
  });

  it('works when codes of the app are refused: nobody is locked out by a guesser', async () => {
    const [person, app] = await memberWithApp();
    await world.db.pool.query(`insert into code_failures values ($1, 11, now() + interval '1 hour')`, [
      person.id,
    ]);
    await finish(await waiting(world, person), app.recoveryCodes[0]!).expect(201);
  });

  it('belongs to one account', async () => {
    const [, { recoveryCodes }] = await memberWithApp();
    const [other] = await memberWithApp();
    await finish(await waiting(world, other), recoveryCodes[0]!).expect(401);
  });

  it('is replaced with the others on demand, and none is stored', async () => {
    const [person, app] = await memberWithApp();
    const { body } = await own(world, person, 'recovery-codes').expect(201);
    const fresh = body.recovery_codes as string[];
    expect(new Set([...fresh, ...app.recoveryCodes]).size).toBe(20);
    await finish(await waiting(world, person), app.recoveryCodes[0]!).expect(401);
    await finish(await waiting(world, person), fresh[0]!).expect(201);
    const stored = JSON.stringify(await rowsOf("select encode(hash, 'escape') from recovery_codes"));
    for (const code of fresh) expect(stored).not.toContain(code);
    await mailWith(person, 'New recovery codes were made');
  });

  it('is not made for an account that has nothing to recover', async () => {
    const { body } = await own(world, await member(), 'recovery-codes').expect(409);
    expect(body.code).toBe('auth.second-factor-missing');
  });
});

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
    const person = await member();
    const { body } = await own(world, person, 'totp').expect(201);
    expect(body).toEqual({
      secret: expect.stringMatching(/^[A-Z2-7]{32}$/),
      uri: expect.stringContaining(`otpauth://totp/Mainstay:${encodeURIComponent(person.email)}?`),
    });
    expect(await statusOf(person)).toMatchObject({ required: false, totp_confirmed_at: null });
    await signIn(person).expect(201);
    const again = await own(world, person, 'totp').expect(201);
    const old = { code: codeOf(body.secret as string) };
    expect((await own(world, person, 'totp/confirmations', old).expect(422)).body.code).toBe(
      'auth.totp-code-wrong',
    );
    const code = codeOf(again.body.secret as string);
    await own(world, person, 'totp/confirmations', { code }).expect(200);
    expect(await statusOf(person)).toMatchObject({ required: true, recovery_codes_left: 10 });
    await signIn(person).expect(202);
  });

  it('shows ten recovery codes once, and again to a repetition of the same request', async () => {
    const person = await member();
    const { body } = await own(world, person, 'totp').expect(201);
    const confirm = (key: string, code: string) => own(world, person, 'totp/confirmations', { code }, key);
    const [key, code] = [randomUUID(), codeOf(body.secret as string)];
    const first = await confirm(key, code).expect(200);
    expect(first.body.recovery_codes).toHaveLength(10);
    expect((await confirm(key, code).expect(200)).body).toEqual(first.body);
    expect((await confirm(randomUUID(), code).expect(409)).body.code).toBe('auth.totp-not-pending');
  });

  it('has an hour to be confirmed', async () => {
    const person = await member();
    const { body } = await own(world, person, 'totp').expect(201);
    await world.db.pool.query(
      `update totp_factors set created_at = now() - interval '61 minutes' where user_id = $1`,
      [person.id],
    );
    await own(world, person, 'totp/confirmations', { code: codeOf(body.secret as string) }).expect(409);
  });

  it('is refused while there is one', async () => {
    const [person] = await memberWithApp();
    expect((await own(world, person, 'totp').expect(409)).body.code).toBe('auth.totp-exists');
  });

  it('ends the other sessions and waiting sign-ins, and its owner is told', async () => {
    const person = await member();
    const other = cookieIn(await signIn(person).expect(201), 'sid')!;
    await withApp(world, person);
    await request(world.url).get('/v1/sessions/current').set('cookie', other).expect(401);
    await request(world.url).get('/v1/sessions/current').set('cookie', person.cookie).expect(200);
    expect(await auditOf(person)).toEqual(['totp.enable']);
    await mailWith(person, 'An authenticator app was set up');
  });

  it('keeps the secret sealed, bound to its user', async () => {
    const [person] = await memberWithApp();
    const [other, app] = await memberWithApp();
    const [row] = await rowsOf('select secret from totp_factors where user_id = $1', other.id);
    const { Secret } = await import('otpauth');
    expect((row!.secret as Buffer).includes(Buffer.from(Secret.fromBase32(app.secret).bytes))).toBe(false);
    await world.db.pool.query('update totp_factors set secret = $2 where user_id = $1', [
      person.id,
      row!.secret,
    ]);
    await finish(await waiting(world, person), codeOf(app.secret, 30_000)).expect(500);
  });

  it('survives a new first key of SECRET_KEYS, and is sealed with it when it is used', async () => {
    const [person, app] = await memberWithApp();
    const keyIds = () =>
      rowsOf(
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
    const [person, app] = await memberWithApp();
    const mfa = await waiting(world, person);
    const other = cookieIn(await finish(mfa, codeOf(app.secret, 30_000)).expect(201), 'sid')!;
    const remove = () => request(world.url).delete('/v1/users/me/totp').set('cookie', person.cookie);
    await remove().expect(204);
    await remove().expect(204);
    expect(await statusOf(person)).toEqual({
      required: false,
      totp_confirmed_at: null,
      passkeys: 0,
      recovery_codes_left: 0,
    });
    await request(world.url).get('/v1/sessions/current').set('cookie', other).expect(401);
    expect(await auditOf(person)).toEqual(['totp.enable', 'totp.disable']);
    await mailWith(person, 'The authenticator app was removed');
    await signIn(person).expect(201);
  });

  it('ends a sign-in that waits for it', async () => {
    const [person, app] = await memberWithApp();
    const mfa = await waiting(world, person);
    await request(world.url).delete('/v1/users/me/totp').set('cookie', person.cookie).expect(204);
    expect((await finish(mfa, codeOf(app.secret, 30_000)).expect(401)).body.code).toBe('auth.challenge-over');
  });
});

describe('sudo', () => {
  const prove = (cookie: string, body: object) =>
    request(world.url).post('/v1/sudo').set('cookie', cookie).send(body);

  it('opens by a code, once for each, and by a recovery code', async () => {
    const [{ cookie }, app] = await memberWithApp();
    const code = codeOf(app.secret, 30_000);
    const first = await prove(cookie, { code }).expect(200);
    const renewed = cookieIn(first, 'sid')!;
    expect(renewed).not.toBe(cookie);
    expect((await prove(renewed, { code }).expect(403)).body.code).toBe('auth.proof-wrong');
    await prove(renewed, { code: app.recoveryCodes[0]! }).expect(200);
  });

  it('does not open by a code of another account, nor by two proofs in one', async () => {
    const [, other] = await memberWithApp();
    const [{ cookie }, app] = await memberWithApp();
    await prove(cookie, { code: codeOf(other.secret, 30_000) }).expect(403);
    await prove(cookie, { code: codeOf(app.secret, 30_000), password }).expect(422);
  });
});
