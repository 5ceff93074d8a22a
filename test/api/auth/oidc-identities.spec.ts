import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { eventually } from '#libs/testing';
import { auditOf } from '../../support/factors.js';
import type { Account } from '../../support/identity-provider.js';
import {
  accountAt,
  atProvider,
  browserOf,
  oidcScene,
  refusalOf,
  signInBy,
  whoIn,
} from '../../support/oidc.js';
import { signedIn } from '../../support/people.js';

const scene = await oidcScene();
const { rows, newBrowser, subjectsOf } = scene;

describe('somebody unknown', () => {
  it('gets an account when the provider vouches for the address and its word counts', async () => {
    const account = accountAt(scene.acme, { email: `Ada.${randomUUID()}@Example.com`, name: 'Ada Lovelace' });
    const user = await whoIn(await browserOf(scene.world, account));
    expect(user).toMatchObject({ email: account.email!.toLowerCase(), name: 'Ada Lovelace', role: 'member' });
    expect(await subjectsOf(user!.id)).toEqual([{ issuer: scene.acme.issuer, subject: account.sub }]);
    expect(await auditOf(scene.world, user!)).toEqual(
      expect.arrayContaining(['users.register', 'identities.link', 'identities.use']),
    );
    expect(await rows('select 1 from credentials where user_id = $1', user!.id)).toEqual([]);
  });

  it('is the same user next time, whatever the address is by then', async () => {
    const account = accountAt(scene.acme);
    const first = await whoIn(await browserOf(scene.world, account));
    account.email = `moved-${account.email!}`;
    expect(await whoIn(await browserOf(scene.world, account))).toEqual(first);
  });

  it('is one user, also when three tabs come back together', async () => {
    const account = accountAt(scene.acme);
    const tabs = [newBrowser(), newBrowser(), newBrowser()];
    const backs = await Promise.all(tabs.map((tab) => atProvider(tab, account)));
    await Promise.all(tabs.map((tab, n) => tab.send(backs[n]!.href)));
    const users = await Promise.all(tabs.map(whoIn));
    expect(users[0]).toMatchObject({ email: account.email });
    expect(users).toEqual([users[0], users[0], users[0]]);
  });

  it.each<[string, Partial<Account>]>([
    ['that is not verified', { email_verified: false }],
    ['of which it does not say that it is verified', { email_verified: undefined }],
    ['that is called verified in another type', { email_verified: 'true' as never }],
    ['that is none', { email: 'nobody' }],
    ['with letters that look like others', { email: 'аda@example.com' }],
  ])('is refused with an address %s', async (_, given) => {
    const account = accountAt(scene.acme, given);
    const browser = newBrowser();
    expect(refusalOf(await signInBy(browser, account))).toBe('email_unverified');
    expect(await rows('select 1 from users where email = $1', account.email)).toEqual([]);
    expect(await whoIn(browser)).toBeUndefined();
  });

  it('is refused without an address, and by a provider whose word does not count', async () => {
    const nameless = accountAt(scene.acme, { email: undefined });
    expect(refusalOf(await signInBy(newBrowser(), nameless))).toBe('email_unverified');
    const foreign = accountAt(scene.other);
    expect(refusalOf(await signInBy(newBrowser(), foreign, { provider: 'other' }))).toBe('email_unverified');
  });

  it('does not learn from an address that is not proven whether it has an account', async () => {
    const { email } = await signedIn(scene.world, 'member');
    const account = accountAt(scene.acme, { email, email_verified: false });
    expect(refusalOf(await signInBy(newBrowser(), account))).toBe('email_unverified');
  });

  it.each(['active', 'invited', 'disabled'])(
    'gets nowhere with the address of an %s account',
    async (status) => {
      const { id, email } = await signedIn(scene.world, 'admin');
      await rows('update users set status = $2 where id = $1', id, status);
      const browser = newBrowser();
      expect(refusalOf(await signInBy(browser, accountAt(scene.acme, { email })))).toBe('account_exists');
      expect(await whoIn(browser)).toBeUndefined();
      expect(await subjectsOf(id)).toEqual([]);
    },
  );

  it('finds nothing left by a squatter who registered the address before', async () => {
    const account = accountAt(scene.acme);
    const register = { email: account.email, password: 'the password of a squatter', name: 'Squatter' };
    await request(scene.world.url).post('/v1/registrations').send(register).expect(202);
    const token = await eventually(async () => {
      const { body } = await request(scene.world.url).get('/dev/mail').query({ to: account.email });
      return /#token=([\w-]{43})/.exec((body.data as { text: string }[])[0]?.text ?? '')?.[1];
    });
    const browser = await browserOf(scene.world, account);
    expect(await whoIn(browser)).toMatchObject({ name: 'Ada' });
    await request(scene.world.url).post('/v1/email-verifications').send({ token }).expect(410);
    const { email, password: theirs } = register;
    await request(scene.world.url).post('/v1/sessions').send({ email, password: theirs }).expect(401);
  });
});

describe('an identity of a disabled account', () => {
  it('opens nothing', async () => {
    const account = accountAt(scene.acme);
    const user = await whoIn(await browserOf(scene.world, account));
    await rows(`update users set status = 'disabled' where id = $1`, user!.id);
    const browser = newBrowser();
    expect(refusalOf(await signInBy(browser, account))).toBe('account_closed');
    expect(await whoIn(browser)).toBeUndefined();
  });
});
