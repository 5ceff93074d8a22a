import { Injectable } from '@nestjs/common';
import { and, desc, eq, not } from 'drizzle-orm';
import { Database, newId } from '#libs/database';
import { lockOwner, type Owner } from '../sessions/user-locks.js';
import { FactorsService } from './factors.service.js';
import { SignInMethodRegistry } from '../sessions/sign-in-method-registry.js';
import { AttestationVerifier } from '../webauthn/attestation-verifier.js';
import { type NewPasskey, PasskeyExists, PasskeyNotFound, TooManyPasskeys } from './passkeys.contract.js';
import { SecurityNotificationsService } from '../notifications/security-notifications.service.js';
import { isTrusted } from '../webauthn/passkeys.queries.js';
import { passkeys } from '../webauthn/passkeys.schema.js';

/** The number of passkeys per user: more than a person has devices, and few enough to list. */
const maxPasskeys = 20;

const columns = {
  id: passkeys.id,
  name: passkeys.name,
  backed_up: passkeys.isBackedUp,
  created_at: passkeys.createdAt,
  last_used_at: passkeys.lastUsedAt,
  suspended_at: passkeys.suspendedAt,
};

/** Adds, lists and removes the passkeys of an account. */
@Injectable()
export class PasskeysService {
  constructor(
    private readonly db: Database,
    private readonly attestations: AttestationVerifier,
    private readonly factors: FactorsService,
    private readonly notifications: SecurityNotificationsService,
    private readonly signInMethods: SignInMethodRegistry,
  ) {}

  /** Adds a passkey. Throws `PasskeyUnusable`, {@link PasskeyExists} or {@link TooManyPasskeys}. */
  add(owner: Owner, { name, passkey }: NewPasskey) {
    return this.db.transaction(async () => {
      const { userId } = owner;
      await lockOwner(this.db, owner);
      const proven = await this.attestations.verify(passkey, owner);
      const owned = await this.db.tx.$count(passkeys, eq(passkeys.userId, userId));
      if (owned >= maxPasskeys) throw new TooManyPasskeys();
      const { credential, credentialDeviceType, credentialBackedUp } = proven;
      const [added] = await this.db.tx
        .insert(passkeys)
        .values({
          id: newId(),
          userId,
          name,
          credentialId: Buffer.from(credential.id, 'base64url'),
          publicKey: Buffer.from(credential.publicKey),
          counter: credential.counter,
          transports: passkey.response.transports,
          isBackupEligible: credentialDeviceType === 'multiDevice',
          isBackedUp: credentialBackedUp,
        })
        .onConflictDoNothing()
        .returning(columns);
      if (!added) throw new PasskeyExists();
      const meta = { passkey_id: added.id };
      const change = { action: 'passkeys.create', notification: 'passkey-added', meta } as const;
      return { ...added, recovery_codes: await this.factors.added(owner, change) };
    });
  }

  async list(userId: string) {
    const data = await this.db.conn
      .select(columns)
      .from(passkeys)
      .where(eq(passkeys.userId, userId))
      .orderBy(desc(passkeys.createdAt))
      .limit(maxPasskeys);
    return { data };
  }

  /**
   * Trusts a passkey again that a recovery of the account suspended. For one that works already it does nothing, because the goal
   * is reached. Throws {@link PasskeyNotFound}.
   */
  confirm(owner: Owner, id: string): Promise<void> {
    return this.db.transaction(async () => {
      await lockOwner(this.db, owner);
      const isTheirs = and(eq(passkeys.id, id), eq(passkeys.userId, owner.userId));
      const { rowCount } = await this.db.tx
        .update(passkeys)
        .set({ suspendedAt: null })
        .where(and(isTheirs, not(isTrusted)));
      if (rowCount === 0) {
        if ((await this.db.tx.$count(passkeys, isTheirs)) === 0) throw new PasskeyNotFound();
        return;
      }
      const meta = { passkey_id: id };
      const change = { action: 'passkeys.confirm', notification: 'passkey-confirmed', meta } as const;
      await this.notifications.factorChanged(owner, change);
    });
  }

  /** Removes a passkey. Throws {@link PasskeyNotFound} or `LastWayToSignIn`. */
  remove(owner: Owner, id: string): Promise<void> {
    return this.db.transaction(async () => {
      await lockOwner(this.db, owner);
      const { rowCount } = await this.db.tx
        .delete(passkeys)
        .where(and(eq(passkeys.id, id), eq(passkeys.userId, owner.userId)));
      if (rowCount === 0) throw new PasskeyNotFound();
      await this.signInMethods.assertOneLeft(owner.userId);
      const meta = { passkey_id: id };
      await this.factors.removed(owner, { action: 'passkeys.delete', notification: 'passkey-removed', meta });
    });
  }
}
