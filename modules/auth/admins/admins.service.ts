import { Injectable } from '@nestjs/common';
import { and, eq, ne, sql } from 'drizzle-orm';
import { AuditLog } from '#libs/audit-log';
import { Database, newId } from '#libs/database';
import { users, UsersService } from '#modules/users';
import { AdminExists } from './admins.contract.js';
import { PasswordResetsService } from '../passwords/password-resets.service.js';

/** Keeps two bootstraps apart; any constant does. */
const bootstrapLock = 71_002;

/** How an installation gets its first administrator. There is no default account. */
@Injectable()
export class AdminsService {
  constructor(
    private readonly db: Database,
    private readonly users: UsersService,
    private readonly resets: PasswordResetsService,
    private readonly audit: AuditLog,
  ) {}

  /**
   * Makes the first administrator and returns the token to choose a password with. May be repeated until somebody
   * did. Throws {@link AdminExists}, or EmailTaken when the address has an open account.
   */
  bootstrap(email: string): Promise<{ token: string }> {
    return this.db.transaction(async () => {
      await this.db.tx.execute(sql`select pg_advisory_xact_lock(${bootstrapLock})`);
      const admins = await this.db.tx.$count(
        users,
        and(eq(users.role, 'admin'), ne(users.status, 'invited')),
      );
      if (admins > 0) throw new AdminExists();
      const userId = await this.users.inviteAdmin(email);
      this.audit.record({ action: 'admins.bootstrap', target: `user:${userId}` });
      return { token: await this.resets.issue('account-setup', userId, newId()) };
    });
  }
}
