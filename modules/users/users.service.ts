import { Injectable } from '@nestjs/common';
import { and, eq, ne, sql } from 'drizzle-orm';
import type { Role } from '#libs/access';
import { AuditLog } from '#libs/audit-log';
import { advisoryLocks, Database, newId, sqlState } from '#libs/database';
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
import { inviteUser, type RightsReport, reportRightsChange } from './users.jobs.js';
import { nextVersion, userColumns } from './users.queries.js';
import { assertGrantable, assertManageable, hasRights } from './users.rules.js';
import { users } from './users.schema.js';

/** SQLSTATE, PostgreSQL appendix A. */
const uniqueViolation = '23505';

@Injectable()
export class UsersService {
  readonly #byId;
  readonly #insertInvited;

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
    this.#insertInvited = db.conn
      .insert(users)
      .values({
        id: sql.placeholder('id'),
        status: 'invited',
        email: sql.placeholder('email'),
        name: sql.placeholder('name'),
        role: sql.placeholder('role'),
      })
      .onConflictDoNothing()
      .returning(userColumns)
      .prepare('users_insert_invited');
  }

  /** Returns a user. Throws {@link UserNotFound}. */
  async get(id: string): Promise<User> {
    const [user] = await this.#byId.execute({ id });
    if (!user) throw new UserNotFound();
    return user;
  }

  /**
   * Creates an account and enqueues the invitation mail, or does neither. Throws {@link EmailTaken}, or what
   * {@link assertGrantable} throws.
   */
  async invite(invitation: Invitation): Promise<User> {
    assertGrantable(invitation.role);
    return this.db.transaction(async () => {
      const [user] = await this.#insertInvited.execute({ id: newId(), ...invitation });
      if (!user) throw new EmailTaken();
      this.jobs.enqueue(inviteUser, { userId: user.id });
      this.audit.record({ action: 'users.invite', target: `user:${user.id}`, meta: { role: user.role } });
      this.#report([user.role], user, ['role']);
      return user;
    });
  }

  /**
   * Changes a user. Throws {@link UserNotFound}, {@link VersionStale}, {@link LastAdmin}, or what {@link assertManageable} and
   * {@link assertGrantable} throw.
   */
  change(id: string, patch: UserPatch, expected: ExpectedVersions): Promise<User> {
    return this.db.transaction(async () => {
      const before = await this.lockForUpdate(id);
      if (patch.role) assertGrantable(patch.role);
      if (patch.role || patch.status)
        await this.#keepAnAdmin(id, (patch.role ?? 'admin') === 'admin' && patch.status !== 'disabled');
      const user = await this.#update(id, patch, expected);
      this.audit.record({ action: 'users.change', target: `user:${id}`, meta: changeOf(before, patch) });
      const changes = [
        ...(patch.role ? ['role' as const] : []),
        ...(patch.status ? [patch.status] : []),
        ...(patch.name === undefined ? [] : ['name' as const]),
      ];
      this.#report([before.role, user.role], user, changes);
      return user;
    });
  }

  /** Changes the user's own profile. Throws {@link UserNotFound} or {@link VersionStale}. */
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

  /**
   * Removes a user. Throws {@link UserNotFound}, {@link VersionStale}, {@link LastAdmin}, or what {@link assertManageable}
   * throws.
   */
  remove(id: string, expected: ExpectedVersions): Promise<void> {
    return this.db.transaction(async () => {
      const { role, email } = await this.lockForUpdate(id);
      await this.#keepAnAdmin(id, false);
      const removed = await this.db.tx
        .delete(users)
        .where(and(eq(users.id, id), isExpected(users.version, expected)))
        .returning({ id: users.id });
      if (removed.length === 0) await this.#refuse(id);
      this.audit.record({ action: 'users.delete', target: `user:${id}`, meta: { role } });
      this.#report([role], { email, role }, ['deleted']);
    });
  }

  /**
   * Locks a user until the end of the transaction, for a caller who is about to change it. Throws {@link UserNotFound}, or
   * what {@link assertManageable} throws.
   */
  async lockForUpdate(id: string) {
    const [user] = await this.db.tx
      .select({ email: users.email, role: users.role, status: users.status })
      .from(users)
      .where(eq(users.id, id))
      .for('update');
    if (!user) throw new UserNotFound();
    assertManageable(user.role);
    return user;
  }

  /**
   * Creates the account of a person who proved the address. Returns undefined when the address has an account, invited or
   * not. Needs a transaction.
   */
  async add({ email, name }: { email: string; name: string }): Promise<string | undefined> {
    const [user] = await this.db.tx
      .insert(users)
      .values({ id: newId(), email, name, role: 'member', status: 'active' })
      .onConflictDoNothing()
      .returning({ id: users.id });
    return user?.id;
  }

  /**
   * Activates the account of a person who proved the address. Returns false when the account is disabled or gone. Needs a
   * transaction.
   */
  async activate(id: string): Promise<boolean> {
    const { rowCount } = await this.db.tx
      .update(users)
      .set({ status: 'active', ...nextVersion })
      .where(and(eq(users.id, id), ne(users.status, 'disabled')));
    return rowCount === 1;
  }

  /**
   * Ends every session and everything else that carries the epoch with which it began. Returns the new epoch. Needs a
   * transaction.
   */
  async raiseEpoch(id: string): Promise<number> {
    const [user] = await this.db.tx
      .update(users)
      .set({ authEpoch: sql`${users.authEpoch} + 1` })
      .where(eq(users.id, id))
      .returning({ authEpoch: users.authEpoch });
    if (!user) throw new UserNotFound();
    return user.authEpoch;
  }

  /**
   * Changes the address of the user to a proven one. Throws {@link EmailTaken} or {@link UserNotFound}. Needs a transaction.
   */
  async changeEmail(id: string, email: string): Promise<void> {
    try {
      // An UPDATE has no ON CONFLICT, and another transaction can come between a check and the change. The savepoint
      // limits the failure to this statement.
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

  /**
   * Creates an account with the role admin that its owner has yet to activate. Throws {@link EmailTaken}. Needs a
   * transaction.
   */
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

  /** Has the owner and all administrators told of the change, when one of the roles has rights. */
  #report(
    held: Role[],
    { email, role }: Pick<User, 'email' | 'role'>,
    changes: RightsReport['changes'],
  ): void {
    if (changes.length > 0 && held.some(hasRights))
      this.jobs.enqueue(reportRightsChange, { emails: [email], role, changes });
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
    await this.db.tx.execute(sql`select pg_advisory_xact_lock(${advisoryLocks.lastAdmin})`);
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

  /** Throws the reason why a conditional statement found no row. */
  async #refuse(id: string): Promise<never> {
    await this.get(id);
    throw new VersionStale();
  }
}

/** Returns the old and new role and status. Of a name it records only that it changed, because an event stays for ever. */
function changeOf(before: Pick<User, 'role' | 'status'>, patch: UserPatch) {
  return {
    fields: Object.keys(patch),
    ...(patch.role && { role: [before.role, patch.role] }),
    ...(patch.status && { status: [before.status, patch.status] }),
  };
}
