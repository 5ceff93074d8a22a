import { Injectable } from '@nestjs/common';
import { eq, sql } from 'drizzle-orm';
import { Database, newId } from '#libs/database';
import { users } from '#modules/users';
import { AdminExists } from './auth.contract.js';
import { credentials } from './auth.schema.js';
import { PasswordResetsService } from './password-resets.service.js';
import { Passwords } from './passwords.js';

/** Keeps two bootstraps apart; any constant does. */
const bootstrapLock = 71_002;

/** How an installation gets its first administrator. There is no default account. */
@Injectable()
export class AdminsService {
  constructor(
    private readonly db: Database,
    private readonly passwords: Passwords,
    private readonly resets: PasswordResetsService,
  ) {}

  /** Makes the first administrator and returns the token to choose a password with. Throws {@link AdminExists}. */
  bootstrap(email: string): Promise<{ token: string }> {
    return this.db.transaction(async () => {
      await this.db.tx.execute(sql`select pg_advisory_xact_lock(${bootstrapLock})`);
      const [admin] = await this.db.tx
        .select({ status: users.status })
        .from(users)
        .where(eq(users.role, 'admin'))
        .limit(1);
      if (admin && admin.status !== 'invited') throw new AdminExists();
      const userId = await this.#upsert(email, 'invited');
      return { token: await this.resets.issue('account-setup', userId, newId()) };
    });
  }

  /** Development only: an administrator with this password, whatever was there before. */
  async ensure(email: string, password: string): Promise<void> {
    const passwordHash = await this.passwords.hash(password);
    await this.db.transaction(async () => {
      const userId = await this.#upsert(email, 'active');
      await this.db.tx
        .insert(credentials)
        .values({ userId, passwordHash })
        .onConflictDoUpdate({ target: credentials.userId, set: { passwordHash } });
    });
  }

  async #upsert(email: string, status: 'invited' | 'active'): Promise<string> {
    const [user] = await this.db.tx
      .insert(users)
      .values({ id: newId(), email, name: 'Administrator', role: 'admin', status })
      .onConflictDoUpdate({ target: users.email, set: { role: 'admin', status } })
      .returning({ id: users.id });
    return user!.id;
  }
}
