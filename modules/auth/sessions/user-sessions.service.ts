import { Injectable } from '@nestjs/common';
import { Database } from '#libs/database';
import { JobsService } from '#libs/queue';
import { reportRightsChange, UsersService } from '#modules/users';
import { SessionsService } from './sessions.service.js';

/** Lets administrators end the sessions of a user. */
@Injectable()
export class UserSessionsService {
  constructor(
    private readonly db: Database,
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly jobs: JobsService,
  ) {}

  /** The live sessions, the latest first; none for a user who does not exist. */
  list(userId: string) {
    return this.sessions.list(userId, null);
  }

  /** Ends all sessions, and has the user and all administrators told. Throws UserNotFound, or AccessDenied for a user who may do more than the caller. */
  end(userId: string): Promise<void> {
    return this.db.transaction(async () => {
      const { email, role } = await this.users.lockForUpdate(userId);
      await this.sessions.revokeAll(userId);
      this.jobs.enqueue(reportRightsChange, { emails: [email], role, changes: ['signed-out'] });
    });
  }
}
