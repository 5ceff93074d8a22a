import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { RevocationRegistry } from '#modules/auth';
import { startWorld, type World } from '../../support/apps.js';
import {
  auditOf,
  codeOf,
  cookieIn,
  mailWith,
  own,
  rowsOf,
  signIn,
  statusOf,
  withApp,
} from '../../support/factors.js';
import { issuedKey } from '../../support/machines.js';
import { mailTo, tokenIn } from '../../support/mails.js';
import { inSudo, password, type Person, signedIn } from '../../support/people.js';

let world: World;
beforeAll(async () => {
  world = await startWorld({ worker: true, env: { RATE_LIMIT_AUTH: '100000/60' } });
});
afterAll(() => world.close());

/** What a thief in sudo adds to an account, by the table that keeps it. */
interface WayIn {
  /** Adds it, and returns whether it still works. */
  add(thief: Person): Promise<() => Promise<boolean>>;
  /** Words of the mail to the owner. Those of the others are tested where a browser or a provider adds them. */
  mail?: string;
  column?: string;
}

const bearer = (key: string) => request(world.url).get('/v1/users/me').set('authorization', `Bearer ${key}`);

/** Whether signing in with the password asks for a second factor. */
const asksForFactor = async (person: Person) => {
  const { body } = await request(world.url).get('/v1/users/me/mfa').set('cookie', person.cookie);
  return (body as { required: boolean }).required;
};

const ways: Record<string, WayIn> = {
  api_keys: {
    mail: 'An API key was made for your account. It begins with mst_live_',
    add: async (thief) => {
      const { key, owner } = await issuedKey(world, thief);
      Object.assign(thief, owner);
      return async () => (await bearer(key)).status === 200;
    },
  },
  totp_factors: {
    mail: 'An authenticator app was set up',
    column: 'confirmed_at',
    add: async (thief) => {
      await withApp(world, thief);
      return async () => asksForFactor(thief);
    },
  },
  recovery_codes: {
    mail: 'New recovery codes were made',
    column: 'created_at',
    add: async (thief) => {
      await withApp(world, thief);
      await own(world, thief, 'recovery-codes').expect(201);
      await rowsOf(world, 'delete from totp_factors where user_id = $1', thief.id);
      const find = 'select from recovery_codes where user_id = $1';
      return async () => (await rowsOf(world, find, thief.id)).length === 10;
    },
  },
  passkeys: {
    column: 'created_at',
    add: async (thief) => {
      await rowsOf(
        world,
        `insert into passkeys (id, user_id, name, credential_id, public_key, counter, transports, is_backup_eligible, is_backed_up)
         values ($1::uuid, $2, 'A key', decode($3, 'hex'), '\\x02', 0, '{}', false, false)`,
        randomUUID(),
        thief.id,
        randomUUID().replaceAll('-', ''),
      );
      return async () => asksForFactor(thief);
    },
  },
  identities: {
    column: 'created_at',
    add: async (thief) => {
      const subject = randomUUID();
      await rowsOf(
        world,
        `insert into identities (id, user_id, issuer, subject) values ($1, $2, 'https://idp.example', $3)`,
        randomUUID(),
        thief.id,
        subject,
      );
      const find = 'select from identities where subject = $1 and suspended_at is null';
      return async () => (await rowsOf(world, find, subject)).length === 1;
    },
  },
};

const endings = () => world.api.get(RevocationRegistry, { strict: false }).tables;

/** Resets the password by mail to the same one, and signs in again with it alone. */
async function recovered(person: Person): Promise<Person> {
  await request(world.url).post('/v1/password-resets').send({ email: person.email }).expect(202);
  const token = tokenIn(await mailTo(world, person.email, 'Choose a new password'));
  await request(world.url).post('/v1/password-resets/confirmations').send({ token, password }).expect(204);
  const response = await signIn(world, person);
  return { ...person, cookie: cookieIn(response, 'sid') ?? '' };
}

const thieving = async () => inSudo(world, await signedIn(world, 'member'));

describe('what belongs to a user', () => {
  /** Tables of users whose rows open nothing, or end in another way. */
  const harmless: Record<string, string> = {
    sessions: 'RevocationsService ends them itself',
    credentials: 'the password, which a recovery replaces',
    login_transactions: 'who comes back from a provider needs the session that went there',
    code_failures: 'a count',
    files: 'what was uploaded; reading it is up to the feature that it belongs to',
    operations: 'what was asked for; a job asks for the rights of its owner as it runs',
  };

  it('is registered with what ends it, or opens nothing', async () => {
    const rows = await rowsOf(
      world,
      `select distinct conrelid::regclass::text as name from pg_constraint
       where contype = 'f' and confrelid = 'users'::regclass
       union select table_name from information_schema.columns
       where table_schema = 'public' and column_name in ('user_id', 'owner_id')`,
    );
    expect(rows.map(({ name }) => String(name)).toSorted()).toEqual(
      [...endings().keys(), ...Object.keys(harmless)].toSorted(),
    );
  });

  it('has a test here when it is a way in', () => {
    const waysIn = [...endings()].filter(([, ending]) => ending === 'recovery').map(([table]) => table);
    expect(waysIn.toSorted()).toEqual(Object.keys(ways).toSorted());
  });
});

const named = Object.keys(ways);

