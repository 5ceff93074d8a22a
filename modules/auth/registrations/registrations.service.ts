import { Injectable } from '@nestjs/common';
import { and, eq, gt, sql } from 'drizzle-orm';
import { AuditLog } from '#libs/audit-log';
import { Keyring } from '#libs/config';
import { Database, newId } from '#libs/database';
import { JobsService } from '#libs/queue';
import { UsersService } from '#modules/users';
import { TokenInvalid } from '../secrets/mailed-links.contract.js';
import { answerRegistration } from './registrations.jobs.js';
import { type Registration } from './registrations.contract.js';
import { credentials } from '../passwords/passwords.schema.js';
import { registrations } from './registrations.schema.js';
import { PasswordsService } from '../passwords/passwords.service.js';
import { hashOf, deriveLinkToken } from '../secrets/secrets.js';

const lifetime = sql`now() + interval '24 hours'`;

/** Registers users. No answer reveals whether an address has an account; only the mail does, to the person who reads it. */
@Injectable()
export class RegistrationsService {
  constructor(
    private readonly db: Database,
    private readonly jobs: JobsService,
    private readonly users: UsersService,
    private readonly passwords: PasswordsService,
    private readonly keyring: Keyring,
    private readonly audit: AuditLog,
  ) {}

  /**
   * Starts a registration. It does the same for a new and for a taken address, so that neither answer nor time differ. Throws
   * InputInvalid.
   */
  async register({ email, name, password }: Registration): Promise<void> {
    const passwordHash = await this.passwords.choose(password, { email, name });
    await this.db.transaction(async () => {
      const id = newId();
      const tokenHash = hashOf(deriveLinkToken(this.keyring, 'registration', id));
      await this.db.tx
        .insert(registrations)
        .values({ id, tokenHash, email, name, passwordHash, expiresAt: lifetime });
      this.jobs.enqueue(answerRegistration, { registrationId: id });
    });
  }

  /** Creates the user of a registration whose mail was read. Throws {@link TokenInvalid}. */
  async verify(token: string): Promise<void> {
    await this.db.transaction(async () => {
      const [proven] = await this.db.tx
        .delete(registrations)
        .where(and(eq(registrations.tokenHash, hashOf(token)), gt(registrations.expiresAt, sql`now()`)))
        .returning();
      const userId = proven && (await this.users.add(proven));
      if (!userId) throw new TokenInvalid();
      await this.db.tx.insert(credentials).values({ userId, passwordHash: proven.passwordHash });
      this.audit.record({
        action: 'registrations.verify',
        target: `user:${userId}`,
        actor: { kind: 'user', id: userId },
      });
    });
  }
}
