import { and, eq, gt, sql } from 'drizzle-orm';
import { users } from '#modules/users';
import { sessions } from './sessions.schema.js';

/** Of a session joined with its user: whether it still opens anything. */
export const isLive = and(
  gt(sessions.idleExpiresAt, sql`now()`),
  gt(sessions.absoluteExpiresAt, sql`now()`),
  eq(users.status, 'active'),
  eq(sessions.authEpoch, users.authEpoch),
);
