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

const newAddress = () => `${randomUUID()}@example.com`;
const path = '/v1/users/me/email-changes';
const post = (route: string, body: object, cookie = '') =>
  request(world.url).post(route).set('cookie', cookie).send(body);
const ask = ({ cookie }: Person, email: string) => post(path, { email }, cookie).expect(202);
const confirm = ({ cookie }: Person, token: string) => post(`${path}/confirmations`, { token }, cookie);
const cancel = (token: string) => post(`${path}/cancellations`, { token });
const signIn = (email: string) => post('/v1/sessions', { email, password });
const cookieOf = (response: request.Response) =>
  (response.headers['set-cookie'] as unknown as string[])[0]!.split(';')[0]!;
const whoAmI = (cookie: string) => request(world.url).get('/v1/sessions/current').set('cookie', cookie);
const addressOf = async ({ id }: Person) =>
  (await world.db.pool.query<{ email: string }>('select email from users where id = $1', [id])).rows[0]!
    .email;
const someone = async () => inSudo(world, await signedIn(world, 'member'));
const warning = 'Your address is about to change';

describe('a change of address', () => {
  it('takes effect when the new one is proven, and both mailboxes hear of it', async () => {
    const person = await someone();
    const email = newAddress();
    const asked = await ask(person, email);
    expect(asked.body).toEqual({ status: 'accepted' });
    expect(await addressOf(person)).toBe(person.email);
    expect((await mailTo(world, person.email, warning)).text).not.toContain(email);
    const [mail] = await mailsTo(world, email);
    expect(mail!.text).toContain('http://mainstay.test/change-email#token=');
    await confirm(person, tokenIn(mail!)).expect(204);
    await signIn(person.email).expect(401);
    await signIn(email).expect(201);
    await mailTo(world, person.email, 'Your address was changed');
    const { rows } = await world.db.pool.query(
      'select action from audit_events where target = $1 order by seq',
      [`user:${person.id}`],
    );
    expect(rows).toEqual([{ action: 'email-changes.request' }, { action: 'email-changes.confirm' }]);
  });

  it('ends every other session and every link, and gives the own session a new secret', async () => {
    const person = await someone();
    const other = cookieOf(await signIn(person.email).expect(201));
    await post('/v1/password-resets', { email: person.email }).expect(202);
    const reset = tokenIn(await mailTo(world, person.email, 'Choose a new password'));
    const email = newAddress();
    await ask(person, email);
    const answer = await confirm(person, tokenIn((await mailsTo(world, email))[0]!)).expect(204);
    await whoAmI(other).expect(401);
    await whoAmI(person.cookie).expect(401);
    const { body } = await whoAmI(cookieOf(answer)).expect(200);
    expect(body.user.email).toBe(email);
    await post('/v1/password-resets/confirmations', { token: reset, password }).expect(410);
  });

  it('needs sudo to begin', async () => {
    const person = await signedIn(world, 'member');
    const { body } = await post(path, { email: newAddress() }, person.cookie).expect(403);
    expect(body.code).toBe('access.sudo-required');
  });

  it('cannot be confirmed by whoever else got the mail', async () => {
    const person = await someone();
    const typo = newAddress();
    await ask(person, typo);
    const token = tokenIn((await mailsTo(world, typo))[0]!);
    await confirm({ ...person, cookie: '' }, token).expect(401);
    await confirm(await someone(), token).expect(410);
    expect(await addressOf(person)).toBe(person.email);
  });

  it('ends with the link to the old address, once', async () => {
    const person = await someone();
    const email = newAddress();
    await ask(person, email);
    const stop = tokenIn(await mailTo(world, person.email, warning));
    const token = tokenIn((await mailsTo(world, email))[0]!);
    await confirm(person, stop).expect(410);
    await cancel(token).expect(410);
    await cancel(stop).expect(204);
    await cancel(stop).expect(410);
    await confirm(person, token).expect(410);
    expect(await addressOf(person)).toBe(person.email);
  });

  it('ends after an hour, by the clock of the database', async () => {
    const person = await someone();
    const email = newAddress();
    await ask(person, email);
    const token = tokenIn((await mailsTo(world, email))[0]!);
    await world.db.pool.query('update email_changes set expires_at = now() where user_id = $1', [person.id]);
    await confirm(person, token).expect(410);
  });

  it('ends with a reset of the password: whoever began it may have been a thief', async () => {
    const person = await someone();
    const email = newAddress();
    await ask(person, email);
    const token = tokenIn((await mailsTo(world, email))[0]!);
    await post('/v1/password-resets', { email: person.email }).expect(202);
    const reset = tokenIn(await mailTo(world, person.email, 'Choose a new password'));
    await post('/v1/password-resets/confirmations', { token: reset, password }).expect(204);
    const again = { ...person, cookie: cookieOf(await signIn(person.email).expect(201)) };
    await confirm(again, token).expect(410);
  });
});

