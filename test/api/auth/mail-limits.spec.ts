import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { eventually } from '#libs/testing';
import { startWorld, type World } from '../../support/apps.js';
import { mailsTo } from '../../support/mails.js';
import { inSudo, type Person, signedIn } from '../../support/people.js';

let world: World;
beforeAll(async () => {
  world = await startWorld({ worker: true, env: { RATE_LIMIT_AUTH: '100000/60' } });
});
afterAll(() => world.close());

const ask = (path: string, body: object) => request(world.url).post(path).send(body).expect(202);
const registration = (email: string) => ({ email, name: 'Ada', password: 'correct horse battery staple' });

/** Waits until no mail job is left. */
const allHandled = () =>
  eventually(async () => {
    const { rows } = await world.db.pool.query(
      `select from outbox where queue = 'mail' union all select from dispatched_messages where queue = 'mail'`,
    );
    return rows.length === 0;
  });

const thief = async () => inSudo(world, await signedIn(world, 'member'));

const askForAddress = ({ cookie }: Person, email: string) =>
  request(world.url).post('/v1/users/me/email-changes').set('cookie', cookie).send({ email }).expect(202);

/** Invites, has the invitation mailed, and deletes the account again, one after the other with all others. */
let invitations: Promise<unknown> = Promise.resolve();
function inviteAndRemove(email: string): Promise<unknown> {
  invitations = invitations.then(async () => {
    const { cookie } = await inSudo(world, await signedIn(world, 'admin'));
    const headers = { cookie, 'idempotency-key': randomUUID(), 'if-match': '*' };
    const { body } = await request(world.url).post('/v1/users').set(headers).send({ email, name: 'Ada' });
    await allHandled();
    await request(world.url)
      .delete(`/v1/users/${body.id as string}`)
      .set({ ...headers, 'idempotency-key': randomUUID() })
      .expect(204);
  });
  return invitations;
}

/** As if what was asked for until now had been asked for ten minutes earlier. */
const later = async () => {
  for (const table of ['one_time_tokens', 'registrations'])
    await world.db.pool.query(`update ${table} set expires_at = expires_at - interval '10 minutes'`);
  await world.db.pool.query(`update limited_mails set sent_at = sent_at - interval '10 minutes'`);
};

/** Asks for the three mails of a window, one after the other because a newer link replaces an older one, and for one too many. */
async function exhaust(path: string, body: { email: string }, round: number): Promise<void> {
  for (let mailed = 1; mailed <= 3; mailed += 1) {
    await ask(path, body);
    await mailsTo(world, body.email, 3 * (round - 1) + mailed);
  }
  await ask(path, body);
}

describe('mails that anybody may cause', () => {
  it('do not fill a mailbox', async () => {
    const { email } = await signedIn(world, 'member');
    await Promise.all(Array.from({ length: 10 }, () => ask('/v1/password-resets', { email })));
    await allHandled();
    // Links that a newer one replaced are not mailed.
    expect([1, 2, 3]).toContain((await mailsTo(world, email)).length);
  });

  it.each<[string, (to: string) => Promise<unknown>]>([
    ['addresses that accounts ask for', async (to) => askForAddress(await thief(), to)],
    ['registrations', (to) => ask('/v1/registrations', registration(to))],
    ['invitations that are taken back', (to) => inviteAndRemove(to)],
  ])('are three in ten minutes for one recipient, whoever causes them: %s', async (_, cause) => {
    const to = `${randomUUID()}@example.com`;
    await Promise.all(Array.from({ length: 6 }, () => cause(to)));
    await allHandled();
    expect(await mailsTo(world, to)).toHaveLength(3);
  });

  it('of one kind leave the others their own: a flood of registrations keeps no reset away', async () => {
    const { email } = await signedIn(world, 'member');
    for (let n = 0; n < 5; n += 1) await ask('/v1/registrations', registration(email));
    await askForAddress(await thief(), email);
    await ask('/v1/password-resets', { email });
    await allHandled();
    const subjects = (await mailsTo(world, email)).map(({ subject }) => subject);
    expect(subjects.toSorted()).toEqual([
      'Choose a new password',
      'This address has an account already',
      ...Array.from({ length: 3 }, () => 'You have an account already'),
    ]);
  });

  it('never keep the warning about a change of address from its owner', async () => {
    const owner = await thief();
    for (let n = 0; n < 5; n += 1) await askForAddress(owner, `${randomUUID()}@example.com`);
    await allHandled();
    const [mail] = await mailsTo(world, owner.email);
    expect(mail).toMatchObject({ subject: 'Your address is about to change' });
  });

  it('reach whoever asks for a reset, however often others did for an hour', async () => {
    const { email } = await signedIn(world, 'member');
    for (let round = 1; round <= 3; round += 1) {
      await exhaust('/v1/password-resets', { email }, round);
      await allHandled();
      await later();
    }
    await ask('/v1/password-resets', { email });
    expect((await mailsTo(world, email, 10)).length).toBeGreaterThan(9);
  });

  it('reach whoever registers, however often others did for an hour', async () => {
    const email = `${randomUUID()}@example.com`;
    for (let round = 1; round <= 3; round += 1) {
      await exhaust('/v1/registrations', registration(email), round);
      await later();
    }
    await ask('/v1/registrations', registration(email));
    expect((await mailsTo(world, email, 10)).length).toBeGreaterThan(9);
  });
});

describe('a mail to an address that nobody has proven', () => {
  it.each([
    'Win at https://evil.example/prize',
    'evil.example',
    'evil\uff0eexample',
    'evil\u2024example',
    'Call evil, you have won',
  ])('has no words of the person who registered it: %s', async (name) => {
    const email = `${randomUUID()}@example.com`;
    await ask('/v1/registrations', { ...registration(email), name });
    const [mail] = await mailsTo(world, email);
    expect(mail!.text).toMatch(/^Hello,\n/);
    expect(mail!.text).not.toContain('evil');
  });

  it('has no words of the person who invited it', async () => {
    const { cookie } = await signedIn(world, 'admin');
    const email = `${randomUUID()}@example.com`;
    await request(world.url)
      .post('/v1/users')
      .set({ cookie, 'idempotency-key': randomUUID() })
      .send({ email, name: 'Call evil, you have won' })
      .expect(201);
    const [mail] = await mailsTo(world, email);
    expect(mail!.text).toMatch(/^Hello,\n/);
    expect(mail!.text).not.toContain('evil');
  });
});

describe('a name', () => {
  it.each(['\u200b', 'Ada\u202egpj', '\u3164'])('that nobody can read is refused: %j', async (name) => {
    const { body } = await request(world.url)
      .post('/v1/registrations')
      .send({ ...registration('ada@example.com'), name })
      .expect(422);
    expect(body.errors[0]).toMatchObject({ pointer: '#/name', code: 'invalid_format' });
  });
});