describe('a way in that a thief added', () => {
  it.each(named.filter((table) => ways[table]!.mail))('is told to the owner by mail: %s', async (table) => {
    const thief = await thieving();
    await ways[table]!.add(thief);
    expect(await mailWith(world, thief, ways[table]!.mail!)).toContain('If it was not you');
  });

  it.each(named)('no longer works after a recovery, and asks the owner for nothing: %s', async (table) => {
    const thief = await thieving();
    const works = await ways[table]!.add(thief);
    expect(await works()).toBe(true);
    Object.assign(thief, await recovered(thief));
    expect(await statusOf(world, thief)).toMatchObject({ required: false });
    expect(await works()).toBe(false);
    const { text } = await mailTo(world, thief.email, 'Your password was changed');
    expect(text).toMatch(/revoked|suspended|no longer work/);
  });

  it.each(named.filter((table) => ways[table]!.column))(
    'stays when it was there for a week: %s',
    async (table) => {
      const person = await thieving();
      await ways[table]!.add(person);
      const { column } = ways[table]!;
      await rowsOf(
        world,
        `update ${table} set ${column} = now() - interval '8 days' where user_id = $1`,
        person.id,
      );
      const kept = (await rowsOf(world, `select * from ${table} where user_id = $1`, person.id)).length;
      await recovered(person);
      const rows = await rowsOf(world, `select * from ${table} where user_id = $1`, person.id);
      expect(rows).toHaveLength(kept);
      expect(rows.every(({ suspended_at }) => !suspended_at)).toBe(true);
    },
  );

  it.each(named)('stays after a new password and after signing out everywhere else: %s', async (table) => {
    const person = await thieving();
    const works = await ways[table]!.add(person);
    const changed = await request(world.url)
      .put('/v1/users/me/password')
      .set('cookie', person.cookie)
      .send({ password: `${password} again` })
      .expect(204);
    person.cookie = cookieIn(changed, 'sid')!;
    await request(world.url).delete('/v1/sessions').set('cookie', person.cookie).expect(204);
    expect(await works()).toBe(true);
  });
});

describe('the mail about a new password', () => {
  it('says what still works, so that the owner looks through it', async () => {
    const person = await thieving();
    await request(world.url)
      .put('/v1/users/me/password')
      .set('cookie', person.cookie)
      .send({ password: `${password} again` })
      .expect(204);
    await mailWith(world, person, 'API keys, passkeys and linked identities still work');
  });
});

describe('what a recovery suspended', () => {
  it('is confirmed by its owner: an app with its code, and others end the other sessions', async () => {
    const person = await thieving();
    const { secret } = await withApp(world, person);
    const owner = await inSudo(world, await recovered(person));
    expect(await statusOf(world, owner)).toMatchObject({ totp_confirmed_at: null });
    const wrong = await own(world, owner, 'totp/confirmations', { code: '000000' });
    expect(wrong.body.code).toBe('auth.totp-code-wrong');
    await rowsOf(world, 'update totp_factors set last_step = 0 where user_id = $1', person.id);
    const { body } = await own(world, owner, 'totp/confirmations', { code: codeOf(secret) }).expect(200);
    expect(body.recovery_codes).toHaveLength(10);
    await signIn(world, person).expect(202);
  });

  it.each(['passkeys', 'identities'])('is confirmed in sudo, for itself alone: %s', async (table) => {
    const [person, stranger] = [await thieving(), await thieving()];
    await ways[table]!.add(person);
    const owner = await inSudo(world, await recovered(person));
    const { body } = await request(world.url).get(`/v1/users/me/${table}`).set('cookie', owner.cookie);
    const [item] = (body as { data: { id: string; suspended_at: string }[] }).data;
    expect(item!.suspended_at).toMatch(/Z$/);
    const path = `${table}/${item!.id}/confirmations`;
    await own(world, stranger, path).expect(404);
    await own(world, owner, path).expect(204);
    await own(world, owner, path).expect(204);
    expect(await auditOf(world, person)).toContain(`${table}.confirm`);
    const after = await request(world.url).get(`/v1/users/me/${table}`).set('cookie', owner.cookie);
    expect(after.body.data).toMatchObject([{ suspended_at: null }]);
  });
});

describe('second factors that an administrator removes', () => {
  it('are gone with all sessions, for a reason that the log and the mail have', async () => {
    const admin = await inSudo(world, await signedIn(world, 'admin'));
    const person = await thieving();
    await withApp(world, person);
    await ways.passkeys!.add(person);
    const remove = (query: object) =>
      request(world.url)
        .delete(`/v1/users/${person.id}/second-factors`)
        .set('cookie', admin.cookie)
        .query(query);
    await remove({}).expect(422);
    await remove({ reason: 'The phone is lost.' }).expect(204);
    await request(world.url).get('/v1/users/me').set('cookie', person.cookie).expect(401);
    const [{ totp, keys, codes } = {}] = await rowsOf(
      world,
      `select (select count(*)::int from totp_factors where user_id = $1) as totp,
         (select count(*)::int from passkeys where user_id = $1) as keys,
         (select count(*)::int from recovery_codes where user_id = $1) as codes`,
      person.id,
    );
    expect([totp, keys, codes]).toEqual([0, 0, 0]);
    await signIn(world, person).expect(201);
    for (const to of [person, admin]) await mailWith(world, to, 'The reason they gave: The phone is lost.');
    expect(
      await rowsOf(
        world,
        `select actor_id, reason from audit_events where action = 'second-factors.remove' and target = $1`,
        `user:${person.id}`,
      ),
    ).toEqual([{ actor_id: admin.id, reason: 'The phone is lost.' }]);
  });
});
