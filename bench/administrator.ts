import { randomBytes, randomUUID } from 'node:crypto';
import { createPool } from '#libs/database';
import { ensureAccount } from '../tools/dev/account.js';
import type { Server } from './server.js';

/** Creates an administrator, signs in to Mainstay and returns the cookie. The baseline accepts the same session. */
export async function signedInCookie(databaseUrl: string, { url }: Server): Promise<string> {
  const email = `${randomUUID()}@example.com`;
  const password = randomBytes(18).toString('base64url');
  const pool = createPool(databaseUrl, { role: 'tool', max: 1 });
  try {
    await ensureAccount(pool, { email, password, role: 'admin' });
  } finally {
    await pool.end();
  }
  const response = await fetch(`${url}/v1/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  });
  const [cookie] = response.headers.getSetCookie();
  if (!response.ok || !cookie)
    throw new Error(`Signing in failed: ${response.status} ${await response.text()}`);
  return cookie.split(';')[0]!;
}
