import { randomUUID } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import request from 'supertest';
import type { World } from './apps.js';
import { password, type Person } from './people.js';

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
