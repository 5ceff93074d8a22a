import { Injectable } from '@nestjs/common';
import { and, eq } from 'drizzle-orm';
import { Database } from '#libs/database';
import { hashOf } from '../secrets/secrets.js';
import { recoveryCodes } from './mfa.schema.js';
import { canonicalRecoveryCode, newRecoveryCode } from './recovery-code.js';
import { SecurityNotifications } from '../notifications/security-notifications.js';

/** Enough for a lifetime of lost phones, and they fit on a slip of paper. */
const perUser = 10;

/** What lets somebody in who lost their second factor. Shown once; only hashes are kept. */
@Injectable()
export class RecoveryCodesService {
  constructor(
    private readonly db: Database,
    private readonly notices: SecurityNotifications,
  ) {}

  /** New ones; those before no longer work. Needs a transaction. */
  async replace(userId: string): Promise<string[]> {
    await this.drop(userId);
    const codes = Array.from({ length: perUser }, newRecoveryCode);
    await this.db.tx.insert(recoveryCodes).values(codes.map((code) => ({ hash: hashOf(code), userId })));
    return codes;
  }

  /** Needs a transaction. */
  async drop(userId: string): Promise<void> {
    await this.db.tx.delete(recoveryCodes).where(eq(recoveryCodes.userId, userId));
  }

  left(userId: string): Promise<number> {
    return this.db.conn.$count(recoveryCodes, eq(recoveryCodes.userId, userId));
  }

  /** True once for each code, and the user is told. Needs a transaction. */
  async use(userId: string, given: string): Promise<boolean> {
    const code = canonicalRecoveryCode(given);
    if (!code) return false;
    const { rowCount } = await this.db.tx
      .delete(recoveryCodes)
      .where(and(eq(recoveryCodes.hash, hashOf(code)), eq(recoveryCodes.userId, userId)));
    if (rowCount !== 1) return false;
    this.notices.tell(userId, { action: 'recovery-codes.use', notice: 'recovery-code-used' });
    return true;
  }
}
