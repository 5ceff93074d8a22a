import { and, eq, gt, sql } from 'drizzle-orm';
import { users } from '#modules/users';
import { sessions } from './sessions.schema.js';

/** At most an hour without activity until the user must sign in again (NIST SP 800-63B-4 section 2.2.3). */
export const idleLifetime = sql`now() + interval '1 hour'`;

/** The condition that a session, joined with its user, still gives access. */
export const isLive = and(
  gt(sessions.idleExpiresAt, sql`now()`),
  gt(sessions.absoluteExpiresAt, sql`now()`),
  eq(users.status, 'active'),
  eq(sessions.authEpoch, users.authEpoch),
);
