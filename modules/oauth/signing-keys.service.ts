import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { and, asc, eq, inArray, lt, sql } from 'drizzle-orm';
import { calculateJwkThumbprint } from 'jose';
import { AuditLog } from '#libs/audit-log';
import { Keyring, open, seal } from '#libs/config';
import { advisoryLocks, Database } from '#libs/database';
import { SigningKeyNotFound } from './oauth.contract.js';
import { type SigningJwk, signingKeys } from './oauth.schema.js';

/** A signing key is renewed every month, so that a renewal is routine when it is needed in a hurry. */
const isDue = lt(signingKeys.activatedAt, sql`now() - interval '30 days'`);

/** A key is published ten minutes before it signs: twice as long as other servers cache the key set (see the controller). */
const isKnown = lt(signingKeys.createdAt, sql`now() - interval '10 minutes'`);

/** The last token of a retired key expires after five minutes. Ten minutes leave a margin. */
const isOver = lt(signingKeys.retiredAt, sql`now() - interval '10 minutes'`);

export interface Signer {
  kid: string;
  key: KeyObject;
}

/** Manages the keys of access tokens, from pending through active and retiring to revoked. */
@Injectable()
export class SigningKeysService {
  constructor(
    private readonly db: Database,
    private readonly keyring: Keyring,
    private readonly audit: AuditLog,
  ) {}

  /** Returns the key that signs. It creates the very first one. */
  async signer(): Promise<Signer> {
    return (
      (await this.#findSigner()) ?? this.#inTurn(async () => (await this.#findSigner()) ?? this.#begin())
    );
  }

  /**
   * Returns the public keys with which other servers verify, including those that will sign soon. It creates the very first one:
   * a server that caches an empty set would refuse the first tokens.
   */
  async published(): Promise<SigningJwk[]> {
    const keys = await this.#findPublished();
    if (keys.length > 0) return keys;
    await this.signer();
    return this.#findPublished();
  }

  async #findPublished(): Promise<SigningJwk[]> {
    const rows = await this.db.conn
      .select({ publicKey: signingKeys.publicKey })
      .from(signingKeys)
      .where(inArray(signingKeys.status, ['pending', 'active', 'retiring']))
      .orderBy(asc(signingKeys.createdAt));
    return rows.map(({ publicKey }) => publicKey);
  }

  /** Makes every change that is due, by the clock of the database. Repeating it is harmless. */
  advance(): Promise<void> {
    return this.#inTurn(async () => {
      const over = await this.#end(and(eq(signingKeys.status, 'retiring'), isOver));
      over.forEach((kid) => this.#record('revoke', kid));
      const known = await this.#find('pending', isKnown);
      if (known) await this.#promote(known);
      else if (!(await this.#find('active'))) await this.#begin();
      else if ((await this.#find('active', isDue)) && !(await this.#find('pending'))) await this.#publish();
      await this.#reseal();
    });
  }

  /** Publishes the next key, which signs ten minutes later. Returns its kid, also when it was published already. */
  rotate(): Promise<string> {
    return this.#inTurn(async () => (await this.#find('pending')) ?? this.#publish());
  }

  /**
   * Ends a key and every token that it signed at once. When it was the active key, another takes its place immediately,
   * whether or not other servers know it. Returns the kid of the active key. Throws {@link SigningKeyNotFound}.
   */
  revoke(kid: string): Promise<string> {
    return this.#inTurn(async () => {
      const [ended] = await this.#end(
        and(eq(signingKeys.kid, kid), inArray(signingKeys.status, ['pending', 'active', 'retiring'])),
      );
      if (ended === undefined) throw new SigningKeyNotFound();
      this.#record('revoke', kid);
      const active = await this.#find('active');
      if (active) return active;
      const pending = await this.#find('pending');
      if (!pending) return (await this.#begin()).kid;
      await this.#promote(pending);
      return pending;
    });
  }

  /** Runs one change at a time over all processes. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    return this.db.transaction(async () => {
      await this.db.tx.execute(sql`select pg_advisory_xact_lock(${advisoryLocks.signingKeyRotation})`);
      return work();
    });
  }

  async #findSigner(): Promise<Signer | undefined> {
    const [row] = await this.db.conn
      .select({ kid: signingKeys.kid, privateKey: signingKeys.privateKey })
      .from(signingKeys)
      .where(eq(signingKeys.status, 'active'));
    if (!row?.privateKey) return undefined;
    const { content } = open(row.privateKey, this.#seal(row.kid));
    return { kid: row.kid, key: createPrivateKey({ key: content, format: 'der', type: 'pkcs8' }) };
  }

  async #find(status: 'pending' | 'active', condition?: ReturnType<typeof lt>): Promise<string | undefined> {
    const [row] = await this.db.tx
      .select({ kid: signingKeys.kid })
      .from(signingKeys)
      .where(and(eq(signingKeys.status, status), condition));
    return row?.kid;
  }

  /** Creates an active key at once. No server can know it yet, so this is only for when there is none to sign with. */
  async #begin(): Promise<Signer> {
    const signer = await this.#make('active');
    this.#record('activate', signer.kid);
    return signer;
  }

