import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { startWorld, type World } from '../support/apps.js';
import {
  type Assertion,
  type Browser,
  describeInChromium,
  foreignOrigin,
  type Options,
  origin,
  startBrowser,
} from '../support/browser.js';
import { codeOf, cookieIn, own, waiting, withApp } from '../support/factors.js';
import { inSudo, password, type Person, signedIn } from '../support/people.js';

// Without one, test/setup/services.mjs has said so.
describeInChromium('passkeys, in a real Chromium', () => {
  let world: World;
  let browser: Browser;
  beforeAll(async () => {
    world = await startWorld({ env: { PUBLIC_URL: origin } });
    browser = await startBrowser(world.url);
  });
  afterAll(async () => {
    await browser?.close();
    await world?.close();
  });
  beforeEach(() => browser.renew());

  const post = (path: string, cookie: string, body?: object) =>
    request(world.url).post(path).set('cookie', cookie).send(body);
  const member = async () => inSudo(world, await signedIn(world, 'member'));

  /** Makes a passkey for this person in sudo, and adds it. */
  async function added(person: Person) {
    const { body: options } = await own(world, person, 'passkeys/options').expect(200);
    const passkey = await browser.create(options as Options);
    return own(world, person, 'passkeys', { name: 'Laptop', passkey }).expect(201);
  }

  async function memberWithPasskey() {
    const person = await member();
    const { body } = await added(person);
    return { person, id: body.id as string, recoveryCodes: body.recovery_codes as string[] };
  }

  /** Options to sign in with a passkey alone, and the cookie that goes with them. */
  async function signInOptions() {
    const response = await request(world.url).post('/v1/sessions/passkey/options').expect(200);
    return { options: response.body as Options, cookie: cookieIn(response, 'passkey')! };
  }

  /** What comes of signing in with this passkey: `signed in`, or the code of the problem. */
  const outcomeOf = async (cookie: string, passkey: Assertion) => {
    const { status, body } = await post('/v1/sessions/passkey', cookie, { passkey });
    return status === 201 ? 'signed in' : (body.code as string);
  };
  const refused = 'auth.passkey-wrong';

  describe('added', () => {
    it('brings recovery codes with the first, ends the other sessions, and asks for a second factor from now on', async () => {
      const person = await member();
      const other = await request(world.url).post('/v1/sessions').send({ email: person.email, password });
      const first = await added(person);
      expect(first.headers.location).toBe(`/v1/users/me/passkeys/${first.body.id as string}`);
      expect(first.body).toMatchObject({ name: 'Laptop', backed_up: false, last_used_at: null });
      expect(first.body.recovery_codes).toHaveLength(10);
      await request(world.url).get('/v1/users/me').set('cookie', cookieIn(other, 'sid')!).expect(401);
      await browser.renew();
      expect((await added(person)).body.recovery_codes).toBeNull();
      const { body } = await request(world.url)
        .post('/v1/sessions')
        .send({ email: person.email, password })
        .expect(202);
      expect(body.methods).toEqual(['passkey', 'recovery_code']);
      const events = await world.db.pool.query(`select action from audit_events where target = $1`, [
        `user:${person.id}`,
      ]);
      expect(events.rows.map(({ action }) => action as string)).toEqual([
        'passkeys.create',
        'sessions.revoke-all',
        'passkeys.create',
      ]);
    });

    it('is refused when it was made for another session, for another purpose, elsewhere, or twice', async () => {
      const [person, other] = [await member(), await member()];
      const options = async () => (await own(world, person, 'passkeys/options').expect(200)).body as Options;
      const add = (by: Person, passkey: object) => own(world, by, 'passkeys', { name: 'Laptop', passkey });
      const made = await browser.create(await options());
      expect((await add(other, made).expect(422)).body.code).toBe('auth.passkey-unusable');
      await add(person, made).expect(201);
      expect((await add(person, made).expect(422)).body.code).toBe('auth.passkey-unusable');

      const { options: signIn } = await signInOptions();
      await browser.renew();
      const wrong = { ...(await options()), challenge: signIn.challenge };
      await add(person, await browser.create(wrong)).expect(422);
    });

    it('is not made by a browser for an authenticator that the account has already', async () => {
      const { person } = await memberWithPasskey();
      const { body: options } = await own(world, person, 'passkeys/options').expect(200);
      await expect(browser.create(options as Options)).rejects.toThrow('InvalidStateError');
    });

    it('must verify its user', async () => {
      const person = await member();
      await browser.renew({ verifiesUser: false });
      const { body: options } = await own(world, person, 'passkeys/options').expect(200);
      const lax = { residentKey: 'discouraged', userVerification: 'discouraged' };
      const passkey = await browser.create({ ...(options as Options), authenticatorSelection: lax });
      await own(world, person, 'passkeys', { name: 'Laptop', passkey }).expect(422);
    });
  });

  describe('signing in without a name', () => {
    it('works from the page alone: options, the person, a session of level 2', async () => {
      const { person } = await memberWithPasskey();
      const { body: options } = await browser.send('POST', '/v1/sessions/passkey/options');
      const passkey = await browser.get(options);
      const { status, body } = await browser.send('POST', '/v1/sessions/passkey', { passkey });
      expect({ status, body }).toMatchObject({
        status: 201,
        body: { user: { id: person.id }, amr: ['hwk', 'user'] },
      });
      expect((await browser.send('GET', '/v1/sessions/current')).body.id).toBe(body.id);
      const { rows } = await world.db.pool.query('select aal from sessions where id = $1', [body.id]);
      expect(rows).toEqual([{ aal: 2 }]);
    });

    it('happens once for each signature, also when it comes twenty times at once', async () => {
      await memberWithPasskey();
      const { options, cookie } = await signInOptions();
      const passkey = await browser.get(options);
      const uses = Array.from({ length: 20 }, () => post('/v1/sessions/passkey', cookie, { passkey }));
      const statuses = (await Promise.all(uses)).map(({ status }) => status);
      expect(statuses.filter((status) => status === 201)).toHaveLength(1);
      expect(statuses.filter((status) => status === 401)).toHaveLength(19);
    });

    it('happens in the browser that asked', async () => {
      await memberWithPasskey();
      const [mine, other] = [await signInOptions(), await signInOptions()];
      const passkey = await browser.get(mine.options);
      expect(await outcomeOf(other.cookie, passkey)).toBe(refused);
      expect(await outcomeOf('', passkey)).toBe(refused);
    });

    it('does not take what was signed on a page of another origin, although the domain is right', async () => {
      await memberWithPasskey();
      const { options, cookie } = await signInOptions();
      expect(await outcomeOf(cookie, await browser.get(options, foreignOrigin))).toBe(refused);
    });

    it('does not take what its user was not verified for', async () => {
      await memberWithPasskey();
      const { options, cookie } = await signInOptions();
      await browser.refusePin();
      expect(
        await outcomeOf(cookie, await browser.get({ ...options, userVerification: 'discouraged' })),
      ).toBe(refused);
    });

    it('does not take a copy of the key, whose counter lags behind', async () => {
      await memberWithPasskey();
      for (let n = 0; n < 2; n += 1) {
        const { options, cookie } = await signInOptions();
        await post('/v1/sessions/passkey', cookie, { passkey: await browser.get(options) }).expect(201);
      }
      await browser.rewind();
      const { options, cookie } = await signInOptions();
      expect(await outcomeOf(cookie, await browser.get(options))).toBe(refused);
    });

    it('takes no signature that was changed, nor one that names another user', async () => {
      await memberWithPasskey();
      const forged = async (change: (response: Assertion['response']) => Partial<Assertion['response']>) => {
        const { options, cookie } = await signInOptions();
        const passkey = await browser.get(options);
        expect(
          await outcomeOf(cookie, {
            ...passkey,
            response: { ...passkey.response, ...change(passkey.response) },
          }),
        ).toBe(refused);
      };
      await forged(({ signature }) => {
        const bytes = Buffer.from(signature, 'base64url');
        bytes[bytes.length - 1]! ^= 1;
        return { signature: bytes.toString('base64url') };
      });
      await forged(() => ({ userHandle: Buffer.from(randomUUID()).toString('base64url') }));
      await forged(() => ({ clientDataJSON: Buffer.from('null').toString('base64url') }));
      await forged(() => ({ clientDataJSON: Buffer.from('{').toString('base64url') }));
    });

    it('has five minutes by the clock of the database', async () => {
      await memberWithPasskey();
      const { options, cookie } = await signInOptions();
      const passkey = await browser.get(options);
      await world.db.pool.query('update webauthn_challenges set expires_at = now()');
      expect(await outcomeOf(cookie, passkey)).toBe(refused);
    });

    it('ends with the account or the passkey', async () => {
      const { person, id } = await memberWithPasskey();
      const disabled = await signInOptions();
      const passkey = await browser.get(disabled.options);
      await world.db.pool.query(`update users set status = 'disabled' where id = $1`, [person.id]);
      await post('/v1/sessions/passkey', disabled.cookie, { passkey }).expect(401);
      await world.db.pool.query(`update users set status = 'active' where id = $1`, [person.id]);
      await world.db.pool.query('delete from passkeys where id = $1', [id]);
      const removed = await signInOptions();
      expect(await outcomeOf(removed.cookie, await browser.get(removed.options))).toBe(refused);
    });
  });

  describe('as a second factor', () => {
    it('finishes a sign-in that waits, and no other', async () => {
      const { person } = await memberWithPasskey();
      const [mine, other] = [await waiting(world, person), await waiting(world, person)];
      const { body: options } = await post('/v1/sessions/mfa/passkey/options', mine).expect(200);
      const passkey = await browser.get(options as Options);
      await post('/v1/sessions/mfa', mine, { passkey, code: '123456' }).expect(422);
      await post('/v1/sessions/mfa', other, { passkey }).expect(401);
      const { body } = await post('/v1/sessions/mfa', mine, { passkey }).expect(201);
      expect(body).toMatchObject({ user: { id: person.id }, amr: ['pwd', 'hwk', 'user'] });
      await post('/v1/sessions/mfa', mine, { passkey }).expect(410);
    });

    it('is asked for by the names of the keys of this account only', async () => {
      const { person } = await memberWithPasskey();
      const { body } = await post('/v1/sessions/mfa/passkey/options', await waiting(world, person)).expect(
        200,
      );
      expect(body.allowCredentials).toHaveLength(1);
      await post('/v1/sessions/mfa/passkey/options', '').expect(410);
    });

    it('does not finish the sign-in of somebody else', async () => {
      const { person: owner } = await memberWithPasskey();
      const victim = await member();
      const { secret } = await withApp(world, victim);
      const mfa = await waiting(world, victim);
      const { body: options } = await post('/v1/sessions/mfa/passkey/options', mfa).expect(200);
      const passkey = await browser.get({ ...(options as Options), allowCredentials: [] });
      await post('/v1/sessions/mfa', mfa, { passkey }).expect(401);
      await post('/v1/sessions/mfa', mfa, { code: codeOf(secret, 30_000) }).expect(201);
      expect(owner.id).not.toBe(victim.id);
    });
  });

  it('open sensitive actions, in the session that asked and for that purpose', async () => {
    const { person } = await memberWithPasskey();
    const { body: options } = await post('/v1/sudo/passkey/options', person.cookie).expect(200);
    const passkey = await browser.get(options as Options);
    const stranger = await member();
    await post('/v1/sudo', stranger.cookie, { passkey }).expect(403);
    const { body: others } = await own(world, person, 'passkeys/options').expect(200);
    const misused = await browser.get({ ...(options as Options), challenge: (others as Options).challenge });
    await post('/v1/sudo', person.cookie, { passkey: misused }).expect(403);
    const { body } = await post('/v1/sudo', person.cookie, { passkey }).expect(200);
    expect(body.sudo_until).not.toBeNull();
  });

  describe('removed', () => {
    const remove = ({ cookie }: Person, id: string) =>
      request(world.url).delete(`/v1/users/me/passkeys/${id}`).set('cookie', cookie);

    it('are gone from the list, with the recovery codes when no second factor is left', async () => {
      const { person, id } = await memberWithPasskey();
      const list = () => request(world.url).get('/v1/users/me/passkeys').set('cookie', person.cookie);
      expect((await list()).body.data).toMatchObject([{ id, name: 'Laptop' }]);
      const stranger = await member();
      expect((await remove(stranger, id).expect(404)).body.code).toBe('auth.passkey-not-found');
      await remove(person, id).expect(204);
      await remove(person, id).expect(404);
      expect((await list()).body.data).toEqual([]);
      const { rows } = await world.db.pool.query('select from recovery_codes where user_id = $1', [
        person.id,
      ]);
      expect(rows).toEqual([]);
    });

    it('stay when nothing else signs in, also when six go at once', async () => {
      const person = await member();
      const ids: string[] = [];
      for (let n = 0; n < 6; n += 1) {
        await browser.renew();
        ids.push((await added(person)).body.id as string);
      }
      await world.db.pool.query('delete from credentials where user_id = $1', [person.id]);
      const answers = await Promise.all(ids.map((id) => remove(person, id)));
      const kept = answers.filter(({ status }) => status !== 204);
      expect(kept.map(({ body }) => body.code as string)).toEqual(['auth.last-way-to-sign-in']);
    });
  });
});
