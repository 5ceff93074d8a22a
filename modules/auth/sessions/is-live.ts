import { and, eq, gt, sql } from 'drizzle-orm';
import { users } from '#modules/users';
import { sessions } from './sessions.schema.js';

/** NIST SP 800-63B-4 section 2.2.3: at most an hour idle without proving again who it is. */
export const idleLifetime = sql`now() + interval '1 hour'`;

/** Of a session joined with its user: whether it still opens anything. */
export const isLive = and(
  gt(sessions.idleExpiresAt, sql`now()`),
  gt(sessions.absoluteExpiresAt, sql`now()`),
  eq(users.status, 'active'),
  eq(sessions.authEpoch, users.authEpoch),
);
