import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import request from 'supertest';
import { eventually } from '#libs/testing';
import type { UserAgent } from '../../support/user-agent.js';
import { accountAt, browserOf, oidcScene, whoIn } from '../../support/oidc.js';

const event = 'http://schemas.openid.net/event/backchannel-logout';

const scene = await oidcScene();
const { rows } = scene;

const now = () => Math.floor(Date.now() / 1000);

/** What the provider says of somebody, valid in every point that is not given. */
const claimsFor = (given: JWTPayload): JWTPayload => ({
  iss: scene.acme.issuer,
  aud: 'mainstay',
  iat: now(),
  exp: now() + 60,
  jti: randomUUID(),
  events: { [event]: {} },
  ...given,
});
const signed = (given: JWTPayload, header: Record<string, unknown> = { typ: 'logout+jwt' }) =>
  scene.acme.sign(claimsFor(given), header);

const send = (token: string, provider = 'acme') =>
  request(scene.world.url)
    .post(`/v1/auth/oidc/${provider}/backchannel-logout`)
    .type('form')
    .send({ logout_token: token });

/** Somebody who is signed in by acme, and the provider's name for that session. */
const signedInPerson = async () => {
  const { sub, ...account } = accountAt(scene.acme);
  const browser = await browserOf(scene.world, { sub, ...account });
  const { id } = (await whoIn(browser))!;
  const [row] = await rows('select provider_sid as sid from sessions where user_id = $1', id);
  return { sub, sid: String(row!.sid), id, browser, account: { sub, ...account } };
};
const isIn = async (browser: UserAgent) => (await whoIn(browser)) !== undefined;

describe('signing out at the provider', () => {
  it('signs out here: the provider says so by itself', async () => {
    const { browser } = await signedInPerson();
    const page = await (await browser.send(`${scene.acme.issuer}/session/end`)).text();
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(page)![1]!;
    await browser.send(`${scene.acme.issuer}/session/end/confirm`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ xsrf, logout: 'yes' }).toString(),
    });
    await expect(eventually(async () => !(await isIn(browser)))).resolves.toBe(true);
  });
});

