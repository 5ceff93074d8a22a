import { Injectable } from '@nestjs/common';
import { and, eq } from 'drizzle-orm';
import { Database } from '#libs/database';
import { hashOf } from '../secrets/secrets.js';
import { isRecent } from '../sessions/revocation-registry.js';
import { recoveryCodes } from './mfa.schema.js';
import { canonicalRecoveryCode, newRecoveryCode } from './recovery-code.js';
import { SecurityNotificationsService } from '../notifications/security-notifications.service.js';

/** The number of codes: enough for many lost phones, and they fit on a slip of paper. */
const perUser = 10;

/**
 * Manages the codes with which a user who lost their second factor signs in. They are shown once, and only hashes are stored.
 */
@Injectable()
export class RecoveryCodesService {
  constructor(
    private readonly db: Database,
    private readonly notifications: SecurityNotificationsService,
  ) {}

  /** Creates new codes and deletes the earlier ones. Needs a transaction. */
  async replace(userId: string): Promise<string[]> {
    await this.drop(userId);
    const codes = Array.from({ length: perUser }, newRecoveryCode);
    await this.db.tx.insert(recoveryCodes).values(codes.map((code) => ({ hash: hashOf(code), userId })));
    return codes;
  }

  /** Deletes the codes. Needs a transaction. */
  async drop(userId: string): Promise<void> {
    await this.db.tx.delete(recoveryCodes).where(eq(recoveryCodes.userId, userId));
  }

  /**
   * Deletes the recent codes of a user whose account is recovered: they cannot be confirmed one by one, and new ones are made in a
   * moment. Returns the sentence for the owner. Needs a transaction.
   */
  async dropRecent(userId: string): Promise<string | undefined> {
    const { rowCount } = await this.db.tx
      .delete(recoveryCodes)
      .where(and(eq(recoveryCodes.userId, userId), isRecent(recoveryCodes.createdAt)));
    return rowCount ? 'The recovery codes of the last seven days no longer work. Make new ones.' : undefined;
  }

  left(userId: string): Promise<number> {
    return this.db.conn.$count(recoveryCodes, eq(recoveryCodes.userId, userId));
  }

  /** Uses up a code and notifies the user. Returns true once for each code. Needs a transaction. */
  async use(userId: string, input: string): Promise<boolean> {
    const code = canonicalRecoveryCode(input);
    if (!code) return false;
    const { rowCount } = await this.db.tx
      .delete(recoveryCodes)
      .where(and(eq(recoveryCodes.hash, hashOf(code)), eq(recoveryCodes.userId, userId)));
    if (rowCount !== 1) return false;
    this.notifications.notify(userId, { action: 'recovery-codes.use', notification: 'recovery-code-used' });
    return true;
  }
}
