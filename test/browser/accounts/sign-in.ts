import { describe, expect, it } from '@jest/globals';
import { dataOf } from '#libs/client';
import { password } from '../../support/people.js';
import { newAddress, type Stage } from '../stage.js';

export const signingIn = (stage: () => Stage) =>
  describe('signing in', () => {
    it('comes after registering and proving the address', async () => {
      const [client, email] = [stage().client(), newAddress()];
      const registered = await client.POST('/v1/registrations', { body: { email, password, name: 'New' } });
      expect([registered.response.status, registered.data]).toEqual([202, { status: 'accepted' }]);
      const early = await client.POST('/v1/sessions', { body: { email, password } });
      expect(early.error).toMatchObject({ status: 401, code: 'auth.invalid-credentials' });

      const token = await stage().tokenFor(email, 'Please verify your address');
      const verified = await client.POST('/v1/email-verifications', { body: { token } });
      expect(verified.response.status).toBe(204);
      const again = await client.POST('/v1/email-verifications', { body: { token } });
      expect(again.error).toMatchObject({ status: 410, code: 'auth.token-invalid' });

      const session = await client.POST('/v1/sessions', { body: { email, password } });
      expect(session.response.status).toBe(201);
      expect(session.data).toMatchObject({ user: { email, role: 'member' }, amr: ['pwd'], sudo_until: null });
      const current = dataOf(await client.GET('/v1/sessions/current'));
      expect(current).toEqual(session.data);
    });

    it('shows where somebody is signed in, and ends one session, all others, or this one', async () => {
      const laptop = await stage().person();
      const phone = await stage().signIn(laptop.email);
      const sessions = async () => dataOf(await laptop.client.GET('/v1/sessions')).data;
      const isIn = async ({ client }: typeof laptop) => (await client.GET('/v1/users/me')).response.ok;

      const other = dataOf(await phone.client.GET('/v1/sessions/current')).id;
      expect((await sessions()).find(({ id }) => id === other)).toMatchObject({ current: false });
      const ended = await laptop.client.DELETE('/v1/sessions/{id}', { params: { path: { id: other } } });
      expect([ended.response.status, await isIn(phone)]).toEqual([204, false]);

      const tablet = await stage().signIn(laptop.email);
      const left = await laptop.client.DELETE('/v1/sessions');
      expect([left.response.status, await isIn(tablet)]).toEqual([204, false]);
      expect(await sessions()).toMatchObject([{ current: true }]);

      expect((await laptop.client.DELETE('/v1/sessions/current')).response.status).toBe(204);
      expect(await isIn(laptop)).toBe(false);
    });

    it('is not enough for sensitive actions, which a proof opens for ten minutes', async () => {
      const { client } = await stage().person();
      const change = () => client.POST('/v1/users/me/email-changes', { body: { email: newAddress() } });
      expect((await change()).error).toMatchObject({ status: 403, code: 'access.sudo-required' });
      const wrong = await client.POST('/v1/sudo', { body: { password: 'not the one of this person' } });
      expect(wrong.error).toMatchObject({ status: 403, code: 'auth.proof-wrong' });

      const { sudo_until: until } = dataOf(await client.POST('/v1/sudo', { body: { password } }));
      const minutes = (Date.parse(until!) - Date.now()) / 60_000;
      expect(Math.round(minutes)).toBe(10);
      expect((await change()).response.status).toBe(202);
    });
  });
