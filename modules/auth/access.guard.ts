import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { AccessDenied, type AccessRule, accessRule, AuthenticationRequired } from '#libs/access';

/** Decides by the route's access rule. Runs before everything that acts on a request, replays included. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const rule = this.reflector.get<AccessRule | undefined>(accessRule, context.getHandler());
    if (!rule)
      throw new Error('A route without an access rule was reached; the boot check must have been left out.');
    if (rule.kind === 'public') return true;
    const { principal } = context.switchToHttp().getRequest<FastifyRequest>().work;
    if (!principal) throw new AuthenticationRequired();
    if (rule.kind === 'service') throw new AccessDenied('This is for services, not for browser sessions.');
    if (
      rule.kind === 'permission' &&
      !rule.permissions.every((permission) => principal.permissions.has(permission))
    ) {
      throw new AccessDenied(`It needs ${rule.permissions.join(' and ')}.`);
    }
    return true;
  }
}
