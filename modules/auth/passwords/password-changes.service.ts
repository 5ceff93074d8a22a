import { Injectable } from '@nestjs/common';
import { AuditLog } from '#libs/audit-log';
import { Database } from '#libs/database';
import { JobsService } from '#libs/queue';
import { UsersService } from '#modules/users';
import { credentials } from './passwords.schema.js';
import { lockOwner, type Owner } from '../sessions/user-locks.js';
import { sendNotification } from '../notifications/notifications.jobs.js';
import { RevocationsService } from '../sessions/revocations.service.js';
import { PasswordsService } from './passwords.service.js';

interface PasswordChange extends Owner {
  password: string;
}

/** Changes the password of a signed-in user, or sets a first one. */
@Injectable()
export class PasswordChangesService {
  constructor(
    private readonly db: Database,
    private readonly jobs: JobsService,
    private readonly users: UsersService,
    private readonly passwords: PasswordsService,
    private readonly revocations: RevocationsService,
    private readonly audit: AuditLog,
  ) {}

  /**
   * Changes the password and ends every other session and every link of the user. Returns the session's new secret. Throws
   * what {@link PasswordsService.choose} throws, or AuthenticationRequired when the session ended meanwhile.
   */
  async change({ userId, sessionId, password }: PasswordChange): Promise<string> {
    const { email, name } = await this.users.get(userId);
    const passwordHash = await this.passwords.choose(password, { email, name });
    return this.db.transaction(async () => {
      await lockOwner(this.db, { userId, sessionId });
      await this.db.tx
        .insert(credentials)
        .values({ userId, passwordHash })
        .onConflictDoUpdate({ target: credentials.userId, set: { passwordHash } });
      const secret = await this.revocations.revokeOthers(userId, sessionId);
      this.jobs.enqueue(sendNotification, { to: { email }, kind: 'password-changed' });
      this.audit.record({ action: 'passwords.change', target: `user:${userId}` });
      return secret;
    });
  }
}
