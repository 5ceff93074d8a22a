import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { eventually } from '#libs/testing';
import { AuthModule, PasswordResetsService } from '#modules/auth';
import { startWorld, type World } from '../../support/apps.js';
import { password, signedIn } from '../../support/people.js';

let world: World;
beforeAll(async () => {
  world = await startWorld({ worker: true });
});
afterAll(() => world.close());

const newAddress = () => `${randomUUID()}@example.com`;
const post = (path: string, body: object) => request(world.url).post(path).send(body);
const register = (email: string, name = 'Ada') => post('/v1/registrations', { email, password, name });
const signIn = (email: string, word = password) => post('/v1/sessions', { email, password: word });

interface Mail {
  subject: string;
  text: string;
}
/** The mails to an address, newest first, once there are so many. */
const mails = (to: string, count = 1) =>
  eventually(async () => {
    const { body } = await request(world.url)
      .get(`/dev/mail?to=${encodeURIComponent(to)}`)
      .expect(200);
    const data = body.data as Mail[];
    return data.length >= count && data;
  });
const tokenOf = ({ text }: Mail) => /#token=([\w-]{43})/.exec(text)![1]!;

describe('signing up', () => {
  it('makes a user when the address is proven, and not before', async () => {
    const email = newAddress();
    await register(email).expect(202, { status: 'accepted' });
    await signIn(email).expect(401);
    const [mail] = await mails(email);
    expect(mail!.text).toContain('http://mainstay.test/verify-email#token=');
    await post('/v1/email-verifications', { token: tokenOf(mail!) }).expect(204);
    const { body } = await signIn(email).expect(201);
    expect(body.user).toMatchObject({ email, name: 'Ada', role: 'member' });
  });

  it('takes a token once, also when twenty come together', async () => {
    const email = newAddress();
    await register(email).expect(202);
    const token = tokenOf((await mails(email))[0]!);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => post('/v1/email-verifications', { token })),
    );
    const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b);
    expect(statuses).toEqual([204, ...Array<number>(19).fill(410)]);
  });

  it('answers the same for a known and for a new address; only the mail differs', async () => {
    const { email } = await signedIn(world, 'member');
    const known = await register(email, 'Thief');
    const unknown = await register(newAddress());
    expect(known.status).toBe(202);
    expect(known.text).toBe(unknown.text);
    const comparable = (response: request.Response) => Object.keys(response.headers).sort();
    expect(comparable(known)).toEqual(comparable(unknown));
    const [mail] = await mails(email);
    expect(mail!.subject).toBe('You have an account already');
    expect(mail!.text).not.toContain('token');
    const { body } = await signIn(email).expect(201);
    expect(body.user.name).not.toBe('Thief');
  });

  it('gives the account to the sign-up whose mail was read, with its password', async () => {
    const email = newAddress();
    await post('/v1/registrations', {
      email,
      password: 'the password of a squatter',
      name: 'Squatter',
    }).expect(202);
    await mails(email, 1);
    await register(email, 'Owner').expect(202);
    const both = await mails(email, 2);
    const [owners, squatters] = [both[0]!, both[1]!];
    await post('/v1/email-verifications', { token: tokenOf(owners) }).expect(204);
    await signIn(email, 'the password of a squatter').expect(401);
    await signIn(email).expect(201);
    await post('/v1/email-verifications', { token: tokenOf(squatters) }).expect(410);
  });

  it('of a stranger does not open the account of an invited person: their mail has their own link', async () => {
    const email = newAddress();
    await world.db.pool.query(
      `insert into users (id, email, name, role, status) values (gen_random_uuid(), $1, 'Invited', 'admin', 'invited')`,
      [email],
    );
    await post('/v1/registrations', {
      email,
      password: 'the password of a squatter',
      name: 'Squatter',
    }).expect(202);
    const [mail] = await mails(email);
    expect(mail!.text).toContain('set-up-account#token=');
    await post('/v1/password-resets/confirmations', { token: tokenOf(mail!), password }).expect(204);
    await signIn(email, 'the password of a squatter').expect(401);
    await signIn(email).expect(201);
  });

  it('mails an address a few times an hour, however often somebody asks', async () => {
    const email = newAddress();
    for (let n = 0; n < 12; n += 1) await register(email).expect(202);
    const last = newAddress();
    await register(last).expect(202);
    await mails(last);
    const { rows } = await world.db.pool.query(
      `select count(*)::int as mails from dev_mails where to_address = $1`,
      [email],
    );
    expect(rows[0].mails).toBeLessThanOrEqual(5);
  });

  it('keeps neither the token nor the password anywhere', async () => {
    const email = newAddress();
    await register(email).expect(202);
    const token = tokenOf((await mails(email))[0]!);
    const { rows } = await world.db.pool.query(
      'select to_jsonb(r) as row from registrations r where email = $1',
      [email],
    );
    expect(JSON.stringify(rows)).not.toContain(token);
    expect(JSON.stringify(rows)).not.toContain(password);
    expect(rows).toHaveLength(1);
  });
});

