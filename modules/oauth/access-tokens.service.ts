import { Injectable } from '@nestjs/common';
import { and, eq, inArray, sql } from 'drizzle-orm';
import { decodeJwt, decodeProtectedHeader, errors, jwtVerify, SignJWT } from 'jose';
import {
  permissions as allPermissions,
  type ServicePrincipal,
  type ServiceScope,
  serviceScopes,
} from '#libs/access';
import { Config } from '#libs/config';
import { Database, newId } from '#libs/database';
import { addressesOf, clockTolerance, tokenLifetime } from './oauth.contract.js';
import { serviceClients, signingKeys } from './oauth.schema.js';
import { SigningKeysService } from './signing-keys.service.js';

/** RFC 9068 section 2.1. */
const type = 'at+jwt';
const algorithm = 'EdDSA';

/** Seconds: a minute longer than a token lives, because its own `exp` decides. */
const maxAge = tokenLifetime + 60;

export interface Grant {
  clientId: string;
  scopes: ServiceScope[];
  /** The time, by the clock of the database. */
  now: Date;
}

/** The unverified claims of a token. They serve only to look up the key and client that verify it. */
interface Claimed {
  kid: string;
  clientId: string;
}

/**
 * Issues and verifies the access tokens of services: JWTs (RFC 9068) that any server can verify. Here each request also
 * queries their key and client.
 */
@Injectable()
export class AccessTokensService {
  readonly #issuer: string;
  readonly #byClaim;

  constructor(
    private readonly keys: SigningKeysService,
    db: Database,
    config: Config,
  ) {
    this.#issuer = addressesOf(config).issuer;
    // One query reads key and client, so a revoked key, a disabled client or a removed scope takes effect with the next
    // request.
    this.#byClaim = db.conn
      .select({
        publicKey: signingKeys.publicKey,
        scopes: serviceClients.scopes,
        now: sql<Date>`now()`.mapWith(signingKeys.createdAt),
      })
      .from(signingKeys)
      .innerJoin(serviceClients, eq(serviceClients.id, sql.placeholder('clientId')))
      .where(
        and(
          eq(signingKeys.kid, sql.placeholder('kid')),
          inArray(signingKeys.status, ['active', 'retiring']),
          eq(serviceClients.status, 'active'),
        ),
      )
      .prepare('access_tokens_by_claim');
  }

  async issue({ clientId, scopes, now }: Grant): Promise<string> {
    const { kid, key } = await this.keys.signer();
    const issuedAt = Math.floor(now.getTime() / 1000);
    return new SignJWT({ client_id: clientId, scope: scopes.join(' ') })
      .setProtectedHeader({ alg: algorithm, typ: type, kid })
      .setIssuer(this.#issuer)
      .setAudience(this.#issuer)
      .setSubject(clientId)
      .setJti(newId())
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + tokenLifetime)
      .sign(key);
  }

  /**
   * Returns the service with this token, with the scopes that token and client both have, or undefined when the token is not
   * valid. It takes one query.
   */
  async authenticate(token: string): Promise<ServicePrincipal | undefined> {
    const claimed = claimedBy(token);
    if (!claimed) return undefined;
    const [found] = await this.#byClaim.execute({ ...claimed });
    if (!found) return undefined;
    const granted = await this.#verify(token, found.publicKey, found.now);
    if (!granted || granted.clientId !== claimed.clientId) return undefined;
    const scopes = serviceScopes.filter((scope) => granted.scopes.has(scope) && found.scopes.includes(scope));
    const permissions = new Set(
      allPermissions.filter((permission) => scopes.some((scope) => scope === permission)),
    );
    return { kind: 'service', id: claimed.clientId, scopes: new Set(scopes), permissions };
  }

  async #verify(token: string, key: Parameters<typeof jwtVerify>[1], now: Date) {
    try {
      const { payload } = await jwtVerify<{ client_id: unknown; scope: unknown }>(token, key, {
        issuer: this.#issuer,
        audience: this.#issuer,
        typ: type,
        algorithms: [algorithm],
        requiredClaims: ['exp', 'iat', 'sub', 'jti', 'client_id', 'scope'],
        clockTolerance,
        maxTokenAge: maxAge,
        currentDate: now,
      });
      if (payload.sub === undefined || payload.client_id !== payload.sub) return undefined;
      return { clientId: payload.sub, scopes: new Set(String(payload.scope).split(' ')) };
    } catch (error) {
      if (error instanceof errors.JOSEError) return undefined;
      throw error;
    }
  }
}

/** The forms of RFC 7638 thumbprints and UUIDs. Other values name no key and no client of ours. */
const kidForm = /^[\w-]{43}$/;
const uuidForm = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

function claimedBy(token: string): Claimed | undefined {
  try {
    const { kid } = decodeProtectedHeader(token);
    const { sub } = decodeJwt(token);
    if (kid === undefined || !kidForm.test(kid) || sub === undefined || !uuidForm.test(sub)) return undefined;
    return { kid, clientId: sub };
  } catch {
    return undefined;
  }
}
