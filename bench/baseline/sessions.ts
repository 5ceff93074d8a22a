import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type pg from 'pg';
import { Refused } from './problems.js';

export type Permission = 'users:read' | 'users:write';

declare module 'fastify' {
  interface FastifyRequest {
    userId: string;
  }
  interface FastifyContextConfig {
    permission?: Permission;
  }
}

const rolesWith: Record<Permission, ReadonlySet<string>> = {
  'users:read': new Set(['admin', 'operator', 'viewer']),
  'users:write': new Set(['admin']),
};

const findSession = `
  select s.id, s.user_id, u.role, s.last_seen_at < now() - interval '1 minute' as needs_touch
  from sessions s inner join users u on u.id = s.user_id
  where s.token_hash = $1 and s.idle_expires_at > now() and s.absolute_expires_at > now()
    and u.status = 'active' and u.auth_epoch = s.auth_epoch`;

const touchSession = `
  update sessions set last_seen_at = now(), idle_expires_at = now() + interval '1 hour'
  where id = $1 and last_seen_at < now() - interval '1 minute'`;

interface Session {
  id: string;
  user_id: string;
  role: string;
  needs_touch: boolean;
}

/** Admits a request with a live session whose user has the permission that the route requires. */
export function authenticate(app: FastifyInstance, pool: pg.Pool, publicUrl: string): void {
  app.decorateRequest('userId', '');
  app.addHook('onRequest', async (request) => {
    const { origin } = request.headers;
    if (request.method !== 'GET' && origin !== undefined && origin !== publicUrl)
      throw new Refused(403, 'auth.origin-refused');
    const secret = request.cookies['__Host-sid'];
    if (secret?.length !== 43) throw new Refused(401, 'access.authentication-required');
    const tokenHash = createHash('sha256').update(secret).digest();
    const { rows } = await pool.query<Session>({ name: 'session', text: findSession, values: [tokenHash] });
    const session = rows[0];
    if (!session) throw new Refused(401, 'access.authentication-required');
    const { permission } = request.routeOptions.config;
    if (permission && !rolesWith[permission].has(session.role)) throw new Refused(403, 'access.denied');
    if (session.needs_touch) await pool.query({ name: 'touch', text: touchSession, values: [session.id] });
    request.userId = session.user_id;
  });
}
