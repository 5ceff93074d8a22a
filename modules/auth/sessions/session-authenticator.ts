import { Injectable } from '@nestjs/common';
import { and, eq, isNull, or, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { permissionsOf, type Role, type UserPrincipal } from '#libs/access';
import { Database } from '#libs/database';
import { users } from '#modules/users';
import { mayActAs } from './impersonation-rules.js';
import { hashOf } from '../secrets/secrets.js';
import { idleLifetime, isLive } from './is-live.js';
import { sessions } from './sessions.schema.js';

/** The last use is written once a minute, because a write for every request would cost more than the request. */
const needsTouch = sql<boolean>`${sessions.lastSeenAt} < now() - interval '1 minute'`;

/** The administrator who acts as the user of a session. */
const impersonators = alias(users, 'impersonators');

/** Whatever ends all sessions of an administrator also ends those in which the administrator acts as a user. */
const isImpersonatorLive = or(
  isNull(sessions.impersonatorId),
  and(eq(impersonators.status, 'active'), eq(impersonators.authEpoch, sessions.impersonatorEpoch)),
);

/** Authenticates each request of a browser by its session. */
@Injectable()
export class SessionAuthenticator {
  readonly #byToken;
  readonly #byId;

  constructor(private readonly db: Database) {
    const select = () =>
      db.conn
        .select({
          id: sessions.id,
          userId: sessions.userId,
          role: users.role,
          needsTouch,
          isSudo: sql<boolean>`coalesce(${sessions.sudoUntil} > now(), false)`,
          impersonatorId: sessions.impersonatorId,
          impersonatorRole: impersonators.role,
        })
        .from(sessions)
        .innerJoin(users, eq(users.id, sessions.userId))
        .leftJoin(impersonators, eq(impersonators.id, sessions.impersonatorId));
    this.#byToken = select()
      .where(and(eq(sessions.tokenHash, sql.placeholder('tokenHash')), isLive, isImpersonatorLive))
      .prepare('sessions_by_token');
    this.#byId = select()
      .where(and(eq(sessions.id, sql.placeholder('id')), isLive, isImpersonatorLive))
      .prepare('sessions_by_id');
  }

  /** Returns the user of the session with this secret, or undefined when the session has ended. It takes one query. */
  async authenticate(secret: string): Promise<UserPrincipal | undefined> {
    const [found] = await this.#byToken.execute({ tokenHash: hashOf(secret) });
    const principal = found && principalOf(found);
    if (principal && found.needsTouch) await this.#touch(found.id);
    return principal;
  }

  /** Returns the same by the id of the session, which counts as no use: a page that is left open keeps no session alive. */
  async find(id: string): Promise<UserPrincipal | undefined> {
    const [found] = await this.#byId.execute({ id });
    return found && principalOf(found);
  }

  async #touch(id: string): Promise<void> {
    await this.db.conn
      .update(sessions)
      .set({ lastSeenAt: sql`now()`, idleExpiresAt: idleLifetime })
      .where(and(eq(sessions.id, id), needsTouch));
  }
}

interface Found {
  id: string;
  userId: string;
  role: Role;
  isSudo: boolean;
  impersonatorId: string | null;
  impersonatorRole: Role | null;
}

function principalOf({ id, userId, role, isSudo, impersonatorId, impersonatorRole }: Found) {
  const permissions = permissionsOf(role);
  // The permissions of the administrator or the user may have changed since the session began.
  if (impersonatorRole && !mayActAs(permissionsOf(impersonatorRole), permissions)) return undefined;
  const session = { id, isSudo, ...(impersonatorId && { impersonatorId }) };
  return { kind: 'user' as const, id: userId, permissions, session };
}
