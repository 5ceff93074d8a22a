import { describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { eventually } from '#libs/testing';
import { auditOf } from '../../support/factors.js';
import type { UserAgent } from '../../support/user-agent.js';
import type { Account } from '../../support/identity-provider.js';
import { accountAt, browserOf, oidcScene, refusalOf, signInBy, whoIn } from '../../support/oidc.js';
import { inSudo, password, type Person, signedIn } from '../../support/people.js';

const scene = await oidcScene();
const { rows, newBrowser, subjectsOf } = scene;

/** A browser of somebody with a password, in which sensitive actions are open. */
const sudoBrowser = async (person?: Person) => {
  const owner = await inSudo(scene.world, person ?? (await signedIn(scene.world, 'member')));
  return { owner, browser: newBrowser().holding(owner.cookie) };
};

type Path = '/v1/users/me/identities' | '/v1/sudo/oidc';

/** Begins at the API and proves at the provider to be this account. Returns the address of the callback. */
const atProvider = async (browser: UserAgent, path: Path, { sub }: Account, provider = 'acme') => {
  const response = await browser.post(path, { provider, return_to: '/settings' });
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
  const { location } = (await response.json()) as { location: string };
  return browser.logInAt(location, sub);
};
/** Sends the callback, too. Returns what the API answers to it. */
const throughProvider = async (browser: UserAgent, path: Path, account: Account, provider?: string) =>
  browser.send((await atProvider(browser, path, account, provider)).href);
const link = (browser: UserAgent, account: Account, provider?: string) =>
  throughProvider(browser, '/v1/users/me/identities', account, provider);

describe('linking an identity', () => {
  it('makes it a way to sign in, says so by mail, and writes it down', async () => {
    const { owner, browser } = await sudoBrowser();
    const account = accountAt(scene.other, { email_verified: false });
    const landing = await link(browser, account, 'other');
    expect(landing.headers.get('location')).toBe('http://mainstay.test/settings');
    const list = (await (await browser.get('/v1/users/me/identities')).json()) as { data: object[] };
    expect(list.data).toEqual([
      {
        id: expect.any(String),
        provider: 'other',
        issuer: scene.other.issuer,
        created_at: expect.any(String),
        last_used_at: expect.any(String),
        suspended_at: null,
      },
    ]);
    expect(await whoIn(await browserOf(scene.world, account, 'other'))).toMatchObject({ id: owner.id });
    expect(await auditOf(scene.world, owner)).toContain('identities.link');
    const mail = await eventually(async () => {
      const { body } = await request(scene.world.url).get('/dev/mail').query({ to: owner.email });
      return (body.data as { subject: string; text: string }[])[0];
    });
    expect(mail).toMatchObject({ subject: 'A way to sign in was added' });
  });

  it('signs nobody in while a recovery has suspended it, also when it opens no account of its own', async () => {
    const account = accountAt(scene.acme);
    const { owner } = await sudoBrowser();
    await scene.link(owner.id, scene.acme, account);
    const suspend = 'update identities set suspended_at = $2 where subject = $1';
    await scene.rows(suspend, account.sub, new Date());
    expect(refusalOf(await signInBy(scene.newBrowser(), account))).toBe('identity_suspended');
    await scene.rows(suspend, account.sub, null);
    expect(await whoIn(await browserOf(scene.world, account))).toMatchObject({ id: owner.id });
  });

  it('needs a session and a proof a moment ago', async () => {
    const begin = (cookie?: string) => {
      const call = request(scene.world.url).post('/v1/users/me/identities').send({ provider: 'acme' });
      return cookie ? call.set('cookie', cookie) : call;
    };
    const { cookie } = await signedIn(scene.world, 'member');
    await begin().expect(401);
    expect((await begin(cookie).expect(403)).body.code).toBe('access.sudo-required');
  });

  it('is for the user who began it: a session of another, or of nobody, finishes nothing', async () => {
    const account = accountAt(scene.acme);
    const { owner, browser } = await sudoBrowser();
    const back = await atProvider(browser, '/v1/users/me/identities', account);
    const stranger = await signedIn(scene.world, 'member');
    browser.holding(stranger.cookie);
    expect(refusalOf(await browser.send(back.href))).toBe('other_user');
    expect([...(await subjectsOf(owner.id)), ...(await subjectsOf(stranger.id))]).toEqual([]);
    const second = await sudoBrowser();
    const there = await atProvider(second.browser, '/v1/users/me/identities', account);
    second.browser.cookies.delete('sid');
    const answer = await second.browser.send(there.href);
    expect(refusalOf(answer)).toBe('other_user');
    expect(answer.headers.getSetCookie()).toEqual([]);
    expect(await subjectsOf(second.owner.id)).toEqual([]);
  });

  it('takes nobody’s identity away, and one of each provider is enough', async () => {
    const taken = accountAt(scene.acme);
    const first = await whoIn(await browserOf(scene.world, taken));
    const { owner, browser } = await sudoBrowser();
    expect(refusalOf(await link(browser, taken))).toBe('other_user');
    expect(await subjectsOf(first!.id)).toHaveLength(1);
    const own = accountAt(scene.acme);
    await link(browser, own);
    expect(refusalOf(await link(newBrowser().holding(owner.cookie), own))).toBeNull();
    // At the provider the browser is still the first account, so another browser is needed to be another.
    expect(refusalOf(await link(newBrowser().holding(owner.cookie), accountAt(scene.acme)))).toBe(
      'already_linked',
    );
    expect(await subjectsOf(owner.id)).toEqual([{ issuer: scene.acme.issuer, subject: own.sub }]);
  });

  it('comes from our pages only', async () => {
    const { owner } = await sudoBrowser();
    const { body } = await request(scene.world.url)
      .post('/v1/users/me/identities')
      .set({ cookie: owner.cookie, origin: 'https://evil.test' })
      .send({ provider: 'acme' })
      .expect(403);
    expect(body.code).toBe('auth.origin-refused');
  });
});

describe('unlinking an identity', () => {
  const idsOf = async (browser: UserAgent) =>
    ((await (await browser.get('/v1/users/me/identities')).json()) as { data: { id: string }[] }).data.map(
      ({ id }) => id,
    );
  const unlink = (browser: UserAgent, id: string) => browser.delete(`/v1/users/me/identities/${id}`);

  /** Makes whoever wants to change one wait, so that several go on at the same moment. */
  const holdIdentities = async () => {
    const client = await scene.world.db.pool.connect();
    await client.query('begin; select 1 from identities for update');
    return async () => {
      await client.query('commit');
      client.release();
    };
  };

  it('closes that way, ends all other sessions, says so by mail, and writes it down', async () => {
    const { owner, browser } = await sudoBrowser();
    const account = accountAt(scene.other);
    await link(browser, account, 'other');
    const elsewhere = await browserOf(scene.world, account, 'other');
    const [id] = await idsOf(browser);
    expect((await unlink(browser, id!)).status).toBe(204);
    expect(await whoIn(elsewhere)).toBeUndefined();
    expect(await whoIn(browser)).toMatchObject({ id: owner.id });
    expect(refusalOf(await signInBy(newBrowser(), account, { provider: 'other' }))).toBe('email_unverified');
    expect(await auditOf(scene.world, owner)).toContain('identities.unlink');
    await eventually(async () => {
      const { body } = await request(scene.world.url).get('/dev/mail').query({ to: owner.email });
      return (body.data as { subject: string }[])[0]?.subject === 'A way to sign in was removed';
    });
  });

  it('is refused for somebody else’s, and without a proof a moment ago', async () => {
    const { browser } = await sudoBrowser();
    await link(browser, accountAt(scene.acme));
    const [id] = await idsOf(browser);
    const stranger = await sudoBrowser();
    expect((await unlink(stranger.browser, id!)).status).toBe(404);
    const idle = await signedIn(scene.world, 'member');
    expect((await unlink(newBrowser().holding(idle.cookie), id!)).status).toBe(403);
    expect(await idsOf(browser)).toEqual([id]);
  });

  it('is refused for the last way to sign in, also when two go at once', async () => {
    const account = accountAt(scene.acme);
    const browser = await browserOf(scene.world, account);
    await throughProvider(browser, '/v1/sudo/oidc', account);
    const [only] = await idsOf(browser);
    const refused = await unlink(browser, only!);
    expect(refused.status).toBe(409);
    expect(await refused.json()).toMatchObject({ code: 'auth.last-way-to-sign-in' });
    await link(browser, accountAt(scene.other), 'other');
    const both = await idsOf(browser);
    const release = await holdIdentities();
    const answers = both.map((id) => unlink(browser, id));
    await eventually(async () => (await rows('select 1 from pg_locks where not granted')).length >= 2);
    await release();
    const statuses = (await Promise.all(answers)).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([204, 409]));
    expect(await idsOf(browser)).toHaveLength(1);
  });

  it('does not count an identity of a provider that is no longer configured', async () => {
    const account = accountAt(scene.acme);
    const browser = await browserOf(scene.world, account);
    await throughProvider(browser, '/v1/sudo/oidc', account);
    const { id } = (await whoIn(browser))!;
    await rows(
      `insert into identities (id, user_id, issuer, subject) values (gen_random_uuid(), $1, 'https://gone.example', 'x')`,
      id,
    );
    const acme = await rows(
      'select id from identities where user_id = $1 and issuer = $2',
      id,
      scene.acme.issuer,
    );
    expect((await unlink(browser, String(acme[0]!.id))).status).toBe(409);
  });
});