describe('choosing a new password', () => {
  it('ends all sessions, uses up the link and lets the new password in', async () => {
    const { email, cookie } = await signedIn(world, 'member');
    await post('/v1/password-resets', { email }).expect(202, { status: 'accepted' });
    const token = tokenOf((await mails(email))[0]!);
    const confirm = () =>
      post('/v1/password-resets/confirmations', { token, password: 'an entirely new password' });
    await confirm().expect(204);
    await confirm().expect(410);
    await request(world.url).get('/v1/users/me').set('cookie', cookie).expect(401);
    await signIn(email).expect(401);
    await signIn(email, 'an entirely new password').expect(201);
  });

  it('is not possible again with a used link, also when its mail job is delivered again', async () => {
    const { email } = await signedIn(world, 'member');
    await post('/v1/password-resets', { email }).expect(202);
    const token = tokenOf((await mails(email))[0]!);
    await post('/v1/password-resets/confirmations', { token, password: 'an entirely new password' }).expect(
      204,
    );
    // What the job does when it comes again, because a crash came between sending and recording.
    const { rows } = await world.db.pool.query<{ id: string; key: string }>(
      'select users.id, key from dev_mails join users on email = to_address where email = $1',
      [email],
    );
    const { id, key } = rows[0]!;
    await world.api.select(AuthModule).get(PasswordResetsService).issue('password-reset', id, key);
    await post('/v1/password-resets/confirmations', { token, password: 'one more new password' }).expect(410);
  });

  it('says nothing about an address nobody has, and mails nobody', async () => {
    const { email } = await signedIn(world, 'member');
    const stranger = newAddress();
    await post('/v1/password-resets', { email: stranger }).expect(202, { status: 'accepted' });
    await post('/v1/password-resets', { email }).expect(202);
    await mails(email);
    const { rows } = await world.db.pool.query('select 1 from dev_mails where to_address = $1', [stranger]);
    expect(rows).toEqual([]);
  });

  it('lets an invited person in', async () => {
    const admin = await signedIn(world, 'admin');
    const email = newAddress();
    await request(world.url)
      .post('/v1/users')
      .set('cookie', admin.cookie)
      .set('idempotency-key', randomUUID())
      .send({ email, name: 'Guest' })
      .expect(201);
    const token = tokenOf((await mails(email))[0]!);
    await post('/v1/password-resets/confirmations', { token, password }).expect(204);
    await signIn(email).expect(201);
  });

  it('refuses a password that is too short or too long', async () => {
    for (const bad of ['short', 'x'.repeat(257)]) {
      const { body } = await post('/v1/registrations', {
        email: newAddress(),
        password: bad,
        name: 'A',
      }).expect(422);
      expect(body.errors).toEqual([expect.objectContaining({ pointer: '#/password' })]);
    }
  });
});
