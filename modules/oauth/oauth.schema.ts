import { sql } from 'drizzle-orm';
import { check, index, integer, jsonb, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { bytes, instant } from '../../libs/database/columns.schema.js';

/** Public keys of clients (RFC 7517, RFC 8037, RFC 7518 section 6.2). */
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

/** Services that may ask for access tokens. They prove themselves by their own keys: there is no secret of theirs here. */
export const serviceClients = pgTable(
  'service_clients',
  {
    /** The client id of OAuth. */
    id: uuid().primaryKey(),
    name: text().notNull(),
    /** What its tokens may do at most, and what its living tokens may do now. */
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

/** Client assertions that were used. A row appears with the first use and stays until the assertion has expired. */
export const usedAssertions = pgTable(
  'used_assertions',
  {
    /** SHA-256 over client id and jti. */
    hash: bytes().primaryKey(),
    expiresAt: instant().notNull(),
  },
  (table) => [index().on(table.expiresAt)],
);

/**
 * The keys that sign access tokens: `pending` is published and not yet used, `active` signs, `retiring` still verifies
 * what it signed, `revoked` does nothing and has lost its private part.
 */
export const signingKeys = pgTable(
  'signing_keys',
  {
    /** RFC 7638 thumbprint. */
    kid: text().primaryKey(),
    publicKey: jsonb().$type<SigningJwk>().notNull(),
    /** PKCS #8, sealed for `signing-key`. */
    privateKey: bytes(),
    status: text({ enum: ['pending', 'active', 'retiring', 'revoked'] }).notNull(),
    createdAt: instant().notNull().defaultNow(),
    activatedAt: instant(),
    retiredAt: instant(),
    revokedAt: instant(),
  },
  (table) => [
    // One pending key and one active at most, whatever runs at the same time.
    uniqueIndex('signing_keys_in_turn')
      .on(table.status)
      .where(sql`status in ('pending', 'active')`),
    check('signing_keys_status', sql`status in ('pending', 'active', 'retiring', 'revoked')`),
    check('signing_keys_private_key', sql`(private_key is null) = (status = 'revoked')`),
  ],
);
