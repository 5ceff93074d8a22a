import { sql } from 'drizzle-orm';
import { check, index, integer, jsonb, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { bytes, instant } from '../../libs/database/columns.schema.js';

/** A public key of a client (RFC 7517, RFC 8037, RFC 7518 section 6.2). */
interface Ed25519Key {
  kty: 'OKP';
  crv: 'Ed25519';
  x: string;
  kid: string;
  use?: 'sig' | undefined;
  alg?: 'EdDSA' | 'Ed25519' | undefined;
}
interface P256Key {
  kty: 'EC';
  crv: 'P-256';
  x: string;
  y: string;
  kid: string;
  use?: 'sig' | undefined;
  alg?: 'ES256' | undefined;
}
export interface ClientKeys {
  keys: (Ed25519Key | P256Key)[];
}

/** A public key of ours. */
export type SigningJwk = Record<'kty' | 'crv' | 'x' | 'kid' | 'use' | 'alg', string>;

/** Services that may request access tokens. They authenticate with their own keys, so this table has no secret of theirs. */
export const serviceClients = pgTable(
  'service_clients',
  {
    /** The client id of OAuth. */
    id: uuid().primaryKey(),
    name: text().notNull(),
    /** The scopes that its tokens may have. Removing one also takes it from issued tokens. */
    scopes: text().array().notNull(),
    jwks: jsonb().$type<ClientKeys>().notNull(),
    status: text({ enum: ['active', 'disabled'] }).notNull(),
    version: integer().notNull().default(1),
    createdAt: instant().notNull().defaultNow(),
    updatedAt: instant().notNull().defaultNow(),
  },
  (table) => [
    index().on(table.createdAt, table.id),
    check('service_clients_status', sql`status in ('active', 'disabled')`),
  ],
);

/** Used client assertions. A row appears with the first use and stays until the assertion has expired. */
export const usedAssertions = pgTable(
  'used_assertions',
  {
    /** The SHA-256 of client id and jti. */
    hash: bytes().primaryKey(),
    expiresAt: instant().notNull(),
  },
  (table) => [index().on(table.expiresAt)],
);

/**
 * The keys that sign access tokens. A `pending` key is published but not used yet, `active` signs, `retiring` still verifies
 * what it signed, and `revoked` does nothing and has lost its private part.
 */
export const signingKeys = pgTable(
  'signing_keys',
  {
    /** The RFC 7638 thumbprint. */
    kid: text().primaryKey(),
    publicKey: jsonb().$type<SigningJwk>().notNull(),
    /** The PKCS #8 key, sealed for `signing-key`. */
    privateKey: bytes(),
    status: text({ enum: ['pending', 'active', 'retiring', 'revoked'] }).notNull(),
    createdAt: instant().notNull().defaultNow(),
    activatedAt: instant(),
    retiredAt: instant(),
    revokedAt: instant(),
  },
  (table) => [
    // At most one key is pending and one active, whatever runs at the same time.
    uniqueIndex('signing_keys_in_turn')
      .on(table.status)
      .where(sql`status in ('pending', 'active')`),
    check('signing_keys_status', sql`status in ('pending', 'active', 'retiring', 'revoked')`),
    check('signing_keys_private_key', sql`(private_key is null) = (status = 'revoked')`),
  ],
);
