import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { type AccessRule, accessRule, type Principal } from '#libs/access';
import { ApiKeysService } from '../api-keys/api-keys.service.js';
import { AccessTokensService } from '#modules/oauth';
import { AuthCookies } from '../sessions/auth-cookies.js';
import { SessionAuthentication } from '../sessions/session-authentication.js';
import { type Credential, credentialOf } from './credentials.js';

type Authenticate = (secret: string) => Promise<Principal | undefined>;

/**
 * Finds out who is asking and refuses nobody: what comes next counts the request, and only then AccessGuard decides.
 * So a caller with a wrong credential is counted as the unknown caller it is.
 */
@Injectable()
export class AuthenticationGuard implements CanActivate {
  readonly #by: Record<Credential['kind'], Authenticate>;

  constructor(
    private readonly reflector: Reflector,
    private readonly cookies: AuthCookies,
    sessions: SessionAuthentication,
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

  /** A store that cannot be read is an error here, and nobody is anonymous for it. */
  async #authenticate(request: FastifyRequest): Promise<void> {
    const credential = credentialOf(request, this.cookies.read(request, 'sid'));
    const principal = credential && (await this.#by[credential.kind](credential.secret));
    if (principal) request.work.principal = principal;
  }

  /** A public route answers also when the sessions cannot be read; it then knows nobody. */
  async #recognise(request: FastifyRequest): Promise<void> {
    try {
      await this.#authenticate(request);
    } catch {
      delete request.work.principal;
    }
  }
}