  async #publish(): Promise<string> {
    const { kid } = await this.#make('pending');
    this.#record('publish', kid);
    return kid;
  }

  async #make(status: 'pending' | 'active'): Promise<Signer> {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const jwk = publicKey.export({ format: 'jwk' }) as { kty: string; crv: string; x: string };
    const kid = await calculateJwkThumbprint(jwk);
    await this.db.tx.insert(signingKeys).values({
      kid,
      publicKey: { ...jwk, kid, use: 'sig', alg: 'EdDSA' },
      privateKey: seal(privateKey.export({ format: 'der', type: 'pkcs8' }), this.#seal(kid)),
      status,
      ...(status === 'active' && { activatedAt: sql`now()` }),
    });
    return { kid, key: privateKey };
  }

  /** The active key changes first, because only one may be active at a time. */
  async #promote(kid: string): Promise<void> {
    const retired = await this.db.tx
      .update(signingKeys)
      .set({ status: 'retiring', retiredAt: sql`now()` })
      .where(eq(signingKeys.status, 'active'))
      .returning({ kid: signingKeys.kid });
    retired.forEach((former) => this.#record('retire', former.kid));
    await this.db.tx
      .update(signingKeys)
      .set({ status: 'active', activatedAt: sql`now()` })
      .where(eq(signingKeys.kid, kid));
    this.#record('activate', kid);
  }

  async #end(condition: ReturnType<typeof and>): Promise<string[]> {
    const ended = await this.db.tx
      .update(signingKeys)
      .set({ status: 'revoked', revokedAt: sql`now()`, privateKey: null })
      .where(condition)
      .returning({ kid: signingKeys.kid });
    return ended.map(({ kid }) => kid);
  }

  /** Seals with the first key again what an older key sealed, so that operators may remove older keys from SECRET_KEYS. */
  async #reseal(): Promise<void> {
    const rows = await this.db.tx
      .select({ kid: signingKeys.kid, privateKey: signingKeys.privateKey })
      .from(signingKeys)
      .where(inArray(signingKeys.status, ['pending', 'active']));
    for (const { kid, privateKey } of rows) {
      const { content, isCurrent } = open(privateKey!, this.#seal(kid));
      if (isCurrent) continue;
      const sealed = seal(content, this.#seal(kid));
      await this.db.tx.update(signingKeys).set({ privateKey: sealed }).where(eq(signingKeys.kid, kid));
    }
  }

  #seal(kid: string) {
    return { keyring: this.keyring, purpose: 'signing-key', bound: Buffer.from(`signing_keys:${kid}`) };
  }

  #record(verb: 'publish' | 'activate' | 'retire' | 'revoke', kid: string): void {
    this.audit.record({ action: `signing-keys.${verb}`, target: `signing-key:${kid}` });
  }
}
