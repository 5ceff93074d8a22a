import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { type AccessRule, accessRule } from '#libs/access';
import { CredentialAmbiguous } from '../auth.contract.js';
import { SecretCookies } from '../sessions/secret-cookies.js';
import { SessionsService } from '../sessions/sessions.service.js';

/**
 * Finds out who is asking and refuses nobody: what comes next counts the request, and only then AccessGuard decides.
 * So a caller with a wrong credential is counted as the unknown caller it is.
 */
@Injectable()
export class AuthenticationGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly sessions: SessionsService,
    private readonly cookies: SecretCookies,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const rule = this.reflector.get<AccessRule | undefined>(accessRule, context.getHandler());
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (rule?.kind !== 'public') await this.#authenticate(request);
    else if (rule.recognise) await this.#recognise(request);
    return true;
  }

  async #authenticate(request: FastifyRequest): Promise<void> {
    const secret = this.cookies.read(request, 'sid');
    const { authorization } = request.headers;
    if (authorization === undefined) {
      const principal = secret === undefined ? undefined : await this.sessions.authenticate(secret);
      if (principal) request.work.principal = principal;
    } else if (secret !== undefined) throw new CredentialAmbiguous();
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
