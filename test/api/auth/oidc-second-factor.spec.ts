import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { freshCode, memberWithApp } from '../../support/factors.js';
import { accountAt, oidcScene, signInBy, whoIn } from '../../support/oidc.js';

const scene = await oidcScene();

/** Somebody with an app for codes and an identity, who has come back from the provider. */
const atSecondFactor = async () => {
  const [person, app] = await memberWithApp(scene.world);
  const account = accountAt(scene.acme);
  await scene.link(person.id, scene.acme, account);
  const browser = scene.newBrowser();
  const landing = await signInBy(browser, account, { returnTo: '/settings?tab=1' });
  return { person, app, account, browser, landing };
};

describe('signing in by a provider with a second factor set up', () => {
  it('leads to the second factor, and is nobody until then', async () => {
    const { person, app, browser, landing } = await atSecondFactor();
    expect(landing.headers.get('location')).toBe(
      'http://mainstay.test/second-factor?return_to=%2Fsettings%3Ftab%3D1',
    );
    expect([...browser.cookies.keys()].toSorted((a, b) => (a < b ? -1 : 1))).toEqual(['mfa', 'oidc_state']);
    expect(landing.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^mfa=[\w-]{43}; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax$/),
    ]);
    expect(await whoIn(browser)).toBeUndefined();
    const code = await freshCode(scene.world, person, app);
    const answer = await browser.post('/v1/sessions/mfa', { code });
    expect(answer.status).toBe(201);
    expect(await answer.json()).toMatchObject({ user: { id: person.id }, amr: ['fed', 'otp'] });
    const rows = await scene.rows(
      'select provider, provider_sid is not null as has_sid, aal from sessions where user_id = $1 and provider is not null',
      person.id,
    );
    expect(rows).toEqual([{ provider: 'acme', has_sid: true, aal: 2 }]);
  });

  it('is over when the provider ends its session meanwhile', async () => {
    const { person, app, account, browser } = await atSecondFactor();
    const now = Math.floor(Date.now() / 1000);
    const token = await scene.acme.sign({
      iss: scene.acme.issuer,
      aud: 'mainstay',
      sub: account.sub,
      iat: now,
      exp: now + 60,
      jti: randomUUID(),
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
    });
    await request(scene.world.url)
      .post('/v1/auth/oidc/acme/backchannel-logout')
      .type('form')
      .send({ logout_token: token })
      .expect(200);
    const code = await freshCode(scene.world, person, app);
    const answer = await browser.post('/v1/sessions/mfa', { code });
    expect(await answer.json()).toMatchObject({ code: 'auth.challenge-over' });
    expect(await whoIn(browser)).toBeUndefined();
  });
});

describe('proving again by a provider with a second factor set up', () => {
  const begin = (cookie: string, code?: string) =>
    request(scene.world.url)
      .post('/v1/sudo/oidc')
      .set('cookie', cookie)
      .send({ provider: 'acme', ...(code !== undefined && { code }) });

  it('does not lead to the provider without the second factor', async () => {
    const [person, app] = await memberWithApp(scene.world);
    expect((await begin(person.cookie).expect(403)).body.code).toBe('auth.proof-incomplete');
    expect((await begin(person.cookie, 'not-a-code').expect(403)).body.code).toBe('auth.proof-wrong');
    const code = await freshCode(scene.world, person, app);
    const { body } = await begin(person.cookie, code).expect(200);
    expect(body.location).toContain(scene.acme.issuer);
  });
});
