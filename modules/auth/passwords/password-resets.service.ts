import { Injectable } from '@nestjs/common';
import { and, eq, exists, gt, isNull, type SQL, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { AuditLog } from '#libs/audit-log';
import { Keyring } from '#libs/config';
import { Database } from '#libs/database';
import { JobsService } from '#libs/queue';
import { users, UsersService } from '#modules/users';
import { TokenInvalid } from '../secrets/mailed-links.contract.js';
import { answerResetRequest } from './passwords.jobs.js';
import { type ResetConfirmation } from './passwords.contract.js';
import { credentials, oneTimeTokens } from './passwords.schema.js';
import { sendNotification } from '../notifications/notifications.jobs.js';
import { RevocationsService } from '../sessions/revocations.service.js';
import { PasswordsService } from './passwords.service.js';
import { hashOf, deriveLinkToken } from '../secrets/secrets.js';

type Purpose = (typeof oneTimeTokens.$inferSelect)['purpose'];

/** The lifetimes of links. OWASP ASVS 5.0 6.5.5 limits that of a reset; a set-up or invitation must outlast a weekend. */
const lifetime: Record<Purpose, SQL> = {
  'password-reset': sql`now() + interval '10 minutes'`,
  'account-setup': sql`now() + interval '72 hours'`,
};

const isUsable = and(isNull(oneTimeTokens.usedAt), gt(oneTimeTokens.expiresAt, sql`now()`));

/**
 * Lets a user choose a password without the old one: after forgetting it, after an invitation, and as the first
 * administrator.
 */
@Injectable()
export class PasswordResetsService {
  constructor(
    private readonly db: Database,
    private readonly jobs: JobsService,
    private readonly users: UsersService,
    private readonly passwords: PasswordsService,
    private readonly revocations: RevocationsService,
    private readonly audit: AuditLog,
    private readonly keyring: Keyring,
  ) {}

  /** Enqueues a mail for any address that a caller names. The mail job determines whether there is an account. */
  request(email: string): Promise<void> {
    return this.db.transaction(async () => {
      this.jobs.enqueue(answerResetRequest, { email });
    });
  }

  /**
   * Returns the token of a link for this user. It is the same for the same `id`, so that a repeated mail job sends no second
   * one.
   */
  async issue(purpose: Purpose, userId: string, id: string): Promise<string> {
    const token = deriveLinkToken(this.keyring, purpose, id);
    await this.db.conn
      .insert(oneTimeTokens)
      .values({ hash: hashOf(token), purpose, userId, expiresAt: lifetime[purpose] })
      .onConflictDoNothing();
    return token;
  }

  /**
   * Ends the older links of the same user and purpose, for a caller who is about to hand out this one: a user has one link that
   * works. Returns false when the link itself does not work any more. A repeated mail job must not send it then.
   */
  async replaceOlder(token: string): Promise<boolean> {
    const newer = alias(oneTimeTokens, 'newer');
    const isOlder = and(
      eq(newer.hash, hashOf(token)),
      eq(newer.userId, oneTimeTokens.userId),
      eq(newer.purpose, oneTimeTokens.purpose),
      // All links of a purpose have the same lifetime, so the expiry gives their order.
      sql`(${newer.expiresAt}, ${newer.hash}) > (${oneTimeTokens.expiresAt}, ${oneTimeTokens.hash})`,
    );
    await this.db.conn
      .update(oneTimeTokens)
      .set({ usedAt: sql`now()` })
      .where(
        and(
          isNull(oneTimeTokens.usedAt),
          exists(this.db.conn.select({ hash: newer.hash }).from(newer).where(isOlder)),
        ),
      );
    const isSame = eq(oneTimeTokens.hash, hashOf(token));
    return (await this.db.conn.$count(oneTimeTokens, and(isSame, isUsable))) > 0;
  }

  /**
   * Sets the password, ends every session, link and key of the user, and suspends what was added lately. Returns the user. Throws {@link TokenInvalid}
   * or what {@link PasswordsService.choose} throws, which leaves the link usable.
   */
  async confirm({ token, password }: ResetConfirmation): Promise<{ email: string }> {
    const isToken = and(eq(oneTimeTokens.hash, hashOf(token)), isUsable);
    const [owner] = await this.db.conn
      .select({ email: users.email, name: users.name })
      .from(oneTimeTokens)
      .innerJoin(users, eq(users.id, oneTimeTokens.userId))
      .where(isToken);
    // Hashing is expensive on purpose, so an invented token must not get that far.
    if (!owner) throw new TokenInvalid();
    const passwordHash = await this.passwords.choose(password, owner);
    await this.db.transaction(async () => {
      const [used] = await this.db.tx
        .update(oneTimeTokens)
        .set({ usedAt: sql`now()` })
        .where(isToken)
        .returning({ userId: oneTimeTokens.userId, purpose: oneTimeTokens.purpose });
      // The link came by mail, so it also proves the address of an invited user. A disabled user stays disabled.
      if (!used || !(await this.users.activate(used.userId))) throw new TokenInvalid();
      const ended = await this.#recover(used.userId, passwordHash);
      if (used.purpose === 'password-reset')
        this.jobs.enqueue(sendNotification, {
          to: { email: owner.email },
          kind: 'password-reset',
          detail: ended.join('\n'),
        });
      this.audit.record({
        action: 'passwords.reset',
        target: `user:${used.userId}`,
        meta: { purpose: used.purpose },
        actor: { kind: 'user', id: used.userId },
      });
    });
    return owner;
  }

  /** Uses up every link of this user. Needs a transaction. */
  async useUpLinks(userId: string): Promise<void> {
    await this.db.tx
      .update(oneTimeTokens)
      .set({ usedAt: sql`now()` })
      .where(and(eq(oneTimeTokens.userId, userId), isNull(oneTimeTokens.usedAt)));
  }

  /** Sets the password. Returns what else ended, in sentences. */
  async #recover(userId: string, passwordHash: string): Promise<string[]> {
    await this.db.tx
      .insert(credentials)
      .values({ userId, passwordHash })
      .onConflictDoUpdate({ target: credentials.userId, set: { passwordHash } });
    return this.revocations.recover(userId);
  }
}
