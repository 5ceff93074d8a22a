import { Injectable } from '@nestjs/common';
import { and, eq, ne, sql } from 'drizzle-orm';
import { AuditLog } from '#libs/audit-log';
import { advisoryLocks, Database, newId } from '#libs/database';
import { users, UsersService } from '#modules/users';
import { AdminExists } from './admins.contract.js';
import { PasswordResetsService } from '../passwords/password-resets.service.js';

/** Creates the first administrator of an installation. There is no default account. */
@Injectable()
export class AdminsService {
  constructor(
    private readonly db: Database,
    private readonly users: UsersService,
    private readonly resets: PasswordResetsService,
    private readonly audit: AuditLog,
  ) {}

  /**
   * Creates the first administrator and returns the token with which to choose a password. It may be repeated until an
   * administrator has chosen one. Throws {@link AdminExists}, or EmailTaken when the address has an open account.
   */
  bootstrap(email: string): Promise<{ token: string }> {
    return this.db.transaction(async () => {
      await this.db.tx.execute(sql`select pg_advisory_xact_lock(${advisoryLocks.adminBootstrap})`);
      const admins = await this.db.tx.$count(
        users,
        and(eq(users.role, 'admin'), ne(users.status, 'invited')),
      );
      if (admins > 0) throw new AdminExists();
      const userId = await this.users.inviteAdmin(email);
      this.audit.record({ action: 'admins.bootstrap', target: `user:${userId}` });
      const token = await this.resets.issue('account-setup', userId, newId());
      await this.resets.replaceOlder(token);
      return { token };
    });
  }
}
