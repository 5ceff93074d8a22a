import { Injectable } from '@nestjs/common';
import { Database } from '#libs/database';
import { UsersService } from '#modules/users';
import { SessionsService } from './sessions.service.js';

/** The sessions of a user, in the hands of who administers them. */
@Injectable()
export class UserSessionsService {
  constructor(
    private readonly db: Database,
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
  ) {}

  /** Ends them all. Throws UserNotFound, or AccessDenied for a user who may do more than the caller. */
  end(userId: string): Promise<void> {
    return this.db.transaction(async () => {
      await this.users.hold(userId);
      await this.sessions.revokeAll(userId);
    });
  }
}
