import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { type AccessRule, accessRule, type Principal } from '#libs/access';
import { ApiKeysService } from '../api-keys/api-keys.service.js';
import { AccessTokensService } from '#modules/oauth';
import { AuthCookies } from '../sessions/auth-cookies.js';
import { SessionAuthenticator } from '../sessions/session-authenticator.js';
import { type Credential, credentialOf } from './credentials.js';

type Authenticate = (secret: string) => Promise<Principal | undefined>;

/**
 * Authenticates the caller and refuses no one: the next guard counts the request, and AccessGuard decides only after that. So
 * a caller with a wrong credential is counted as an anonymous one.
 */
@Injectable()
export class AuthenticationGuard implements CanActivate {
  readonly #by: Record<Credential['kind'], Authenticate>;

  constructor(
    private readonly reflector: Reflector,
    private readonly cookies: AuthCookies,
    private readonly sessions: SessionAuthenticator,
    apiKeys: ApiKeysService,
    accessTokens: AccessTokensService,
  ) {
    this.#by = {
      session: (secret) => sessions.authenticate(secret),
      'api-key': (key) => apiKeys.authenticate(key),
      'access-token': (token) => accessTokens.authenticate(token),
    };
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const rule = this.reflector.get<AccessRule | undefined>(accessRule, context.getHandler());
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (rule?.kind !== 'public') await this.#authenticate(request);
    else if (rule.recognise) await this.#recognise(request);
    return true;
  }

  /** Sets the principal. An unreadable store causes an error here, and no caller becomes anonymous because of it. */
  async #authenticate(request: FastifyRequest): Promise<void> {
    const credential = credentialOf(request, this.cookies.read(request, 'sid'));
    const principal = credential && (await this.#by[credential.kind](credential.secret));
    if (!credential || !principal) return;
    request.work.principal = principal;
    request.work.authenticateAgain = () => this.#authenticateAgain(credential, principal);
  }

  /** A session is found by its id, because it gets a new secret with each proof. */
  #authenticateAgain({ kind, secret }: Credential, principal: Principal): Promise<Principal | undefined> {
    const session = principal.kind === 'user' ? principal.session : undefined;
    return session ? this.sessions.find(session.id) : this.#by[kind](secret);
  }

  /**
   * Sets the principal on a public route, which answers even when the sessions cannot be read; the caller is then anonymous.
   */
  async #recognise(request: FastifyRequest): Promise<void> {
    try {
      await this.#authenticate(request);
    } catch {
      delete request.work.principal;
    }
  }
}
