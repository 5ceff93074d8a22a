import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '#libs/testing';
import { startWorld, type World } from '../../support/apps.js';
import { rowsOf } from '../../support/factors.js';
import { mailTo } from '../../support/mails.js';
import { existing } from '../../support/people.js';

let world: World;
beforeAll(async () => {
  world = await startWorld({ worker: true });
});
afterAll(() => world.close());

/** A promise as a release made it; the id of the job. */
async function promised(name: string, version: number, payload: object): Promise<string> {
  const id = randomUUID();
  const headers = { enqueued_at: new Date().toISOString() };
  await world.db.pool.query(
    `insert into outbox (id, queue, name, version, payload, headers) values ($1, 'mail', $2, $3, $4, $5)`,
    [id, name, version, payload, headers],
  );
  return id;
}

interface Someone {
  userId: string;
  email: string;
}

async function someone(): Promise<Someone> {
  const email = await existing(world, 'member');
  const [user] = await rowsOf(world, 'select id from users where email = $1', email);
  return { userId: user!.id as string, email };
}

describe('a notice that an older release promised', () => {
  it.each<[string, string, (to: Someone) => object, string]>([
    [
      'auth.notify',
      'Your password was changed',
      ({ email }) => ({ email, notice: 'password-changed' }),
      'The password of your account was changed just now',
    ],
    [
      'auth.tell-security-change',
      'Your account was changed',
      ({ userId }) => ({ userId, change: 'passkey-added' }),
      'A passkey was added',
    ],
    [
      'auth.notice-identity-change',
      'A way to sign in was added',
      ({ userId }) => ({ userId, provider: 'Acme', change: 'linked' }),
      'you can sign in to your account with Acme.',
    ],
    [
      'auth.notice-identity-change',
      'A way to sign in was removed',
      ({ userId }) => ({ userId, provider: 'Acme', change: 'unlinked' }),
      'no longer sign in to your account with Acme.',
    ],
    [
      'auth.notify-impersonation',
      'An administrator signed in as you',
      ({ userId }) => ({ userId, reason: 'Ticket 42' }),
      'The reason they gave: Ticket 42',
    ],
  ])('as %s is mailed, with the key of its job: %s', async (name, subject, payloadFor, words) => {
    const to = await someone();
    const id = await promised(name, 1, payloadFor(to));
    expect((await mailTo(world, to.email, subject)).text).toContain(words);
    expect(await rowsOf(world, 'select key from dev_mails where to_address = $1', to.email)).toEqual([
      { key: id },
    ]);
  });
});

describe('a notice', () => {
  const waits = (id: string) =>
    rowsOf(
      world,
      'select from outbox where id = $1 union all select from dispatched_messages where id = $1',
      id,
    );

  it('for an account that is gone is done, and mailed to nobody', async () => {
    const id = await promised('auth.notify', 2, { to: { userId: randomUUID() }, notice: 'passkey-added' });
    await eventually(async () => (await waits(id)).length === 0);
    expect(await rowsOf(world, "select error->>'code' as code from dead_letters where id = $1", id)).toEqual(
      [],
    );
    expect(await rowsOf(world, 'select from dev_mails where key = $1', id)).toEqual([]);
  });

  it('without the detail that it is about is given up', async () => {
    const { userId } = await someone();
    const id = await promised('auth.notify', 2, { to: { userId }, notice: 'impersonation-started' });
    await eventually(async () => (await waits(id)).length === 0);
    expect(await rowsOf(world, "select error->>'code' as code from dead_letters where id = $1", id)).toEqual([
      { code: 'jobs.unreadable' },
    ]);
  });
});
