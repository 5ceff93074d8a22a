import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { and, eq, sql } from 'drizzle-orm';
import { createLocalJWKSet, decodeJwt, errors, type JWTPayload, jwtVerify } from 'jose';
import { z } from 'zod';
import { Config } from '#libs/config';
import { Database } from '#libs/database';
import { addressesOf, assertionAlgorithms, ClientInvalid, clockTolerance } from './oauth.contract.js';
import { type ClientKeys, serviceClients, usedAssertions } from './oauth.schema.js';

/** Characters. */
const maxLength = 4096;

/** Seconds that an assertion may be valid. It is made for one request, and its jti is remembered as long. */
const maxLifetime = 60;

/** The accepted types. Usually there is none; the others mean the same (RFC 7523 and its revision). */
const types = new Set([undefined, 'JWT', 'client-authentication+jwt']);

/** Characters of a jti. */
const maxIdLength = 128;

export interface ProvenClient {
  id: string;
  scopes: string[];
  /** The time, by the clock of the database. */
  now: Date;
}

interface KnownClient extends ProvenClient {
  jwks: ClientKeys;
}

/** Verifies the JWTs with which clients authenticate, signed for one request (private_key_jwt, RFC 7523). */
@Injectable()
export class ClientAssertionsService {
  readonly #audiences: string[];

  constructor(
    private readonly db: Database,
    config: Config,
  ) {
    const { issuer, tokenEndpoint } = addressesOf(config);
    this.#audiences = [issuer, tokenEndpoint];
  }

  /**
   * Returns the client that made this assertion and uses up the assertion in the ambient transaction. Throws
   * {@link ClientInvalid}.
   */
  async prove(assertion: string): Promise<ProvenClient> {
    const client = await this.#find(claimedClient(assertion));
    if (!client) throw new ClientInvalid(unproven);
    const payload = await this.#verify(assertion, client);
    await this.#use(client, payload);
    return client;
  }

  async #find(id: string | undefined): Promise<KnownClient | undefined> {
    if (id === undefined) return undefined;
    const [client] = await this.db.conn
      .select({
        id: serviceClients.id,
        scopes: serviceClients.scopes,
        jwks: serviceClients.jwks,
        now: sql<Date>`now()`.mapWith(serviceClients.createdAt),
      })
      .from(serviceClients)
      .where(and(eq(serviceClients.id, id), eq(serviceClients.status, 'active')));
    return client;
  }

  /** Verifies signature and claims. The error describes wrong claims only to a caller who has proven to have the key. */
  async #verify(assertion: string, client: KnownClient): Promise<JWTPayload> {
    try {
      const { payload, protectedHeader } = await jwtVerify(assertion, createLocalJWKSet(client.jwks), {
        issuer: client.id,
        subject: client.id,
        audience: this.#audiences,
        algorithms: assertionAlgorithms,
        requiredClaims: ['iss', 'sub', 'aud', 'exp', 'jti'],
        clockTolerance,
        currentDate: client.now,
      });
      if (!types.has(protectedHeader.typ)) throw new ClientInvalid('The assertion is a JWT of another type.');
      return payload;
    } catch (error) {
      if (error instanceof errors.JWTExpired) throw new ClientInvalid('The assertion has expired.');
      if (error instanceof errors.JWTClaimValidationFailed)
        throw new ClientInvalid(`The claim ${error.claim} of the assertion is missing or wrong.`);
      if (error instanceof errors.JOSEError) throw new ClientInvalid(unproven);
      throw error;
    }
  }

  /** Uses up the assertion. One statement decides, so only one of any number of requests with the same assertion succeeds. */
  async #use({ id, now }: ProvenClient, { aud, exp = Infinity, jti }: JWTPayload): Promise<void> {
    // With several audiences, another server that receives the assertion could use it here.
    if (typeof aud !== 'string') throw new ClientInvalid('The assertion has more than one audience.');
    if (exp > now.getTime() / 1000 + maxLifetime + clockTolerance)
      throw new ClientInvalid(`The assertion is valid for more than ${maxLifetime} seconds.`);
    if (typeof jti !== 'string' || jti.length < 1 || jti.length > maxIdLength)
      throw new ClientInvalid('The claim jti of the assertion is missing or wrong.');
    const { rowCount } = await this.db.tx
      .insert(usedAssertions)
      .values({
        hash: createHash('sha256').update(`${id}:${jti}`).digest(),
        expiresAt: sql`to_timestamp(${exp + clockTolerance})`,
      })
      .onConflictDoNothing();
    if (rowCount === 0) throw new ClientInvalid('The assertion was used already.');
  }
}

/** The same text for an unknown or disabled client, an unknown key and a wrong signature. */
const unproven = 'The assertion is not signed by a registered key of an active client.';

function claimedClient(assertion: string): string | undefined {
  if (assertion.length > maxLength) return undefined;
  try {
    return z.uuid().safeParse(decodeJwt(assertion).iss).data;
  } catch {
    return undefined;
  }
}
