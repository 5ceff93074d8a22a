import { randomUUID } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import request from 'supertest';
import { eventually } from '#libs/testing';
import type { World } from './apps.js';
import { inSudo, password, type Person, signedIn } from './people.js';

/** What an authenticator app would show `inMs` from now. */
export function codeOf(secret: string, inMs = 0): string {
  return TOTP.generate({ secret: Secret.fromBase32(secret), timestamp: Date.now() + inMs });
}

/** Sends what this person in sudo does to their own account. */
export const own = (
  world: World,
  { cookie }: Person,
  path: string,
  body?: object,
  key: string = randomUUID(),
) =>
  request(world.url)
    .post(`/v1/users/me/${path}`)
    .set('cookie', cookie)
    .set('idempotency-key', key)
    .send(body);

export interface App {
  secret: string;
  recoveryCodes: string[];
}

/** Gives this person in sudo an authenticator app. */
export async function withApp(world: World, person: Person): Promise<App> {
  const { body: enrolled } = await own(world, person, 'totp').expect(201);
  const secret = enrolled.secret as string;
  const { body } = await own(world, person, 'totp/confirmations', { code: codeOf(secret) }).expect(200);
  return { secret, recoveryCodes: body.recovery_codes as string[] };
}

/** The code of the app now, which works although it may have been used: time has passed, as far as the server knows. */
export async function freshCode(world: World, { id }: Person, { secret }: App): Promise<string> {
  await world.db.pool.query('update totp_factors set last_step = 0 where user_id = $1', [id]);
  return codeOf(secret);
}

/** The cookie with this name that an answer sets, ready to be sent; nothing when it sets none. */
export function cookieIn(response: { headers: Record<string, unknown> }, name: string): string | undefined {
  const set = (response.headers['set-cookie'] ?? []) as string[];
  return set.find((line) => line.startsWith(`${name}=`))?.split(';')[0];
}

/** The cookie of a sign-in that waits for its second factor. */
export async function waiting(world: World, { email }: Person): Promise<string> {
  const response = await request(world.url).post('/v1/sessions').send({ email, password }).expect(202);
  return cookieIn(response, 'mfa')!;
}

/** Somebody in sudo. */
export const member = async (world: World) => inSudo(world, await signedIn(world, 'member'));

export async function memberWithApp(world: World): Promise<[Person, App]> {
  const person = await member(world);
  return [person, await withApp(world, person)];
}

export const signIn = (world: World, { email }: Person) =>
  request(world.url).post('/v1/sessions').send({ email, password });

/** The second step, with the cookie of the first. */
export const finish = (world: World, cookie: string, code: string) =>
  request(world.url).post('/v1/sessions/mfa').set('cookie', cookie).send({ code });

export async function statusOf(world: World, { cookie }: Person): Promise<object> {
  const { body } = await request(world.url).get('/v1/users/me/mfa').set('cookie', cookie).expect(200);
  return body as object;
}

/** Sends all at once; how often each answer came: `201`, or the code of a problem. */
export async function tally(requests: request.Test[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { status, body } of await Promise.all(requests)) {
    const answer = status === 201 ? '201' : (body.code as string);
    counts[answer] = (counts[answer] ?? 0) + 1;
  }
  return counts;
}

/** One after the other: the hashing of passwords takes no more at once. */
export async function several<T>(count: number, work: () => Promise<T>): Promise<T[]> {
  const all: T[] = [];
  for (let n = 0; n < count; n += 1) all.push(await work());
  return all;
}

export async function rowsOf(world: World, text: string, ...values: unknown[]) {
  return (await world.db.pool.query<Record<string, unknown>>(text, values)).rows;
}

/** What the audit log has about this person, in its order. */
export async function auditOf(world: World, { id }: Pick<Person, 'id'>): Promise<string[]> {
  const rows = await rowsOf(
    world,
    'select action from audit_events where target = $1 order by seq',
    `user:${id}`,
  );
  return rows.map(({ action }) => action as string);
}

/** Waits for a mail to this person that contains the words. Needs a world with a worker. */
export async function mailWith(world: World, { email }: Person, words: string): Promise<string> {
  const look = async () => {
    const response = await fetch(`${world.url}/dev/mail?to=${encodeURIComponent(email)}`);
    const { data } = (await response.json()) as { data: { text: string }[] };
    return data.find(({ text }) => text.includes(words))?.text;
  };
  return eventually(look, { what: `a mail with "${words}"` });
}
