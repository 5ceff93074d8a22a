import { describe, expect, it } from '@jest/globals';
import { mailTo } from '../../support/mails.js';
import { password } from '../../support/people.js';
import { newAddress, type Stage } from '../stage.js';

const another = 'another long sentence to remember';

export const credentials = (stage: () => Stage) =>
  describe('password and address', () => {
    const statusOf = async (email: string, given: string) => {
      const { response } = await stage()
        .client()
        .POST('/v1/sessions', {
          body: { email, password: given },
        });
      return response.status;
    };

    it('a forgotten password is replaced by mail, which ends the sessions and signs nobody in', async () => {
      const [{ email, client: before }, client] = [await stage().person(), stage().client()];
      const asked = await client.POST('/v1/password-resets', { body: { email } });
      expect([asked.response.status, asked.data]).toEqual([202, { status: 'accepted' }]);
      const token = await stage().tokenFor(email, 'Choose a new password');

      const confirm = () =>
        client.POST('/v1/password-resets/confirmations', { body: { token, password: another } });
      expect((await confirm()).response.status).toBe(204);
      expect((await confirm()).error).toMatchObject({ status: 410, code: 'auth.token-invalid' });
      for (const nobody of [before, client])
        expect((await nobody.GET('/v1/sessions/current')).response.status).toBe(401);
      expect([await statusOf(email, password), await statusOf(email, another)]).toEqual([401, 201]);
    });

    it('the own password is changed, and told by mail', async () => {
      const { email, client } = await stage().proven();
      const common = await client.PUT('/v1/users/me/password', { body: { password: 'password12345678' } });
      expect(common.error).toMatchObject({ status: 422, errors: [{ pointer: '#/password' }] });
      const changed = await client.PUT('/v1/users/me/password', { body: { password: another } });
      expect(changed.response.status).toBe(204);
      expect((await client.GET('/v1/sessions/current')).response.status).toBe(200);
      expect([await statusOf(email, password), await statusOf(email, another)]).toEqual([401, 201]);
      await expect(mailTo(stage().world, email, 'Your password was changed')).resolves.toBeDefined();
    });

    it('another address counts when it is proven in the session that asked', async () => {
      const [{ email: old, client }, email] = [await stage().proven(), newAddress()];
      const asked = await client.POST('/v1/users/me/email-changes', { body: { email } });
      expect([asked.response.status, asked.data]).toEqual([202, { status: 'accepted' }]);
      const token = await stage().tokenFor(email, 'Please prove your new address');
      const path = '/v1/users/me/email-changes/confirmations';
      expect((await stage().client().POST(path, { body: { token } })).response.status).toBe(401);
      expect((await client.POST(path, { body: { token } })).response.status).toBe(204);
      expect((await client.GET('/v1/users/me')).data).toMatchObject({ email });
      expect([await statusOf(old, password), await statusOf(email, password)]).toEqual([401, 201]);
    });

    it('a change of address can be cancelled from the old mailbox, by somebody who is signed out', async () => {
      const [{ email: old, client }, email] = [await stage().proven(), newAddress()];
      await client.POST('/v1/users/me/email-changes', { body: { email } });
      const token = await stage().tokenFor(email, 'Please prove your new address');
      const stop = await stage().tokenFor(old, 'Your address is about to change');
      const cancelled = await stage()
        .client()
        .POST('/v1/users/me/email-changes/cancellations', { body: { token: stop } });
      expect(cancelled.response.status).toBe(204);
      const late = await client.POST('/v1/users/me/email-changes/confirmations', { body: { token } });
      expect(late.error).toMatchObject({ status: 410, code: 'auth.token-invalid' });
    });
  });
