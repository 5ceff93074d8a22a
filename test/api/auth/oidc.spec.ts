import { generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { beforeEach, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import type { UserAgent } from '../../support/user-agent.js';
import {
  accountAt,
  atProvider,
  browserOf,
  oidcScene,
  refusalOf,
  signInBy,
  whoIn,
} from '../../support/oidc.js';

const scene = await oidcScene();
const { rows, newBrowser } = scene;
let browser: UserAgent;
beforeEach(() => {
  browser = newBrowser();
});

/** The address that the provider sends back to, with other parameters. */
const changed = (back: URL, change: (parameters: URLSearchParams) => void) => {
  const url = new URL(back);
  change(url.searchParams);
  return url.href;
};

describe('the list of providers', () => {
  it('has what a sign-in page shows, and nothing else', async () => {
    const { body } = await request(scene.world.url).get('/v1/auth/oidc').expect(200);
    expect(body).toEqual({
      data: [
        { name: 'acme', label: 'Acme', location: 'http://mainstay.test/v1/auth/oidc/acme' },
        { name: 'other', label: 'other', location: 'http://mainstay.test/v1/auth/oidc/other' },
      ],
    });
  });
});

describe('leaving for the provider', () => {
  const start = (query = '') => request(scene.world.url).get(`/v1/auth/oidc/acme${query}`);

  it('takes state, nonce and PKCE along, and leaves a cookie for ten minutes', async () => {
    const response = await start().expect(303);
    const { origin, searchParams } = new URL(response.headers.location!);
    expect(origin).toBe(scene.acme.issuer);
    expect(Object.fromEntries(searchParams)).toEqual({
      client_id: 'mainstay',
      response_type: 'code',
      scope: 'openid email profile',
      redirect_uri: 'http://mainstay.test/v1/auth/oidc/acme/callback',
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
    });
    expect(response.headers['set-cookie']).toEqual([
      expect.stringMatching(/^oidc_state=[\w-]{43}; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax$/),
    ]);
  });

  it('believes no header about where to come back to', async () => {
    const { headers } = await start().set({ host: 'evil.test', 'x-forwarded-host': 'evil.test' });
    expect(headers.location).not.toContain('evil');
  });

  it('keeps nothing in the clear that the provider or the browser could use', async () => {
    const { headers } = await start().expect(303);
    const secrets = [
      ...['state', 'nonce'].map((name) => new URL(headers.location!).searchParams.get(name)!),
      /oidc_state=([^;]+)/.exec(String(headers['set-cookie']))![1]!,
    ];
    const [dump] = await rows(
      `select string_agg(row_to_json(t)::text || encode(data, 'escape'), '') as text from login_transactions t`,
    );
    for (const secret of secrets) expect(dump!.text).not.toContain(secret);
  });

  it('is only for whoever chose it: no other site sends a browser off', async () => {
    for (const site of ['cross-site', 'same-site', 'whatever']) {
      const { body } = await start().set('sec-fetch-site', site).expect(403);
      expect(body.code).toBe('auth.origin-refused');
    }
    for (const site of ['same-origin', 'none']) await start().set('sec-fetch-site', site).expect(303);
    const from = (referer: string) => start().set({ 'sec-fetch-site': 'same-site', referer });
    await from(`${scene.world.publicUrl}/sign-in`).expect(303);
    for (const page of ['https://evil.test/', `${scene.world.publicUrl}.evil.test/`, 'null', '/sign-in'])
      await from(page).expect(403);
  });

  it.each([
    '//evil.test',
    String.raw`/\evil.test`,
    'https://evil.test',
    '/\t/evil.test',
    '/.//evil.test',
    '@evil.test',
  ])('is refused when the way back leads to %j', async (returnTo) => {
    const { body } = await start(`?return_to=${encodeURIComponent(returnTo)}`).expect(422);
    expect(body.errors).toEqual([expect.objectContaining({ parameter: 'return_to' })]);
  });

  it('leads to configured providers only', async () => {
    const { body } = await request(scene.world.url).get('/v1/auth/oidc/nobody').expect(404);
    expect(body.code).toBe('auth.provider-not-found');
  });
});

describe('coming back', () => {
  it('starts a session and goes on where it was begun', async () => {
    const account = accountAt(scene.acme);
    const response = await signInBy(browser, account, { returnTo: '/settings?tab=1#keys' });
    expect(response.status).toBe(303);
    expect(response.headers.get('location')).toBe('http://mainstay.test/settings?tab=1#keys');
    expect(await whoIn(browser)).toMatchObject({ email: account.email });
    const session = `select amr, aal, provider, provider_sid from sessions join users on users.id = user_id where email = $1`;
    expect(await rows(session, account.email)).toEqual([
      { amr: ['fed'], aal: 1, provider: 'acme', provider_sid: expect.any(String) },
    ]);
  });

  it('ends the session that the browser had: nobody is given one that they know already', async () => {
    const planted = (await browserOf(scene.world, accountAt(scene.acme))).cookies.get('sid')!;
    browser.holding(`sid=${planted}`);
    await signInBy(browser, accountAt(scene.acme));
    expect(await whoIn(newBrowser().holding(`sid=${planted}`))).toBeUndefined();
    expect(await whoIn(browser)).toBeDefined();
  });

  it('works in two tabs at a time', async () => {
    const account = accountAt(scene.acme);
    const first = await atProvider(browser, account, { returnTo: '/first' });
    const second = await atProvider(browser, account, { returnTo: '/second' });
    expect((await browser.send(second.href)).headers.get('location')).toBe('http://mainstay.test/second');
    expect((await browser.send(first.href)).headers.get('location')).toBe('http://mainstay.test/first');
  });

  it('takes parameters that nobody knows, as OpenID lets providers add some', async () => {
    const back = await atProvider(browser, accountAt(scene.acme));
    const response = await browser.send(changed(back, (query) => query.set('session_state', 'x')));
    expect(response.headers.get('location')).toBe('http://mainstay.test/');
  });
});

describe('what comes back and does not hold', () => {
  const expectNobody = async (response: Response, refusal = 'failed') => {
    expect(refusalOf(response)).toBe(refusal);
    expect(response.headers.getSetCookie()).toEqual([]);
    expect(await whoIn(browser)).toBeUndefined();
  };

  it.each<[string, (query: URLSearchParams) => void]>([
    ['no state', (query) => query.delete('state')],
    ['another state', (query) => query.set('state', 'x'.repeat(43))],
    ['no issuer', (query) => query.delete('iss')],
    ['another issuer', (query) => query.set('iss', 'https://evil.test')],
    ['another code', (query) => query.set('code', 'x'.repeat(43))],
    ['no code', (query) => query.delete('code')],
  ])('is refused with %s', async (_, change) => {
    const back = await atProvider(browser, accountAt(scene.acme));
    await expectNobody(await browser.send(changed(back, change)));
  });

  it.each(['state', 'code', 'iss', 'session_state'])('is refused with %s twice', async (name) => {
    const back = await atProvider(browser, accountAt(scene.acme));
    const twice = changed(back, (query) => {
      query.set(name, query.get(name) ?? 'x');
      query.append(name, 'y');
    });
    const response = await browser.send(twice);
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ errors: [{ parameter: name }] });
    expect(await whoIn(browser)).toBeUndefined();
  });

  it('is refused when it comes again', async () => {
    const back = await atProvider(browser, accountAt(scene.acme));
    await browser.send(back.href);
    browser.cookies.delete('sid');
    await expectNobody(await browser.send(back.href));
  });

  it('is used up by a try that fails', async () => {
    const back = await atProvider(browser, accountAt(scene.acme));
    await expectNobody(await browser.send(changed(back, (query) => query.set('iss', 'https://evil.test'))));
    await expectNobody(await browser.send(back.href));
  });

  it('is good for one session, also when twenty come together', async () => {
    const account = accountAt(scene.acme);
    const back = await atProvider(browser, account);
    const answers = await Promise.all(Array.from({ length: 20 }, () => browser.send(back.href)));
    const outcomes = answers.map(
      (answer) => refusalOf(answer) ?? answer.headers.get('location') ?? answer.status,
    );
    // On a machine that is too slow for so many, the database gives some of them no connection in time: 503.
    const others = new Set<unknown>(['failed', 503]);
    expect(outcomes.filter((outcome) => !others.has(outcome))).toEqual(['http://mainstay.test/']);
    const count = `select count(*)::int as sessions from sessions join users on users.id = user_id where email = $1`;
    expect(await rows(count, account.email)).toEqual([{ sessions: 1 }]);
  });

  it('is refused in another browser: nobody is signed in as somebody else by a link', async () => {
    const attacker = newBrowser();
    const back = await atProvider(attacker, accountAt(scene.acme));
    await expectNobody(await browser.send(back.href));
    // Nor in one that is at a provider itself.
    await atProvider(browser, accountAt(scene.acme));
    await expectNobody(await browser.send(back.href));
  });

  it('is refused at the address of another provider, which never sees the code, and then used up', async () => {
    const back = await atProvider(browser, accountAt(scene.acme));
    // What a provider would do that wants the code of another one (RFC 9700 section 4.4).
    const mixedUp = changed(back, (query) => query.set('iss', scene.other.issuer)).replace(
      '/acme/',
      '/other/',
    );
    await expectNobody(await browser.send(mixedUp));
    expect(scene.other.exchanges).toBe(0);
    await expectNobody(await browser.send(back.href));
    expect(scene.acme.exchanges).toBeGreaterThan(0);
  });

  it('is refused after ten minutes by the clock of the database', async () => {
    const back = await atProvider(browser, accountAt(scene.acme));
    const [row] = await rows(`select max(expires_at - started_at)::text as lifetime from login_transactions`);
    expect(row).toEqual({ lifetime: '00:10:00' });
    await rows('update login_transactions set expires_at = now()');
    await expectNobody(await browser.send(back.href));
  });

  it.each<[string, (claims: JWTPayload) => JWTPayload]>([
    ['another nonce', (claims) => ({ ...claims, nonce: 'x' })],
    ['no nonce', (claims) => ({ ...claims, nonce: undefined })],
    ['another audience', (claims) => ({ ...claims, aud: 'another-client' })],
    ['another issuer', (claims) => ({ ...claims, iss: 'https://evil.test' })],
    ['an end in the past', (claims) => ({ ...claims, exp: 1_700_000_000 })],
    ['no end', (claims) => ({ ...claims, exp: undefined })],
    ['no subject', (claims) => ({ ...claims, sub: undefined })],
    ['a subject of 256 characters', (claims) => ({ ...claims, sub: 'x'.repeat(256) })],
  ])('is refused with an ID token with %s', async (_, tamper) => {
    scene.acme.tamper = tamper;
    await expectNobody(await signInBy(browser, accountAt(scene.acme)));
  });

  it('is refused with an ID token that another key signed', async () => {
    const back = await atProvider(browser, accountAt(scene.acme));
    const { privateKey } = await generateKeyPair('ES256');
    scene.acme.tamper = (claims) => claims;
    scene.acme.signIdToken = (claims) =>
      new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'key-1' }).sign(privateKey);
    const response = await browser.send(back.href);
    await expectNobody(response);
  });

  it('is written down', async () => {
    await expectNobody(await signInBy(browser, { sub: 'nobody' }), 'cancelled');
    // One of those before: of one network only some a minute are.
    expect(
      await rows(
        `select distinct target, outcome from audit_events where action = 'identities.use' and outcome <> 'success'`,
      ),
    ).toEqual([{ target: 'provider:acme', outcome: 'failure' }]);
  });

  it('says so when the person said no', async () => {
    await expectNobody(await signInBy(browser, { sub: 'nobody' }), 'cancelled');
  });
});
