import { Injectable } from '@nestjs/common';
import { type ServiceScope, serviceScopes } from '#libs/access';
import { AuditLog } from '#libs/audit-log';
import { callingNetwork } from '#libs/context';
import { Database } from '#libs/database';
import { AccessTokensService } from './access-tokens.service.js';
import { ClientAssertionsService, type ProvenClient } from './client-assertions.service.js';
import {
  assertionType,
  ClientInvalid,
  GrantUnsupported,
  ScopeInvalid,
  tokenLifetime,
  type TokenRequest,
  TokenRequestInvalid,
  type TokenView,
} from './oauth.contract.js';

/** Implements the token endpoint (RFC 6749 section 4.4 with RFC 7523 section 2.2). */
@Injectable()
export class TokensService {
  constructor(
    private readonly db: Database,
    private readonly audit: AuditLog,
    private readonly assertions: ClientAssertionsService,
    private readonly accessTokens: AccessTokensService,
  ) {}

  /**
   * Returns an access token for a client that authenticated. It uses up the assertion together with issuing the token, or not
   * at all. Throws {@link TokenRequestInvalid}, {@link GrantUnsupported}, {@link ClientInvalid} or {@link ScopeInvalid}.
   */
  async grant(request: TokenRequest): Promise<TokenView> {
    if (request.grant_type === undefined)
      throw new TokenRequestInvalid('The parameter grant_type must be sent once.');
    if (request.grant_type !== 'client_credentials')
      throw new GrantUnsupported('The only grant type is client_credentials.');
    try {
      return await this.#grant(request);
    } catch (error) {
      if (error instanceof ClientInvalid) await this.#recordRefusal(error);
      throw error;
    }
  }

  #grant(request: TokenRequest): Promise<TokenView> {
    return this.db.transaction(async () => {
      const client = await this.#prove(request);
      const scopes = scopesOf(client, request.scope);
      this.audit.record({
        action: 'tokens.issue',
        target: `service-client:${client.id}`,
        meta: { scopes },
      });
      return {
        access_token: await this.accessTokens.issue({ clientId: client.id, scopes, now: client.now }),
        token_type: 'Bearer',
        expires_in: tokenLifetime,
        scope: scopes.join(' '),
      };
    });
  }

  /** Records a refusal. The claimed client is not proven, so the event does not name it. */
  async #recordRefusal({ detail }: ClientInvalid): Promise<void> {
    const event = { action: 'tokens.issue', target: 'service-client:unknown', outcome: 'failure' } as const;
    await this.audit.recordRefusal({ ...event, meta: { detail } }, callingNetwork());
  }

  async #prove({ client_assertion, client_assertion_type, client_id }: TokenRequest): Promise<ProvenClient> {
    if (client_assertion === undefined || client_assertion_type !== assertionType)
      throw new ClientInvalid('Send client_assertion once, with its client_assertion_type.');
    const client = await this.assertions.prove(client_assertion);
    if (client_id !== undefined && client_id !== client.id)
      throw new ClientInvalid('The parameter client_id names another client than the assertion.');
    return client;
  }
}

/** Returns the requested scopes, or all scopes of the client. A scope that the code no longer knows does not count. */
function scopesOf(client: ProvenClient, wanted: string | undefined): ServiceScope[] {
  const held = serviceScopes.filter((scope) => client.scopes.includes(scope));
  if (wanted === undefined) return held;
  const asked = new Set(wanted.split(' '));
  const granted = held.filter((scope) => asked.has(scope));
  if (granted.length < asked.size)
    throw new ScopeInvalid('The client was not registered with all of these scopes.');
  return granted;
}
