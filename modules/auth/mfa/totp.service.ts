import { Injectable } from '@nestjs/common';
import { and, eq, gt, isNotNull, isNull, lt, or, sql } from 'drizzle-orm';
import { Keyring, open, seal, type Seal } from '#libs/config';
import { Database, newId } from '#libs/database';
import { users } from '#modules/users';
import { isRecent } from '../sessions/revocation-registry.js';
import { TotpCodeWrong, TotpExists, TotpNotPending } from './mfa.contract.js';
import { totpFactors } from './mfa.schema.js';
import { newTotpSecret, provisioning, stepOf } from './totp.js';

/** The purpose of the keys. */
const purpose = 'totp';

/** The number of factors in one run of the daily job, which takes a second. The next day handles the rest. */
const resealedAtOnce = 5000;

/**
 * An app may be confirmed for an hour: long enough to find the phone, and then the QR code on a forgotten page is worthless.
 */
const isPending = and(
  isNull(totpFactors.confirmedAt),
  gt(totpFactors.createdAt, sql`now() - interval '1 hour'`),
);
const isSuspended = isNotNull(totpFactors.suspendedAt);

/** The condition that a code of the app proves its owner. */
export const isActive = and(isNotNull(totpFactors.confirmedAt), isNull(totpFactors.suspendedAt));

/** The time steps of codes follow the clock of the database, which all processes share. */
const columns = {
  id: totpFactors.id,
  secret: totpFactors.secret,
  lastStep: totpFactors.lastStep,
  now: sql<number>`(extract(epoch from now()) * 1000)::float`,
};

/** Checks the codes of an authenticator app (RFC 6238). The secrets are sealed, and bound to their user and factor. */
@Injectable()
export class TotpService {
  constructor(
    private readonly db: Database,
    private readonly keyring: Keyring,
  ) {}

  /** Creates a secret, which becomes active once a code confirms it. Throws {@link TotpExists}. */
  async enrol(userId: string): Promise<{ secret: string; uri: string }> {
    const [id, secret] = [newId(), newTotpSecret()];
    const factor = { id, userId, secret: seal(secret, this.#seal(userId, id)), createdAt: sql`now()` };
    const { rowCount } = await this.db.conn
      .insert(totpFactors)
      .values(factor)
      .onConflictDoUpdate({
        target: totpFactors.userId,
        set: factor,
        setWhere: isNull(totpFactors.confirmedAt),
      });
    if (rowCount === 0) throw new TotpExists();
    const [user] = await this.db.conn.select({ email: users.email }).from(users).where(eq(users.id, userId));
    return provisioning(secret, user!.email);
  }

  /**
   * Activates the pending secret, or one that a recovery of the account suspended: a code proves that the owner has the app. Throws
   * {@link TotpNotPending} or {@link TotpCodeWrong}. Needs a transaction and a lock on the user.
   */
  async confirm(userId: string, code: string): Promise<void> {
    const [factor] = await this.db.tx
      .select(columns)
      .from(totpFactors)
      .where(and(eq(totpFactors.userId, userId), or(isPending, isSuspended)));
    if (!factor) throw new TotpNotPending();
    const { content: secret } = open(factor.secret, this.#seal(userId, factor.id));
    const step = stepOf(plain(code), secret, factor.now, factor.lastStep);
    if (step === undefined) throw new TotpCodeWrong();
    await this.db.tx
      .update(totpFactors)
      .set({ confirmedAt: sql`now()`, suspendedAt: null, lastStep: step })
      .where(eq(totpFactors.id, factor.id));
  }

  /** Removes the app. Returns false when there was no active one. Needs a transaction and a lock on the user. */
  async remove(userId: string): Promise<boolean> {
    const [removed] = await this.db.tx
      .delete(totpFactors)
      .where(eq(totpFactors.userId, userId))
      .returning({ confirmedAt: totpFactors.confirmedAt });
    return (removed?.confirmedAt ?? null) !== null;
  }

  /** Suspends a recent app of a user whose account is recovered. Returns the sentence for the owner. Needs a transaction. */
  async suspendRecent(userId: string): Promise<string | undefined> {
    const { rowCount } = await this.db.tx
      .update(totpFactors)
      .set({ suspendedAt: sql`now()` })
      .where(and(eq(totpFactors.userId, userId), isActive, isRecent(totpFactors.confirmedAt)));
    return rowCount
      ? 'The authenticator app of the last seven days was suspended. Confirm it with one of its codes, or remove it.'
      : undefined;
  }

  /** Returns whether this is the code of the app, and uses it up: true once for each code. Needs a transaction. */
  async use(userId: string, code: string): Promise<boolean> {
    const [factor] = await this.db.tx
      .select(columns)
      .from(totpFactors)
      .where(and(eq(totpFactors.userId, userId), isActive));
    if (!factor) return false;
    const bound = this.#seal(userId, factor.id);
    const { content: secret, isCurrent } = open(factor.secret, bound);
    const step = stepOf(plain(code), secret, factor.now, factor.lastStep);
    if (step === undefined) return false;
    const { rowCount } = await this.db.tx
      .update(totpFactors)
      .set({ lastStep: step, ...(!isCurrent && { secret: seal(secret, bound) }) })
      .where(and(eq(totpFactors.id, factor.id), lt(totpFactors.lastStep, step)));
    return rowCount === 1;
  }

  /** Seals with the first key again what an older key sealed. Needs a transaction, so that no use of a code comes between. */
  async reseal(): Promise<void> {
    const isOutdated = sql`substring(${totpFactors.secret} for 4) <> decode(${this.keyring.primary(purpose).id}, 'hex')`;
    const { id, userId, secret } = totpFactors;
    const outdated = await this.db.tx
      .select({ id, userId, secret })
      .from(totpFactors)
      .where(isOutdated)
      .limit(resealedAtOnce)
      .for('update', { skipLocked: true });
    for (const factor of outdated) {
      const bound = this.#seal(factor.userId, factor.id);
      const resealed = seal(open(factor.secret, bound).content, bound);
      await this.db.tx.update(totpFactors).set({ secret: resealed }).where(eq(totpFactors.id, factor.id));
    }
  }

  #seal(userId: string, factorId: string): Seal {
    return { keyring: this.keyring, purpose, bound: Buffer.from(`totp:${userId}:${factorId}`) };
  }
}

/** Six digits, possibly in two groups as apps show them. */
const appCode = /^\d{3} ?\d{3}$/;

export const isAppCode = (code: string) => appCode.test(code);

const plain = (code: string) => code.replace(' ', '');
