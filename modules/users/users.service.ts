import { Injectable } from '@nestjs/common';
import { and, eq, ne, sql } from 'drizzle-orm';
import { AuditLog } from '#libs/audit-log';
import { Database, newId, sqlState } from '#libs/database';
import { type ExpectedVersions, isExpected, VersionStale } from '#libs/http';
import { JobsService } from '#libs/queue';
import {
  EmailTaken,
  type Invitation,
  LastAdmin,
  type User,
  type ProfilePatch,
  UserNotFound,
  type UserPatch,
} from './users.contract.js';
import { inviteUser } from './users.jobs.js';
import { nextVersion, userColumns } from './users.queries.js';
import { demandGrantable, demandManageable } from './users.rules.js';
import { users } from './users.schema.js';

/** Serialises changes that could take the last administrator away; any constant does. */
const lastAdminLock = 71_001;

/** SQLSTATE, PostgreSQL appendix A. */
const uniqueViolation = '23505';

@Injectable()
export class UsersService {
  readonly #byId;

  constructor(
    private readonly db: Database,
    private readonly jobs: JobsService,
    private readonly audit: AuditLog,
  ) {
    this.#byId = db.conn
      .select(userColumns)
      .from(users)
      .where(eq(users.id, sql.placeholder('id')))
      .prepare('users_by_id');
  }

  /** Throws {@link UserNotFound}. */
  async get(id: string): Promise<User> {
    const [user] = await this.#byId.execute({ id });
    if (!user) throw new UserNotFound();
    return user;
  }

  /**
   * Makes an account for somebody and promises the mail that lets them in, or does neither. Throws {@link EmailTaken},
   * or AccessDenied for a role that is more than the caller's.
   */
  async invite(invitation: Invitation): Promise<User> {
    demandGrantable(invitation.role);
    return this.db.transaction(async () => {
      const [user] = await this.db.tx
        .insert(users)
        .values({ id: newId(), status: 'invited', ...invitation })
        .onConflictDoNothing()
        .returning(userColumns);
      if (!user) throw new EmailTaken();
      this.jobs.enqueue(inviteUser, { userId: user.id });
      this.audit.record({ action: 'users.invite', target: `user:${user.id}`, meta: { role: user.role } });
      return user;
    });
  }

  /** Throws {@link UserNotFound}, {@link VersionStale}, {@link LastAdmin}, or AccessDenied for more rights than the caller's. */
  change(id: string, patch: UserPatch, expected: ExpectedVersions): Promise<User> {
    return this.db.transaction(async () => {
      const before = await this.hold(id);
      if (patch.role) demandGrantable(patch.role);
      if (patch.role || patch.status)
        await this.#keepAnAdmin(id, (patch.role ?? 'admin') === 'admin' && patch.status !== 'disabled');
      const user = await this.#update(id, patch, expected);
      this.audit.record({ action: 'users.change', target: `user:${id}`, meta: changeOf(before, patch) });
      return user;
    });
  }

  /** What people change of themselves. Throws {@link UserNotFound} or {@link VersionStale}. */
  changeProfile(id: string, patch: ProfilePatch, expected: ExpectedVersions): Promise<User> {
    return this.db.transaction(async () => {
      const user = await this.#update(id, patch, expected);
      this.audit.record({
        action: 'users.change',
        target: `user:${id}`,
        meta: { fields: Object.keys(patch) },
      });
      return user;
    });
  }

  /** Throws {@link UserNotFound}, {@link VersionStale}, {@link LastAdmin}, or AccessDenied for more rights than the caller's. */
  remove(id: string, expected: ExpectedVersions): Promise<void> {
    return this.db.transaction(async () => {
      const { role } = await this.hold(id);
      await this.#keepAnAdmin(id, false);
      const removed = await this.db.tx
        .delete(users)
        .where(and(eq(users.id, id), isExpected(users.version, expected)))
        .returning({ id: users.id });
      if (removed.length === 0) await this.#refuse(id);
      this.audit.record({ action: 'users.delete', target: `user:${id}`, meta: { role } });
    });
  }

  /**
   * Keeps a user as it is to the end of the transaction, for a caller who is about to do something to it. Throws
   * {@link UserNotFound}, or AccessDenied for a user who may do more than the caller.
   */
  async hold(id: string) {
    const [user] = await this.db.tx
      .select({ role: users.role, status: users.status })
      .from(users)
      .where(eq(users.id, id))
      .for('update');
    if (!user) throw new UserNotFound();
    demandManageable(user.role);
    return user;
  }

