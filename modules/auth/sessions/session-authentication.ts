import { Injectable } from '@nestjs/common';
import { and, eq, isNull, or, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { permissionsOf, type UserPrincipal } from '#libs/access';
import { Database } from '#libs/database';
import { users } from '#modules/users';
import { mayActAs } from './impersonation-rules.js';
import { hashOf } from '../secrets/secrets.js';
import { idleLifetime, isLive } from './is-live.js';
import { sessions } from './sessions.schema.js';

/** A session's use is noted once a minute: a write for every request would cost more than the request. */
const unnoted = sql<boolean>`${sessions.lastSeenAt} < now() - interval '1 minute'`;

/** Who acts as the user of a session. */
const impersonators = alias(users, 'impersonators');

/** What ends all sessions of an administrator ends those too in which they act as somebody. */
const isImpersonatorLive = or(
  isNull(sessions.impersonatorId),
  and(eq(impersonators.status, 'active'), eq(impersonators.authEpoch, sessions.impersonatorEpoch)),
);

/** What each request of a browser asks: whose session it is. */
@Injectable()
export class SessionAuthentication {
  readonly #byToken;

  constructor(private readonly db: Database) {
    this.#byToken = db.conn
      .select({
        id: sessions.id,
        userId: sessions.userId,
        role: users.role,
        isUnnoted: unnoted,
        isSudo: sql<boolean>`coalesce(${sessions.sudoUntil} > now(), false)`,
        impersonatorId: sessions.impersonatorId,
        impersonatorRole: impersonators.role,
      })
      .from(sessions)
      .innerJoin(users, eq(users.id, sessions.userId))
      .leftJoin(impersonators, eq(impersonators.id, sessions.impersonatorId))
      .where(and(eq(sessions.tokenHash, sql.placeholder('tokenHash')), isLive, isImpersonatorLive))
      .prepare('sessions_by_token');
  }

  /** Who holds this secret, or nothing when its session has ended. One query. */
  async authenticate(secret: string): Promise<UserPrincipal | undefined> {
    const [found] = await this.#byToken.execute({ tokenHash: hashOf(secret) });
    if (!found) return undefined;
    const permissions = permissionsOf(found.role);
    const { id, isSudo, impersonatorId, impersonatorRole } = found;
    // The rights of either may have changed since it started.
    if (impersonatorRole && !mayActAs(permissionsOf(impersonatorRole), permissions)) return undefined;
    if (found.isUnnoted) await this.#note(id);
    return {
      kind: 'user',
      id: found.userId,
      permissions,
      session: { id, isSudo, ...(impersonatorId && { impersonatorId }) },
    };
  }

  async #note(id: string): Promise<void> {
    await this.db.conn
      .update(sessions)
      .set({ lastSeenAt: sql`now()`, idleExpiresAt: idleLifetime })
      .where(and(eq(sessions.id, id), unnoted));
  }
}
