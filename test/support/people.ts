import { randomUUID } from 'node:crypto';
import type { Role } from '#libs/access';
import { ensureAccount } from '../../tools/dev/account.js';
import type { World } from './apps.js';

export const password = 'correct horse battery staple';

export interface Person {
  id: string;
  email: string;
  cookie: string;
}

/** Somebody with this role and {@link password}; the address. */
export async function existing(
  world: Pick<World, 'db'>,
  role: Role,
  email = `${randomUUID()}@example.com`,
): Promise<string> {
  await ensureAccount(world.db.pool, { email, password, role });
  return email;
}

/** The same, who is signed in. Only what matters is given, the rest is valid and unique. */
export async function signedIn(
  world: Pick<World, 'db' | 'url'>,
  role: Role,
  { email: wanted, from = '127.0.0.1' }: { email?: string; from?: string } = {},
): Promise<Person> {
  const email = await existing(world, role, wanted);
  const response = await fetch(`${world.url}/v1/sessions`, {
    method: 'POST',
    // Believed where the world trusts the proxy that this process then is.
    headers: { 'content-type': 'application/json', 'x-forwarded-for': from },
    body: JSON.stringify({ email, password }),
  });
  if (response.status !== 201)
    throw new Error(`Signing in failed: ${response.status} ${await response.text()}`);
  const session = (await response.json()) as { user: { id: string } };
  const cookie = response.headers.getSetCookie()[0]!.split(';')[0]!;
  return { id: session.user.id, email, cookie };
}

/** The same person, who proved a moment ago who they are: sensitive actions are open. */
export async function inSudo(world: World, person: Person): Promise<Person> {
  const response = await fetch(`${world.url}/v1/sudo`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', cookie: person.cookie },
    body: JSON.stringify({ password }),
  });
  if (response.status !== 200) throw new Error(`Sudo failed: ${response.status} ${await response.text()}`);
  return { ...person, cookie: response.headers.getSetCookie()[0]!.split(';')[0]! };
}