describe('a logout token', () => {
  it('with a session ends just that one', async () => {
    const { sub, sid, browser, account } = await signedInPerson();
    const other = await browserOf(scene.world, account);
    const response = await send(await signed({ sub, sid })).expect(200);
    expect(response.headers['cache-control']).toBe('no-store');
    expect(response.text).toBe('');
    expect(await isIn(browser)).toBe(false);
    expect(await isIn(other)).toBe(true);
  });

  it('with a subject ends all that this provider opened for them, and writes it down', async () => {
    const { sub, id, browser, account } = await signedInPerson();
    const stranger = await signedInPerson();
    const other = await browserOf(scene.world, account);
    // A session that a password opened.
    await rows('update sessions set provider = null where token_hash = sha256($1)', other.cookies.get('sid'));
    await send(await signed({ sub })).expect(200);
    expect(await isIn(browser)).toBe(false);
    expect(await isIn(other)).toBe(true);
    expect(await isIn(stranger.browser)).toBe(true);
    const events = await rows(
      `select meta from audit_events where action = 'sessions.end-by-provider' order by seq desc limit 1`,
    );
    expect(events).toEqual([{ meta: expect.objectContaining({ provider: 'acme', sessions: 1 }) }]);
    expect(id).toBeDefined();
  });

  it('for somebody unknown is fine, and ends nothing', async () => {
    const { browser } = await signedInPerson();
    await send(await signed({ sub: 'nobody', sid: 'nothing' })).expect(200);
    await send(await signed({ sub: 'nobody' })).expect(200);
    expect(await isIn(browser)).toBe(true);
  });

  it('without a type is taken, as older providers send it', async () => {
    const { sid, browser } = await signedInPerson();
    await send(await signed({ sid }, {})).expect(200);
    expect(await isIn(browser)).toBe(false);
  });

  it('works once, also when twenty come together', async () => {
    const { sub, account } = await signedInPerson();
    const token = await signed({ sub });
    const answers = await Promise.all(Array.from({ length: 20 }, () => send(token)));
    const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b);
    expect(statuses).toEqual([200, ...Array<number>(19).fill(400)]);
    const later = await browserOf(scene.world, account);
    await send(token).expect(400);
    expect(await isIn(later)).toBe(true);
  });

  it.each<[string, JWTPayload]>([
    ['of another issuer', { iss: 'https://evil.test' }],
    ['for another client', { aud: 'another-client' }],
    ['without an event', { events: undefined }],
    ['with another event', { events: { 'https://evil.test/event': {} } }],
    ['with an event that is no object', { events: { [event]: 'yes' } }],
    ['with a nonce, as an ID token has', { nonce: 'x' }],
    ['without an id', { jti: undefined }],
    ['without an issue time', { iat: undefined }],
    ['without an end', { exp: undefined }],
    ['that has ended', { exp: 1_700_000_000 }],
    ['from an hour ago', { iat: 0 }],
    ['from the future', { iat: 4_000_000_000, exp: 4_000_000_060 }],
  ])('%s is refused', async (_, claims) => {
    const { sub, sid, browser } = await signedInPerson();
    const at = claims.iat === 0 ? { iat: now() - 3600 } : claims;
    const { body } = await send(await signed({ sub, sid, ...at })).expect(400);
    expect(body.code).toBe('auth.logout-token-invalid');
    expect(await isIn(browser)).toBe(true);
  });

  it('that names neither session nor subject is refused', async () => {
    await send(await signed({})).expect(400);
  });

  it('of another kind is refused, an ID token for example', async () => {
    const { sub, sid, browser } = await signedInPerson();
    for (const typ of ['JWT', 'at+jwt', 'secevent+jwt'])
      await send(await signed({ sub, sid }, { typ })).expect(400);
    expect(await isIn(browser)).toBe(true);
  });

  it('that the provider did not sign is refused', async () => {
    const { sub, sid, browser } = await signedInPerson();
    const { privateKey } = await generateKeyPair('ES256');
    const claims = claimsFor({ sub, sid });
    const header = { alg: 'ES256', kid: 'key-1', typ: 'logout+jwt' };
    const forged = [
      await new SignJWT(claims).setProtectedHeader(header).sign(privateKey),
      await new SignJWT(claims).setProtectedHeader({ ...header, kid: 'key-2' }).sign(privateKey),
      await new SignJWT(claims)
        .setProtectedHeader({ alg: 'HS256', typ: 'logout+jwt' })
        .sign(Buffer.from('a secret of the provider')),
      new UnsecuredJWT(claims).encode(),
      `${(await signed({ sub, sid })).split('.').slice(0, 2).join('.')}.`,
      'no.token.at-all',
      '',
      'x'.repeat(8000),
    ];
    for (const token of forged) await send(token).expect(400);
    expect(await isIn(browser)).toBe(true);
  });

  it('of one provider is nothing to another', async () => {
    const { sub, sid, browser } = await signedInPerson();
    await send(await signed({ sub, sid }), 'other').expect(400);
    await send(await signed({ sub, sid }), 'nobody').expect(404);
    expect(await isIn(browser)).toBe(true);
  });
});

describe('the body', () => {
  it('is a form here, and nowhere else', async () => {
    const path = '/v1/auth/oidc/acme/backchannel-logout';
    await request(scene.world.url).post(path).send({ logout_token: 'x' }).expect(415);
    await request(scene.world.url).post('/v1/sessions').type('form').send({ email: 'x' }).expect(415);
    await request(scene.world.url).post(path).expect(422);
  });

  it('may hold what nobody knows, but the token only once', async () => {
    const { sid, browser } = await signedInPerson();
    const token = await signed({ sid });
    const post = (body: string) =>
      request(scene.world.url).post('/v1/auth/oidc/acme/backchannel-logout').type('form').send(body);
    await post(`logout_token=${token}&logout_token=${token}`).expect(400);
    expect(await isIn(browser)).toBe(true);
    await post(`logout_token=${token}&state=x`).expect(200);
    expect(await isIn(browser)).toBe(false);
  });
});