describe('proving again at a provider who it is', () => {
  const sudoUntil = async (browser: UserAgent) =>
    ((await (await browser.get('/v1/sessions/current')).json()) as { sudo_until: string | null }).sudo_until;

  it('opens sensitive actions and renews the cookie', async () => {
    const account = accountAt(scene.acme);
    const browser = await browserOf(scene.world, account);
    const before = browser.cookies.get('sid')!;
    expect(await sudoUntil(browser)).toBeNull();
    const landing = await throughProvider(browser, '/v1/sudo/oidc', account);
    expect(landing.headers.get('location')).toBe('http://mainstay.test/settings');
    expect(Date.parse((await sudoUntil(browser))!)).toBeGreaterThan(Date.now() + 9 * 60_000);
    expect(await whoIn(newBrowser().holding(`sid=${before}`))).toBeUndefined();
    const { id } = (await whoIn(browser))!;
    const query = `select target from audit_events where actor_id = $1 and action = 'sudo.enter'`;
    expect(await rows(query, id)).toEqual([{ target: expect.stringMatching(/^session:/) }]);
  });

  it.each<[string, object]>([
    ['does not say when', { auth_time: undefined }],
    ['asked an hour ago', { auth_time: Math.floor(Date.now() / 1000) - 3600 }],
    ['says it in another type', { auth_time: String(Math.floor(Date.now() / 1000)) }],
  ])('fails when the provider %s', async (_, claims) => {
    const account = accountAt(scene.acme);
    const browser = await browserOf(scene.world, account);
    scene.acme.tamper = (real) => ({ ...real, ...claims });
    expect(refusalOf(await throughProvider(browser, '/v1/sudo/oidc', account))).toMatch(
      /^(not_fresh|failed)$/,
    );
    expect(await sudoUntil(browser)).toBeNull();
  });

  it('fails for another identity, and for an attempt to sign in', async () => {
    const account = accountAt(scene.acme);
    const browser = await browserOf(scene.world, account);
    const foreign = accountAt(scene.other);
    const linked = await sudoBrowser();
    await link(linked.browser, foreign, 'other');
    const answer = await throughProvider(browser, '/v1/sudo/oidc', foreign, 'other');
    expect(refusalOf(answer)).toBe('other_user');
    await signInBy(browser, account);
    expect(await sudoUntil(browser)).toBeNull();
  });

  it('needs a session', async () => {
    await request(scene.world.url).post('/v1/sudo/oidc').send({ provider: 'acme' }).expect(401);
  });
});

it('uses the password as before beside it', async () => {
  const { owner, browser } = await sudoBrowser();
  await link(browser, accountAt(scene.acme));
  await request(scene.world.url).post('/v1/sessions').send({ email: owner.email, password }).expect(201);
});
