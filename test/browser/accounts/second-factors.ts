import { describe, expect, it } from '@jest/globals';
import { dataOf } from '#libs/client';
import { codeOf } from '../../support/factors.js';
import { password } from '../../support/people.js';
import { type Account, keyed, type Stage } from '../stage.js';

export const secondFactors = (stage: () => Stage) =>
  describe('an authenticator app', () => {
    /** Each code of an app works once, so each proof here is one time step later than the one before. */
    async function withApp() {
      const account = await stage().proven();
      const { secret, uri } = dataOf(await account.client.POST('/v1/users/me/totp', { params: keyed() }));
      expect(new URL(uri).searchParams.get('secret')).toBe(secret);
      const body = { code: codeOf(secret, -30_000) };
      const enabled = dataOf(
        await account.client.POST('/v1/users/me/totp/confirmations', { params: keyed(), body }),
      );
      return { ...account, secret, codes: enabled.recovery_codes! };
    }

    async function waiting({ email }: Account) {
      const client = stage().client();
      const answer = await client.POST('/v1/sessions', { body: { email, password } });
      expect([answer.response.status, answer.data]).toEqual([
        202,
        { status: 'mfa_required', methods: ['totp', 'recovery_code'] },
      ]);
      return client;
    }

    it('is asked for a code at the next sign-in, which is no session before', async () => {
      const account = await withApp();
      expect((await account.client.GET('/v1/users/me/mfa')).data).toMatchObject({
        required: true,
        totp_confirmed_at: expect.any(String),
        recovery_codes_left: 10,
      });
      const client = await waiting(account);
      expect((await client.GET('/v1/sessions/current')).response.status).toBe(401);
      const session = await client.POST('/v1/sessions/mfa', { body: { code: codeOf(account.secret) } });
      expect(session.response.status).toBe(201);
      expect(session.data).toMatchObject({ user: { id: account.id }, amr: ['pwd', 'otp'] });
      expect((await client.GET('/v1/sessions/current')).data).toEqual(session.data);

      const sudo = await client.POST('/v1/sudo', {
        body: { password, code: codeOf(account.secret, 30_000) },
      });
      expect(sudo.data?.sudo_until).toEqual(expect.any(String));
    });

    it('can be stood in for by a recovery code, once each, until there are new ones', async () => {
      const account = await withApp();
      const [code = ''] = account.codes;
      const finish = async (given: string) =>
        (await waiting(account)).POST('/v1/sessions/mfa', { body: { code: given } });
      expect((await finish(code)).response.status).toBe(201);
      expect((await finish(code)).error).toMatchObject({ status: 401, code: 'auth.code-wrong' });

      const fresh = await account.client.POST('/v1/users/me/recovery-codes', { params: keyed() });
      expect(fresh.response.status).toBe(201);
      expect(dataOf(fresh).recovery_codes).toHaveLength(10);
      expect((await finish(account.codes[1]!)).response.status).toBe(401);
      expect((await finish(dataOf(fresh).recovery_codes[0]!)).response.status).toBe(201);
    });

    it('is removed, and then the password is enough', async () => {
      const { client, email } = await withApp();
      expect((await client.DELETE('/v1/users/me/totp')).response.status).toBe(204);
      expect((await client.GET('/v1/users/me/mfa')).data).toMatchObject({ required: false });
      const signIn = await stage().client().POST('/v1/sessions', { body: { email, password } });
      expect(signIn.response.status).toBe(201);
    });
  });
