import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { eventually } from '#libs/testing';
import { startWorld, type World } from '../../support/apps.js';
import { mailsTo, tokenIn } from '../../support/mails.js';
import { inSudo, password, signedIn } from '../../support/people.js';

let world: World;
beforeAll(async () => {
  world = await startWorld({ worker: true });
});
afterAll(() => world.close());

const newAddress = () => `${randomUUID()}@example.com`;
const post = (path: string, body: object, cookie = '') =>
  request(world.url).post(path).set({ cookie, 'idempotency-key': randomUUID() }).send(body);

interface Link {
  /** Where the mails go. */
  to: string;
  subject: string;
  /** Asks for another link of the same purpose. */
  again: () => Promise<unknown>;
  /** Uses a link. */
  follow: (token: string) => request.Test;
}

const choose = (token: string) =>
  post('/v1/password-resets/confirmations', { token, password: `chosen once with ${randomUUID()}` });

async function changeOfAddress() {
  const { email: old, cookie } = await inSudo(world, await signedIn(world, 'member'));
  const to = newAddress();
  const again = () => post('/v1/users/me/email-changes', { email: to }, cookie).expect(202);
  return { old, to, again, cookie };
}

/** How each purpose gets its links. */
const links: Record<string, () => Promise<Link>> = {
  'password-reset': async () => {
    const { email } = await signedIn(world, 'member');
    const again = () => post('/v1/password-resets', { email }).expect(202);
    return { to: email, subject: 'Choose a new password', again, follow: choose };
  },
  'account-setup': async () => {
    const { cookie } = await signedIn(world, 'admin');
    const email = newAddress();
    await post('/v1/users', { email, name: 'Ada' }, cookie).expect(201);
    // Whoever registers with an invited address gets the invitation again.
    const again = () => post('/v1/registrations', { email, password, name: 'Ada' }).expect(202);
    return { to: email, subject: 'You are invited', again, follow: choose };
  },
  'email-change': async () => {
    const { to, again, cookie } = await changeOfAddress();
    const follow = (token: string) => post('/v1/users/me/email-changes/confirmations', { token }, cookie);
    return { to, subject: 'Please prove your new address', again, follow };
  },
  'email-change-cancel': async () => {
    const { old, again } = await changeOfAddress();
    const follow = (token: string) => post('/v1/users/me/email-changes/cancellations', { token });
    return { to: old, subject: 'Your address is about to change', again, follow };
  },
};

/** The tokens of the mails with this subject, the newest first, once there are so many. */
async function tokens({ to, subject }: Pick<Link, 'to' | 'subject'>, count: number): Promise<string[]> {
  const mails = await mailsTo(world, to, count);
  return mails.filter((mail) => mail.subject === subject).map(tokenIn);
}

/** The purposes for which the code derives or issues a link. */
function purposesInCode(): string[] {
  const files = readdirSync('modules', { recursive: true, encoding: 'utf8' }).filter((name) =>
    /(?<!\.spec)\.ts$/.test(name),
  );
  const found = files.flatMap((name) => [
    ...readFileSync(join('modules', name), 'utf8').matchAll(
      /(?:LinkToken\(this\.keyring, |\.issue\()'([\w-]+)'/g,
    ),
  ]);
  return [...new Set(found.map(([, purpose]) => purpose!))];
}

describe('a link', () => {
  it('of every purpose is tried here', () => {
    expect([...Object.keys(links), 'registration'].toSorted()).toEqual(purposesInCode().toSorted());
  });

  it.each(Object.keys(links))('ends when a newer one is mailed: %s', async (purpose) => {
    const link = await links[purpose]!();
    if (purpose !== 'account-setup') await link.again();
    const [older] = await tokens(link, 1);
    await link.again();
    const [newer] = await tokens(link, 2);
    expect(newer).not.toBe(older);
    expect((await link.follow(older!).expect(410)).body.code).toBe('auth.token-invalid');
    expect((await link.follow(newer!)).status).toBeLessThan(300);
  });

  it('of a registration works after a newer one, which may be of a stranger with another password', async () => {
    const email = newAddress();
    const link = { to: email, subject: 'Please verify your address' };
    await post('/v1/registrations', { email, password, name: 'Ada' }).expect(202);
    const [own] = await tokens(link, 1);
    await post('/v1/registrations', { email, password: `stranger ${randomUUID()}`, name: 'Eve' }).expect(202);
    const [strangers] = await tokens(link, 2);
    await post('/v1/email-verifications', { token: own }).expect(204);
    await post('/v1/email-verifications', { token: strangers }).expect(410);
    await post('/v1/sessions', { email, password }).expect(201);
  });

  it('does not end when the newer one is never mailed, because the address had its mails', async () => {
    const link = await links['password-reset']!();
    for (let mailed = 1; mailed <= 3; mailed += 1) {
      await link.again();
      await tokens(link, mailed);
    }
    const [newest] = await tokens(link, 3);
    // The limit counts in windows of ten minutes, one of which may have ended meanwhile.
    await world.db.pool.query(
      `update one_time_tokens set expires_at =
         greatest(expires_at, date_bin('10 minutes', now() + interval '10 minutes', timestamptz 'epoch'))`,
    );
    const answered = async () =>
      (await world.db.pool.query(`select from inbox where consumer = 'auth.answer-reset-request'`)).rows
        .length;
    const before = await answered();
    await link.again();
    await eventually(async () => (await answered()) > before);
    expect(await tokens(link, 3)).toHaveLength(3);
    await link.follow(newest!).expect(204);
  });
});