  /** Makes the account of somebody who proved the address. Nothing when it has one, invited or not. Needs a transaction. */
  async add({ email, name }: { email: string; name: string }): Promise<string | undefined> {
    const [user] = await this.db.tx
      .insert(users)
      .values({ id: newId(), email, name, role: 'member', status: 'active' })
      .onConflictDoNothing()
      .returning({ id: users.id });
    return user?.id;
  }

  /** Opens the account to somebody who proved the address. False when it is disabled or gone. Needs a transaction. */
  async activate(id: string): Promise<boolean> {
    const { rowCount } = await this.db.tx
      .update(users)
      .set({ status: 'active', ...nextVersion })
      .where(and(eq(users.id, id), ne(users.status, 'disabled')));
    return rowCount === 1;
  }

  /** Ends every session and whatever else carries the epoch it began with. Returns the new one. Needs a transaction. */
  async raiseEpoch(id: string): Promise<number> {
    const [user] = await this.db.tx
      .update(users)
      .set({ authEpoch: sql`${users.authEpoch} + 1` })
      .where(eq(users.id, id))
      .returning({ authEpoch: users.authEpoch });
    if (!user) throw new UserNotFound();
    return user.authEpoch;
  }

  /** Gives the user an address that was proven. Throws {@link EmailTaken} or {@link UserNotFound}. Needs a transaction. */
  async changeEmail(id: string, email: string): Promise<void> {
    try {
      // An UPDATE has no ON CONFLICT, and whoever looks first can be overtaken: the savepoint keeps the refusal small.
      const { rowCount } = await this.db.savepoint(() =>
        this.db.tx
          .update(users)
          .set({ email, ...nextVersion })
          .where(eq(users.id, id)),
      );
      if (rowCount === 0) throw new UserNotFound();
    } catch (error) {
      if (sqlState(error) === uniqueViolation) throw new EmailTaken();
      throw error;
    }
  }

  /** An account that has yet to be opened, with the role admin. Throws {@link EmailTaken}. Needs a transaction. */
  async inviteAdmin(email: string): Promise<string> {
    const [user] = await this.db.tx
      .insert(users)
      .values({ id: newId(), email, name: 'Administrator', role: 'admin', status: 'invited' })
      .onConflictDoUpdate({
        target: users.email,
        set: { role: 'admin', ...nextVersion },
        setWhere: eq(users.status, 'invited'),
      })
      .returning({ id: users.id });
    if (!user) throw new EmailTaken();
    return user.id;
  }

  async #update(id: string, patch: UserPatch, expected: ExpectedVersions): Promise<User> {
    const [user] = await this.db.tx
      .update(users)
      .set({ ...patch, ...nextVersion, ...(patch.status && { authEpoch: sql`${users.authEpoch} + 1` }) })
      .where(and(eq(users.id, id), isExpected(users.version, expected)))
      .returning(userColumns);
    return user ?? this.#refuse(id);
  }

  async #keepAnAdmin(id: string, staysAdmin: boolean): Promise<void> {
    if (staysAdmin) return;
    await this.db.tx.execute(sql`select pg_advisory_xact_lock(${lastAdminLock})`);
    const isAdmin = and(eq(users.role, 'admin'), eq(users.status, 'active'));
    const [target] = await this.db.tx
      .select({ id: users.id })
      .from(users)
      .where(and(eq(users.id, id), isAdmin));
    if (!target) return;
    const [other] = await this.db.tx
      .select({ id: users.id })
      .from(users)
      .where(and(ne(users.id, id), isAdmin))
      .limit(1);
    if (!other) throw new LastAdmin();
  }

  /** Why a conditional statement found no row. */
  async #refuse(id: string): Promise<never> {
    await this.get(id);
    throw new VersionStale();
  }
}

/** Rights as they were and are; of a name only that it changed, as an event stays for ever. */
function changeOf(before: Pick<User, 'role' | 'status'>, patch: UserPatch) {
  return {
    fields: Object.keys(patch),
    ...(patch.role && { role: [before.role, patch.role] }),
    ...(patch.status && { status: [before.status, patch.status] }),
  };
}
