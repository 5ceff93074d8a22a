import { Injectable } from '@nestjs/common';
import { and, asc, eq, sql } from 'drizzle-orm';
import { AuditLog } from '#libs/audit-log';
import { Database, newId } from '#libs/database';
import { JobsService } from '#libs/queue';
import { lockOwner, type Owner } from '../sessions/user-locks.js';
import { sendNotification } from '../notifications/notifications.jobs.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { SignInMethods } from '../sessions/sign-in-methods.js';
import { IdentityNotFound } from './oidc.contract.js';
import { identities } from './oidc.schema.js';
import type { Proof } from './openid-provider.js';
import { OpenidProviders } from './openid-providers.js';
import { SignInRefused } from './sign-in-refused.js';

type Key = Pick<Proof, 'issuer' | 'subject'>;

const is = ({ issuer, subject }: Key) => and(eq(identities.issuer, issuer), eq(identities.subject, subject));

/** Which user somebody is who was proven by a provider. */
@Injectable()
export class IdentitiesService {
  constructor(
    private readonly db: Database,
    private readonly providers: OpenidProviders,
    private readonly sessions: SessionsService,
    private readonly ways: SignInMethods,
    private readonly audit: AuditLog,
    private readonly jobs: JobsService,
  ) {}

  async find(key: Key): Promise<string | undefined> {
    const [identity] = await this.db.conn
      .select({ userId: identities.userId })
      .from(identities)
      .where(is(key));
    return identity?.userId;
  }

  /** The user of this identity, noting its use; nothing when it is unknown. Needs a transaction, which keeps it linked. */
  async use(key: Key): Promise<string | undefined> {
    const [identity] = await this.db.tx
      .update(identities)
      .set({ lastUsedAt: sql`now()` })
      .where(is(key))
      .returning({ userId: identities.userId });
    return identity?.userId;
  }

  /**
   * Makes this identity one of the user's; false when it was already. Throws {@link SignInRefused} when it is
   * somebody else's, or the user has another one of the same provider. Needs a transaction.
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
    if (owner !== userId) throw new SignInRefused(owner ? 'other_user' : 'already_linked');
    return false;
  }

  async list(userId: string) {
    const rows = await this.db.conn
      .select({
        id: identities.id,
        issuer: identities.issuer,
        created_at: identities.createdAt,
        last_used_at: identities.lastUsedAt,
      })
      .from(identities)
      .where(eq(identities.userId, userId))
      .orderBy(asc(identities.createdAt), asc(identities.id))
      // Bounded already: one of each provider that was ever configured.
      .limit(100);
    return { data: rows.map((row) => ({ ...row, provider: this.#nameOf(row.issuer) })) };
  }

  /**
   * Takes an identity from its user and ends the user's other sessions. Throws {@link IdentityNotFound}, or
   * LastWayToSignIn when nothing else would be left to sign in with.
   */
  async unlink(id: string, owner: Owner): Promise<void> {
    const { userId, sessionId } = owner;
    await this.db.transaction(async () => {
      // Two at once must not each rely on the other's.
      await lockOwner(this.db, owner);
      const [removed] = await this.db.tx
        .delete(identities)
        .where(and(eq(identities.id, id), eq(identities.userId, userId)))
        .returning({ issuer: identities.issuer });
      if (!removed) throw new IdentityNotFound();
      await this.ways.assertOneLeft(userId);
      await this.sessions.revokeAll(userId, { except: sessionId });
      this.audit.record({ action: 'identities.unlink', target: `user:${userId}`, meta: removed });
      this.notify(userId, removed.issuer, 'identity-unlinked');
    });
  }

  /** Promises a mail to the user. Needs a transaction. */
  notify(userId: string, issuer: string, notice: 'identity-linked' | 'identity-unlinked'): void {
    const provider = this.providers.findByIssuer(issuer)?.settings.label ?? issuer;
    this.jobs.enqueue(sendNotification, { to: { userId }, notice, detail: provider });
  }

  #nameOf(issuer: string): string | null {
    return this.providers.findByIssuer(issuer)?.settings.name ?? null;
  }
}
