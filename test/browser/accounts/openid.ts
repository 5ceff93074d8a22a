import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { type Client, dataOf } from '#libs/client';
import type { Account as Identity } from '../../support/identity-provider.js';
import { accountAt } from '../../support/oidc.js';
import { UserAgent } from '../../support/user-agent.js';
import { form, type Stage } from '../stage.js';

export const openid = (stage: () => Stage) =>
  describe('an OpenID provider', () => {
    const provider = 'acme';

    /** Goes to the provider, is this person there, and comes back in the browser of the client; where to in the end. */
    async function through(client: Client, location: string, { sub }: Pick<Identity, 'sub'>) {
      const back = await new UserAgent(stage().world).logInAt(location, sub);
      const { state, code, iss } = Object.fromEntries(back.searchParams);
      const { response } = await client.GET('/v1/auth/oidc/{provider}/callback', {
        params: { path: { provider }, query: { state, code, iss } },
        redirect: 'manual',
      });
      expect(response.status).toBe(303);
      return response.headers.get('location');
    }

    async function signedInBy(identity: Identity): Promise<Client> {
      const client = stage().client();
      const { response } = await client.GET('/v1/auth/oidc/{provider}', {
        params: { path: { provider }, query: { return_to: '/welcome' } },
        redirect: 'manual',
      });
      expect(response.status).toBe(303);
      const landing = await through(client, response.headers.get('location')!, identity);
      expect(landing).toBe(`${stage().world.publicUrl}/welcome`);
      return client;
    }

    it('is offered, and signs in somebody new', async () => {
      const { data } = dataOf(await stage().client().GET('/v1/auth/oidc'));
      const location = `${stage().world.publicUrl}/v1/auth/oidc/acme`;
      expect(data).toContainEqual({ name: provider, label: 'Acme', location });
      const identity = accountAt(stage().scene.acme);
      const session = dataOf(await (await signedInBy(identity)).GET('/v1/sessions/current'));
      expect(session).toMatchObject({ user: { email: identity.email, name: 'Ada' }, amr: ['fed'] });
    });

    it('is linked to an account, opens sensitive actions, is listed and unlinked', async () => {
      const { id, client } = await stage().proven();
      const identity = accountAt(stage().scene.acme);
      const body = { provider, return_to: '/settings' };
      const settings = `${stage().world.publicUrl}/settings`;
      const linking = dataOf(await client.POST('/v1/users/me/identities', { body }));
      expect(await through(client, linking.location, identity)).toBe(settings);

      const other = await signedInBy(identity);
      const list = async () => dataOf(await other.GET('/v1/users/me/identities')).data;
      expect(await list()).toMatchObject([{ provider, issuer: stage().scene.acme.issuer }]);
      expect(dataOf(await other.GET('/v1/sessions/current'))).toMatchObject({
        user: { id },
        sudo_until: null,
      });
      const sudo = dataOf(await other.POST('/v1/sudo/oidc', { body }));
      expect(await through(other, sudo.location, identity)).toBe(settings);
      expect(dataOf(await other.GET('/v1/sessions/current')).sudo_until).toEqual(expect.any(String));

      const path = { id: (await list())[0]!.id };
      const confirmed = await other.POST('/v1/users/me/identities/{id}/confirmations', { params: { path } });
      expect(confirmed.response.status).toBe(204);
      const unlinked = await other.DELETE('/v1/users/me/identities/{id}', { params: { path } });
      expect([unlinked.response.status, await list()]).toEqual([204, []]);
    });

    it('ends what it opened when somebody signs out there', async () => {
      const { acme } = stage().scene;
      const identity = accountAt(acme);
      const client = await signedInBy(identity);
      const now = Math.floor(Date.now() / 1000);
      const claims = {
        iss: acme.issuer,
        aud: 'mainstay',
        sub: identity.sub,
        iat: now,
        exp: now + 60,
        jti: randomUUID(),
        events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
      };
      const told = await stage()
        .client()
        .POST('/v1/auth/oidc/{provider}/backchannel-logout', {
          params: { path: { provider } },
          headers: form,
          body: { logout_token: await acme.sign(claims, { typ: 'logout+jwt' }) },
        });
      expect(told.response.status).toBe(200);
      expect((await client.GET('/v1/sessions/current')).response.status).toBe(401);
    });
  });
