import { randomBytes, randomUUID } from 'node:crypto';
import { AdminsService } from '#modules/auth';
import { withAuth } from '../tools/auth-context.js';
import { environment } from './processes.js';
import type { Server } from './server.js';

/** Creates an administrator, signs in to Mainstay and returns the cookie. The baseline accepts the same session. */
export async function signedInCookie(databaseUrl: string, { url }: Server): Promise<string> {
  const email = `${randomUUID()}@example.com`;
  const password = randomBytes(18).toString('base64url');
  await withAuth(environment(databaseUrl, 0), (app) => app.get(AdminsService).ensure(email, password));
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
