import { beforeEach, expect, it } from '@jest/globals';
import { dataOf } from '#libs/client';
import { type Browser, describeInChromium } from '../../support/browser.js';
import { password } from '../../support/people.js';
import { type Account, keyed, type Stage } from '../stage.js';

export const passkeys = (stage: () => Stage) =>
  describeInChromium('a passkey, in a real Chromium', () => {
    let browser: Browser;
    beforeEach(async () => {
      browser = stage().browser!;
      await browser.renew();
    });

    async function withPasskey(): Promise<Account & { passkeyId: string }> {
      const account = await stage().proven();
      const options = dataOf(await account.client.POST('/v1/users/me/passkeys/options'));
      const body = { name: 'Laptop', passkey: await browser.create(options) };
      const created = await account.client.POST('/v1/users/me/passkeys', { params: keyed(), body });
      expect(created.response.status).toBe(201);
      expect(created.data).toMatchObject({ name: 'Laptop', last_used_at: null });
      return { ...account, passkeyId: dataOf(created).id };
    }

    it('signs in alone', async () => {
      const [{ id }, client] = [await withPasskey(), stage().client()];
      const options = dataOf(await client.POST('/v1/sessions/passkey/options'));
      const passkey = await browser.get(options);
      const session = await client.POST('/v1/sessions/passkey', { body: { passkey } });
      expect(session.response.status).toBe(201);
      expect(session.data).toMatchObject({ user: { id }, amr: ['hwk', 'user'] });
      expect((await client.GET('/v1/sessions/current')).data).toEqual(session.data);
    });

    it('is a second factor after the password, and a proof for sensitive actions', async () => {
      const [{ email }, client] = [await withPasskey(), stage().client()];
      const first = await client.POST('/v1/sessions', { body: { email, password } });
      expect(first.data).toEqual({ status: 'mfa_required', methods: ['passkey', 'recovery_code'] });
      const options = dataOf(await client.POST('/v1/sessions/mfa/passkey/options'));
      const second = await client.POST('/v1/sessions/mfa', { body: { passkey: await browser.get(options) } });
      expect(second.data).toMatchObject({ amr: ['pwd', 'hwk', 'user'] });

      const proof = dataOf(await client.POST('/v1/sudo/passkey/options'));
      const sudo = await client.POST('/v1/sudo', { body: { passkey: await browser.get(proof) } });
      expect(sudo.data?.sudo_until).toEqual(expect.any(String));
    });

    it('is listed, and signs in no more once it is deleted', async () => {
      const { client, passkeyId: id } = await withPasskey();
      const list = async () => dataOf(await client.GET('/v1/users/me/passkeys')).data;
      expect(await list()).toMatchObject([{ id, name: 'Laptop' }]);
      const params = { path: { id } };
      const confirmed = await client.POST('/v1/users/me/passkeys/{id}/confirmations', { params });
      expect(confirmed.response.status).toBe(204);
      const deleted = await client.DELETE('/v1/users/me/passkeys/{id}', { params });
      expect([deleted.response.status, await list()]).toEqual([204, []]);

      const other = stage().client();
      const options = dataOf(await other.POST('/v1/sessions/passkey/options'));
      const late = await other.POST('/v1/sessions/passkey', {
        body: { passkey: await browser.get(options) },
      });
      expect(late.error).toMatchObject({ status: 401, code: 'auth.passkey-wrong' });
    });
  });
