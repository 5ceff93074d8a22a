import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { startWorld, type World } from '../../support/apps.js';
import { mailTo, mailsTo, tokenIn } from '../../support/mails.js';
import { inSudo, type Person, password, signedIn } from '../../support/people.js';

let world: World;
beforeAll(async () => {
  world = await startWorld({ worker: true });
});
afterAll(() => world.close());

const better = 'an entirely new password';
const post = (path: string, body: object) => request(world.url).post(path).send(body);
const signIn = (email: string, word = password) => post('/v1/sessions', { email, password: word });
const change = (cookie: string, word = better) =>
  request(world.url).put('/v1/users/me/password').set('cookie', cookie).send({ password: word });
const whoAmI = (cookie: string) => request(world.url).get('/v1/sessions/current').set('cookie', cookie);
const cookieOf = (response: request.Response) =>
  (response.headers['set-cookie'] as unknown as string[])[0]!.split(';')[0]!;
const audited = async (action: string, { id }: Person) =>
  (
    await world.db.pool.query('select actor_id, meta from audit_events where action = $1 and target = $2', [
      action,
      `user:${id}`,
    ])
  ).rows;

describe('changing the password', () => {
  it('lets the new one in and the old one no longer, and says so by mail and in the audit log', async () => {
    const person = await signedIn(world, 'member');
    await change((await inSudo(world, person)).cookie).expect(204);
    await signIn(person.email).expect(401);
    await signIn(person.email, better).expect(201);
    const mail = await mailTo(world, person.email, 'Your password was changed');
    expect(mail.text).not.toContain('token');
    expect(await audited('passwords.change', person)).toEqual([{ actor_id: person.id, meta: {} }]);
  });

  it('ends every other session, and gives the own a new secret', async () => {
    const person = await signedIn(world, 'member');
    const other = cookieOf(await signIn(person.email).expect(201));
    const { cookie } = await inSudo(world, person);
    const answer = await change(cookie).expect(204);
    await whoAmI(other).expect(401);
    await whoAmI(cookie).expect(401);
    const { body } = await whoAmI(cookieOf(answer)).expect(200);
    expect(body.user.id).toBe(person.id);
  });

  it('ends links that were mailed before', async () => {
    const person = await signedIn(world, 'member');
    await post('/v1/password-resets', { email: person.email }).expect(202);
    const [mail] = await mailsTo(world, person.email);
    await change((await inSudo(world, person)).cookie).expect(204);
    await post('/v1/password-resets/confirmations', { token: tokenIn(mail!), password }).expect(410);
  });

  it('needs a proof of a moment ago, and no API key or stranger gets that far', async () => {
    const person = await signedIn(world, 'member');
    const { body } = await change(person.cookie).expect(403);
    expect(body.code).toBe('access.sudo-required');
    await change('').expect(401);
    await signIn(person.email).expect(201);
  });

  it('gives a first password to somebody who has none', async () => {
    const person = await signedIn(world, 'member');
    const { cookie } = await inSudo(world, person);
    await world.db.pool.query('delete from credentials where user_id = $1', [person.id]);
    await change(cookie).expect(204);
    await signIn(person.email, better).expect(201);
  });

  it('of twenty changes at once leaves one session and the password of one of them', async () => {
    const person = await signedIn(world, 'member');
    const { cookie } = await inSudo(world, person);
    const words = Array.from({ length: 20 }, (_, n) => `the ${n}th of many passwords`);
    const answers = await Promise.all(words.map((word) => change(cookie, word)));
    const live = await Promise.all(
      answers
        .filter(({ status }) => status === 204)
        .map(async (answer) => (await whoAmI(cookieOf(answer))).status),
    );
    expect(live.filter((status) => status === 200)).toHaveLength(1);
    const entries = await Promise.all(words.map(async (word) => (await signIn(person.email, word)).status));
    expect(entries.filter((status) => status === 201)).toHaveLength(1);
  });
});

describe('a password that is easy to guess', () => {
  const faultsOf = ({ body }: request.Response) => (body as { errors: { code: string }[] }).errors;
  const common = [{ pointer: '#/password', code: 'password.common', detail: expect.any(String) }];

  it('is refused at registration', async () => {
    const body = { email: `${randomUUID()}@example.com`, name: 'Ada', password: 'passwordpassword1!' };
    expect(faultsOf(await post('/v1/registrations', body).expect(422))).toEqual(common);
    const telling = { ...body, email: 'grace.hopper@example.com', password: 'grace.hopper-2026!' };
    expect(faultsOf(await post('/v1/registrations', telling).expect(422))).toMatchObject([
      { pointer: '#/password', code: 'password.personal' },
    ]);
  });

  it('is refused when it is changed', async () => {
    const { cookie } = await inSudo(world, await signedIn(world, 'member'));
    expect(faultsOf(await change(cookie, 'passwordpassword1!').expect(422))).toEqual(common);
    await change(cookie).expect(204);
  });

  it('is refused after a reset, and leaves the link usable', async () => {
    const { email } = await signedIn(world, 'member');
    await post('/v1/password-resets', { email }).expect(202);
    const token = tokenIn((await mailsTo(world, email))[0]!);
    const confirm = (word: string) => post('/v1/password-resets/confirmations', { token, password: word });
    expect(faultsOf(await confirm('passwordpassword1!').expect(422))).toEqual(common);
    const [mailbox] = email.split('@');
    expect(faultsOf(await confirm(`${mailbox!}-2026!`).expect(422))).toMatchObject([
      { code: 'password.personal' },
    ]);
    await confirm(better).expect(204);
  });

  it('is refused when an account is set up, an invited one as the first of all', async () => {
    const admin = await signedIn(world, 'admin');
    const email = `${randomUUID()}@example.com`;
    await request(world.url)
      .post('/v1/users')
      .set({ cookie: admin.cookie, 'idempotency-key': randomUUID() })
      .send({ email, name: 'Guest' })
      .expect(201);
    const token = tokenIn((await mailsTo(world, email))[0]!);
    const confirm = (word: string) => post('/v1/password-resets/confirmations', { token, password: word });
    expect(faultsOf(await confirm('passwordpassword1!').expect(422))).toEqual(common);
    await confirm(better).expect(204);
  });

  it.each([
    ['too-short', '14 characters!'],
    ['too-long', 'long '.repeat(52)],
  ])('is refused when it is %s', async (code, word) => {
    const body = { email: `${randomUUID()}@example.com`, name: 'Ada', password: word };
    expect(faultsOf(await post('/v1/registrations', body).expect(422))).toMatchObject([
      { pointer: '#/password', code: `password.${code}` },
    ]);
  });
});

describe('a password', () => {
  it('is the same in both spellings of Unicode, and another with a space at its end', async () => {
    const person = await signedIn(world, 'member');
    await change((await inSudo(world, person)).cookie, 'déjà vu à la crème brûlée').expect(204);
    await signIn(person.email, 'déjà vu à la crème brûlée'.normalize('NFD')).expect(201);
    await signIn(person.email, 'déjà vu à la crème brûlée ').expect(401);
    await signIn(person.email, 'Déjà vu à la crème brûlée').expect(401);
  });

  it('counts to its last character', async () => {
    const person = await signedIn(world, 'member');
    const long = `${'the quick brown fox '.repeat(12)}jumps over dogs`;
    await change((await inSudo(world, person)).cookie, long).expect(204);
    await signIn(person.email, `${long.slice(0, -1)}z`).expect(401);
    await signIn(person.email, long).expect(201);
  });
});
