import { Injectable } from '@nestjs/common';
import { and, asc, eq, not, sql } from 'drizzle-orm';
import { AuditLog } from '#libs/audit-log';
import { Database, newId } from '#libs/database';
import { JobsService } from '#libs/queue';
import { lockOwner, type Owner } from '../sessions/user-locks.js';
import { sendNotification } from '../notifications/notifications.jobs.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { SignInMethodRegistry } from '../sessions/sign-in-method-registry.js';
import { IdentityNotFound } from './oidc.contract.js';
import { isTrusted } from './identities.queries.js';
import { identities } from './oidc.schema.js';
import type { Proof } from './openid-provider.js';
import { OpenidProviders } from './openid-providers.js';
import { SignInRefused } from './sign-in-refused.js';

type Key = Pick<Proof, 'issuer' | 'subject'>;

const is = ({ issuer, subject }: Key) => and(eq(identities.issuer, issuer), eq(identities.subject, subject));

/** Maps identities that providers prove to users. */
@Injectable()
export class IdentitiesService {
  constructor(
    private readonly db: Database,
    private readonly providers: OpenidProviders,
    private readonly sessions: SessionsService,
    private readonly signInMethods: SignInMethodRegistry,
    private readonly audit: AuditLog,
    private readonly jobs: JobsService,
  ) {}

  async find(key: Key): Promise<{ userId: string; isSuspended: boolean } | undefined> {
    const [identity] = await this.db.conn
      .select({ userId: identities.userId, suspendedAt: identities.suspendedAt })
      .from(identities)
      .where(is(key));
    return identity && { userId: identity.userId, isSuspended: identity.suspendedAt !== null };
  }

  /**
   * Returns the user of this identity and records its use, or returns undefined when the identity is unknown or suspended. Needs
   * a transaction, which keeps the identity linked.
   */
  async use(key: Key): Promise<string | undefined> {
    const [identity] = await this.db.tx
      .update(identities)
      .set({ lastUsedAt: sql`now()` })
      .where(and(is(key), isTrusted))
      .returning({ userId: identities.userId });
    return identity?.userId;
  }

  /**
   * Links this identity to the user. Returns false when it already was. Throws {@link SignInRefused} when another user has
   * the identity, or the user has another identity of the same provider. Needs a transaction.
   */
  async link(userId: string, { issuer, subject }: Key): Promise<boolean> {
    const [linked] = await this.db.tx
      .insert(identities)
      .values({ id: newId(), userId, issuer, subject, lastUsedAt: sql`now()` })
      .onConflictDoNothing()
      .returning({ id: identities.id });
    if (linked) {
      this.audit.record({ action: 'identities.link', target: `user:${userId}`, meta: { issuer } });
      return true;
    }
    const owner = await this.find({ issuer, subject });
    if (owner?.userId !== userId) throw new SignInRefused(owner ? 'other_user' : 'already_linked');
    return false;
  }

  async list(userId: string) {
    const rows = await this.db.conn
      .select({
        id: identities.id,
        issuer: identities.issuer,
        created_at: identities.createdAt,
        last_used_at: identities.lastUsedAt,
        suspended_at: identities.suspendedAt,
      })
      .from(identities)
      .where(eq(identities.userId, userId))
      .orderBy(asc(identities.createdAt), asc(identities.id))
      // The number is bounded already: one identity for each provider that was ever configured.
      .limit(100);
    return { data: rows.map((row) => ({ ...row, provider: this.#nameOf(row.issuer) })) };
  }

  /**
   * Trusts an identity again that a recovery of the account suspended. For one that works already it does nothing, because the
   * goal is reached. Throws {@link IdentityNotFound}.
   */
  async confirm(id: string, owner: Owner): Promise<void> {
    const { userId } = owner;
    await this.db.transaction(async () => {
      await lockOwner(this.db, owner);
      const isTheirs = and(eq(identities.id, id), eq(identities.userId, userId));
      const [confirmed] = await this.db.tx
        .update(identities)
        .set({ suspendedAt: null })
        .where(and(isTheirs, not(isTrusted)))
        .returning({ issuer: identities.issuer });
      if (!confirmed) {
        if ((await this.db.tx.$count(identities, isTheirs)) === 0) throw new IdentityNotFound();
        return;
      }
      this.audit.record({ action: 'identities.confirm', target: `user:${userId}`, meta: confirmed });
      this.notify(userId, confirmed.issuer, 'identity-linked');
    });
  }

  /**
   * Unlinks an identity and ends the user's other sessions. Throws {@link IdentityNotFound}, or LastWayToSignIn when the user
   * could not sign in any more.
   */
  async unlink(id: string, owner: Owner): Promise<void> {
    const { userId, sessionId } = owner;
    await this.db.transaction(async () => {
      // Two concurrent removals must not each rely on the credential that the other removes.
      await lockOwner(this.db, owner);
      const [removed] = await this.db.tx
        .delete(identities)
        .where(and(eq(identities.id, id), eq(identities.userId, userId)))
        .returning({ issuer: identities.issuer });
      if (!removed) throw new IdentityNotFound();
      await this.signInMethods.assertOneLeft(userId);
      await this.sessions.revokeAll(userId, { except: sessionId });
      this.audit.record({ action: 'identities.unlink', target: `user:${userId}`, meta: removed });
      this.notify(userId, removed.issuer, 'identity-unlinked');
    });
  }

  /** Enqueues a mail to the user. Needs a transaction. */
  notify(userId: string, issuer: string, kind: 'identity-linked' | 'identity-unlinked'): void {
    const provider = this.providers.findByIssuer(issuer)?.settings.label ?? issuer;
    this.jobs.enqueue(sendNotification, { to: { userId }, kind, detail: provider });
  }

  #nameOf(issuer: string): string | null {
    return this.providers.findByIssuer(issuer)?.settings.name ?? null;
  }
}
