import { Injectable } from '@nestjs/common';
import { Database } from '#libs/database';
import { UsersService } from '#modules/users';
import { SessionsService } from './sessions.service.js';

/** Lets administrators end the sessions of a user. */
@Injectable()
export class UserSessionsService {
  constructor(
    private readonly db: Database,
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
  ) {}

  /** Ends all sessions. Throws UserNotFound, or AccessDenied for a user who may do more than the caller. */
  end(userId: string): Promise<void> {
    return this.db.transaction(async () => {
      await this.users.lockForUpdate(userId);
      await this.sessions.revokeAll(userId);
    });
  }
}
