import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { startWorld, type World } from '../../support/apps.js';
import { issuedKey } from '../../support/machines.js';
import { mailTo } from '../../support/mails.js';
import { inSudo, type Person, signedIn } from '../../support/people.js';
import { listedRoutes } from '../../support/routes.js';

const here = 'test/api/auth/new-credentials.spec.ts';
const recovery = ['test/api/auth/recovery.spec.ts', 'is told to the owner by mail: %s'] as const;
const rights = [
  'test/api/users/rights.spec.ts',
  '$route $what, and the owner and every administrator are told',
] as const;

/** Every route that opens a way in or opens one wider, with the test that shows who is told by mail: its file and its name. */
const ways: Record<string, readonly [file: string, name: string]> = {
  'PATCH /v1/service-clients/:id': [here, 'a service is told to all administrators'],
  'PATCH /v1/users/:id': rights,
  'POST /v1/api-keys': [here, 'a new API key is told to its owner'],
  'POST /v1/password-resets/confirmations': [
    'test/api/auth/recovery.spec.ts',
    'says what still works, so that the owner looks through it',
  ],
  'POST /v1/service-clients': [here, 'a service is told to all administrators'],
  'POST /v1/user-imports': [
    'test/api/users/rights.spec.ts',
    'gives roles in sudo, and the owners and every administrator are told',
  ],
  'POST /v1/users': rights,
  'POST /v1/users/:id/impersonations': [
    'test/api/auth/impersonation.spec.ts',
    'is told to the user, by mail and in the list of sessions, who can end it',
  ],
  'POST /v1/users/me/email-changes/confirmations': [
    'test/api/auth/email-changes.spec.ts',
    'takes effect when the new one is proven, and both mailboxes hear of it',
  ],
  'POST /v1/users/me/identities': [
    'test/api/auth/oidc-linking.spec.ts',
    'makes it a way to sign in, says so by mail, and writes it down',
  ],
  'POST /v1/users/me/identities/:id/confirmations': [
    here,
    'an identity that was suspended is told to its owner',
  ],
  'POST /v1/users/me/passkeys': recovery,
  'POST /v1/users/me/passkeys/:id/confirmations': [
    'test/browser/suspended-passkeys.spec.ts',
    'neither signs in nor is asked for, and works again when its owner confirms it',
  ],
  'POST /v1/users/me/recovery-codes': recovery,
  'POST /v1/users/me/totp/confirmations': [
    'test/api/auth/totp.spec.ts',
    'ends the other sessions and waiting sign-ins, and its owner is told',
  ],
  'PUT /v1/users/me/password': [
    'test/api/auth/passwords.spec.ts',
    'lets the new one in and the old one no longer, and says so by mail and in the audit log',
  ],
};

/** Routes that open nothing that lasts: they sign in with what is there, begin what another route ends, or change other things. */
const others = [
  'PATCH /v1/dead-letters/:id',
  'PATCH /v1/users/me',
  'POST /v1/auth/oidc/:provider/backchannel-logout',
  'POST /v1/dead-letters/discards',
  'POST /v1/dead-letters/redrives',
  'POST /v1/email-verifications',
  'POST /v1/oauth/token',
  'POST /v1/password-resets',
  'POST /v1/registrations',
  'POST /v1/sessions',
  'POST /v1/sessions/mfa',
  'POST /v1/sessions/mfa/passkey/options',
  'POST /v1/sessions/passkey',
  'POST /v1/sessions/passkey/options',
  'POST /v1/sudo',
  'POST /v1/sudo/oidc',
  'POST /v1/sudo/passkey/options',
  'POST /v1/user-exports',
  'POST /v1/users/me/email-changes',
  'POST /v1/users/me/email-changes/cancellations',
  'POST /v1/users/me/passkeys/options',
  'POST /v1/users/me/totp',
  'PUT /v1/ops/log-level',
  'PUT /v1/queues/:name/limit',
  'PUT /v1/queues/:name/state',
];

describe('a route that makes something', () => {
  it('is known here, with whom it tells when that is a way in', () => {
    const routes = listedRoutes()
      .filter(({ method }) => ['POST', 'PUT', 'PATCH'].includes(method))
      .map(({ method, path }) => `${method} ${path}`);
    expect([...Object.keys(ways), ...others].toSorted()).toEqual(routes.toSorted());
  });

  it.each(Object.entries(ways))('%s has a test of the mail', (_, [file, name]) => {
    expect(readFileSync(file, 'utf8')).toContain(`'${name}'`);
  });
});

describe('with a worker', () => {
  let world: World;
  let admin: Person;
  let other: Person;
  beforeAll(async () => {
    world = await startWorld({ worker: true });
    admin = await inSudo(world, await signedIn(world, 'admin'));
    other = await signedIn(world, 'admin');
  });
  afterAll(() => world.close());

  it('a new API key is told to its owner', async () => {
    const { key, owner } = await issuedKey(world, await signedIn(world, 'member'));
    const { text } = await mailTo(world, owner.email, 'A way to use your account was added');
    expect(text).toContain(key.split('_').slice(0, 3).join('_'));
  });

  it('an identity that was suspended is told to its owner', async () => {
    const person = await inSudo(world, await signedIn(world, 'member'));
    const id = randomUUID();
    await world.db.pool.query(
      `insert into identities (id, user_id, issuer, subject, suspended_at)
       values ($1::uuid, (select id from users where email = $2), 'https://idp.example', $1::uuid::text, now())`,
      [id, person.email],
    );
    const confirmed = await request(world.url)
      .post(`/v1/users/me/identities/${id}/confirmations`)
      .set({ cookie: person.cookie, 'idempotency-key': randomUUID() });
    expect(confirmed.status).toBeLessThan(300);
    await expect(mailTo(world, person.email, 'A way to sign in was added')).resolves.toBeDefined();
  });

  it('a service is told to all administrators', async () => {
    const jwk = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });
    const keys = [{ ...jwk, kid: 'first' }];
    const headers = () => ({ cookie: admin.cookie, 'idempotency-key': randomUUID(), 'if-match': '*' });
    const { body } = await request(world.url)
      .post('/v1/service-clients')
      .set(headers())
      .send({ name: 'Payroll', scopes: ['clients:self'], jwks: { keys } })
      .expect(201);
    await told('It can get access tokens with the keys that were registered. Its scopes: clients:self.');

    const path = `/v1/service-clients/${(body as { id: string }).id}`;
    await request(world.url)
      .patch(path)
      .set(headers())
      .send({ scopes: ['clients:self', 'users:read'] })
      .expect(200);
    await told('Its scopes from now on: clients:self, users:read.');

    await request(world.url).delete(path).set(headers()).expect(204);
    await told('It was removed, and its tokens no longer work.');
  });

  /** Waits for the mail to both administrators, and empties the mailbox. */
  async function told(what: string): Promise<void> {
    for (const { email } of [admin, other]) {
      const { text } = await mailTo(world, email, 'A service was changed by an administrator');
      expect(text).toContain(`Changed by ${admin.email}: the service Payroll.`);
      expect(text).toContain(what);
    }
    await world.db.pool.query('truncate dev_mails');
  }
});
