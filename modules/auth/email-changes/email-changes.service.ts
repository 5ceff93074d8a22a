import { Injectable } from '@nestjs/common';
import { and, eq, gt, sql } from 'drizzle-orm';
import { AuditLog } from '#libs/audit-log';
import { Keyring } from '#libs/config';
import { Database, newId } from '#libs/database';
import { JobsService } from '#libs/queue';
import { UsersService } from '#modules/users';
import { TokenInvalid } from '../secrets/mailed-links.contract.js';
import { lockOwner, type Owner } from '../sessions/user-locks.js';
import { sendNotification } from '../notifications/notifications.jobs.js';
import { RevocationsService } from '../sessions/revocations.service.js';
import { hashOf, deriveLinkToken } from '../secrets/secrets.js';
import { mailEmailChange } from './email-changes.jobs.js';
import { emailChanges } from './email-changes.schema.js';

/** The lifetime of a change: long enough to reach another mailbox, and too short for a thief to find the link weeks later. */
const lifetime = sql`now() + interval '1 hour'`;

const isLive = gt(emailChanges.expiresAt, sql`now()`);

/**
 * Changes the address that receives every link, which amounts to the account itself. The user must prove their identity to
 * begin and the new mailbox to finish. Both times the old address is notified.
 */
@Injectable()
export class EmailChangesService {
  constructor(
    private readonly db: Database,
    private readonly jobs: JobsService,
    private readonly users: UsersService,
    private readonly revocations: RevocationsService,
    private readonly audit: AuditLog,
    private readonly keyring: Keyring,
  ) {}

  /**
   * Requests a change, which replaces an earlier request. It does the same for a free and for a taken address; only the mails
   * differ.
   */
  request(userId: string, email: string): Promise<void> {
    return this.db.transaction(async () => {
      const id = newId();
      const change = {
        id,
        email,
        tokenHash: hashOf(deriveLinkToken(this.keyring, 'email-change', id)),
        cancelHash: hashOf(deriveLinkToken(this.keyring, 'email-change-cancel', id)),
        expiresAt: lifetime,
      };
      await this.db.tx
        .insert(emailChanges)
        .values({ userId, ...change })
        .onConflictDoUpdate({ target: emailChanges.userId, set: change });
      this.jobs.enqueue(mailEmailChange, { changeId: id, to: 'new' });
      this.jobs.enqueue(mailEmailChange, { changeId: id, to: 'old' });
      this.audit.record({ action: 'email-changes.request', target: `user:${userId}` });
    });
  }

  /**
   * Gives the user the address to which this token was mailed, and ends all other sessions and links. Returns the session's
   * new secret. Throws {@link TokenInvalid}, or EmailTaken when the address got an account meanwhile.
   */
  confirm(owner: Owner, token: string): Promise<string> {
    const { userId, sessionId } = owner;
    return this.db.transaction(async () => {
      await lockOwner(this.db, owner);
      const [proven] = await this.db.tx
        .delete(emailChanges)
        .where(and(eq(emailChanges.userId, userId), eq(emailChanges.tokenHash, hashOf(token)), isLive))
        .returning({ email: emailChanges.email });
      if (!proven) throw new TokenInvalid();
      const { email: old } = await this.users.get(userId);
      await this.users.changeEmail(userId, proven.email);
      const secret = await this.revocations.revokeOthers(userId, sessionId);
      this.jobs.enqueue(sendNotification, { to: { email: old }, kind: 'email-changed' });
      this.audit.record({ action: 'email-changes.confirm', target: `user:${userId}` });
      return secret;
    });
  }

  /** Cancels a change with the link to the old address. The user need not be signed in. Throws {@link TokenInvalid}. */
  cancel(token: string): Promise<void> {
    return this.db.transaction(async () => {
      const [cancelled] = await this.db.tx
        .delete(emailChanges)
        .where(and(eq(emailChanges.cancelHash, hashOf(token)), isLive))
        .returning({ userId: emailChanges.userId });
      if (!cancelled) throw new TokenInvalid();
      this.audit.record({ action: 'email-changes.cancel', target: `user:${cancelled.userId}` });
    });
  }

  /** Deletes the waiting change of this user. Needs a transaction. */
  async forgetWaiting(userId: string): Promise<void> {
    await this.db.tx.delete(emailChanges).where(eq(emailChanges.userId, userId));
  }
}