describe('a change to an address that has an account', () => {
  it('answers as one to a free address, and tells only its owner', async () => {
    const person = await someone();
    const owner = await signedIn(world, 'member');
    const taken = await ask(person, owner.email);
    const free = await ask(await someone(), newAddress());
    expect(taken.text).toBe(free.text);
    expect(Object.keys(taken.headers).toSorted()).toEqual(Object.keys(free.headers).toSorted());
    const [mail] = await mailsTo(world, owner.email);
    expect(mail!.text).not.toContain('token');
    await mailTo(world, person.email, warning);
  });

  it('is refused when the address got the account after the link', async () => {
    const person = await someone();
    const email = newAddress();
    await ask(person, email);
    const token = tokenIn((await mailsTo(world, email))[0]!);
    await signedIn(world, 'member', { email });
    const { body } = await confirm(person, token).expect(409);
    expect(body.code).toBe('users.email-taken');
    expect(await addressOf(person)).toBe(person.email);
    await whoAmI(person.cookie).expect(200);
  });

  it('gives it to one of two who prove it at once', async () => {
    const email = newAddress();
    const people = [await someone(), await someone()];
    for (const person of people) await ask(person, email);
    const mails = await mailsTo(world, email, 2);
    const answers = await Promise.all(
      people.flatMap((person) => mails.map(async (mail) => (await confirm(person, tokenIn(mail))).status)),
    );
    expect(answers.filter((status) => status === 204)).toHaveLength(1);
    expect(answers.filter((status) => status >= 500)).toEqual([]);
  });
});

describe('many at once', () => {
  it('confirm a change once', async () => {
    const person = await someone();
    const email = newAddress();
    await ask(person, email);
    const token = tokenIn((await mailsTo(world, email))[0]!);
    const statuses = await Promise.all(
      Array.from({ length: 30 }, async () => (await confirm(person, token)).status),
    );
    expect(statuses.filter((status) => status === 204)).toHaveLength(1);
    // The others find the token used, or the secret of their cookie replaced.
    expect(statuses.filter((status) => ![204, 401, 410].includes(status))).toEqual([]);
  });

  /** CVE-2026-32700 of Devise: the token of one's own address confirmed the one asked for at that moment. */
  it('never confirm another address than the one their token was mailed to', async () => {
    for (let round = 0; round < 5; round += 1) {
      const thief = await someone();
      const [own, victims] = [newAddress(), newAddress()];
      await ask(thief, own);
      const token = tokenIn((await mailsTo(world, own))[0]!);
      await Promise.all([
        ...Array.from({ length: 3 }, () => post(path, { email: victims }, thief.cookie)),
        ...Array.from({ length: 10 }, () => confirm(thief, token)),
        ...Array.from({ length: 3 }, () => post(path, { email: victims }, thief.cookie)),
      ]);
      expect([thief.email, own]).toContain(await addressOf(thief));
    }
  });

  it('leave one request standing, the last', async () => {
    const person = await someone();
    const [first, second] = [newAddress(), newAddress()];
    await ask(person, first);
    const token = tokenIn((await mailsTo(world, first))[0]!);
    await ask(person, second);
    await confirm(person, token).expect(410);
    await confirm(person, tokenIn((await mailsTo(world, second))[0]!)).expect(204);
  });
});
