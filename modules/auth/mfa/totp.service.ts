import { Injectable } from '@nestjs/common';
import { and, eq, gt, isNotNull, isNull, lt, sql } from 'drizzle-orm';
import { Keyring, open, seal, type Seal } from '#libs/config';
import { Database, newId } from '#libs/database';
import { users } from '#modules/users';
import { TotpCodeWrong, TotpExists, TotpNotPending } from './mfa.contract.js';
import { totpFactors } from './mfa.schema.js';
import { newTotpSecret, provisioning, stepOf } from './totp.js';

/** Of the keys. */
const purpose = 'totp';

/** Factors in one run of the daily job: a second of work. More wait for the next day. */
const resealedAtOnce = 5000;

/** Long enough to find the phone; then the QR code on a forgotten page is worth nothing. */
const isPending = and(
  isNull(totpFactors.confirmedAt),
  gt(totpFactors.createdAt, sql`now() - interval '1 hour'`),
);
const isConfirmed = isNotNull(totpFactors.confirmedAt);

/** The time steps of a code are those of the database, as all processes share its clock. */
const columns = {
  id: totpFactors.id,
  secret: totpFactors.secret,
  lastStep: totpFactors.lastStep,
  now: sql<number>`(extract(epoch from now()) * 1000)::float`,
};

/** Codes of an authenticator app (RFC 6238). Secrets are sealed, and bound to their user and factor. */
@Injectable()
export class TotpService {
  constructor(
    private readonly db: Database,
    private readonly keyring: Keyring,
  ) {}

  /** A new secret, which counts once it is confirmed. Throws {@link TotpExists}. */
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
   * Makes the pending one count, as its first code shows that the app has the secret. Throws {@link TotpNotPending}
   * or {@link TotpCodeWrong}. Needs a transaction, and the user held.
   */
  async confirm(userId: string, code: string): Promise<void> {
    const [factor] = await this.db.tx
      .select(columns)
      .from(totpFactors)
      .where(and(eq(totpFactors.userId, userId), isPending));
    if (!factor) throw new TotpNotPending();
    const { content: secret } = open(factor.secret, this.#seal(userId, factor.id));
    const step = stepOf(plain(code), secret, factor.now, 0);
    if (step === undefined) throw new TotpCodeWrong();
    await this.db.tx
      .update(totpFactors)
      .set({ confirmedAt: sql`now()`, lastStep: step })
      .where(eq(totpFactors.id, factor.id));
  }

  /** False when there was none that counted. Needs a transaction, and the user held. */
  async remove(userId: string): Promise<boolean> {
    const [removed] = await this.db.tx
      .delete(totpFactors)
      .where(eq(totpFactors.userId, userId))
      .returning({ confirmedAt: totpFactors.confirmedAt });
    return (removed?.confirmedAt ?? null) !== null;
  }

  /** Whether it is the app's code, true once for each. Needs a transaction. */
  async use(userId: string, code: string): Promise<boolean> {
    const [factor] = await this.db.tx
      .select(columns)
      .from(totpFactors)
      .where(and(eq(totpFactors.userId, userId), isConfirmed));
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

  /** Seals again, with the first key, what an older one sealed. Needs a transaction, so that no use comes in between. */
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

/** Six digits, maybe typed in two groups as apps show them. */
const appCode = /^\d{3} ?\d{3}$/;

export const isAppCode = (code: string) => appCode.test(code);

const plain = (code: string) => code.replace(' ', '');
