import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import {
  AccessDenied,
  type AccessRule,
  accessRule,
  AuthenticationRequired,
  type Principal,
  type AuthenticationRequirement,
  authenticationRequirement,
  neededOfServices,
  type ServicePrincipal,
  type ServiceScope,
  SessionRequired,
  SudoRequired,
  type UserPrincipal,
} from '#libs/access';
import { isSafe } from '#libs/http';
import { challenge } from './credentials.js';

/** Enforces the access rule of the route. It runs before everything that acts on a request, replays included. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const handler = context.getHandler();
    const rule = this.reflector.get<AccessRule | undefined>(accessRule, handler);
    if (!rule)
      throw new Error('A route without an access rule was reached; the boot check must have been left out.');
    if (rule.kind === 'public') return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const { principal } = request.work;
    if (!principal)
      throw new AuthenticationRequired(undefined, { headers: challenge(request, 'invalid_token') });
    if (principal.kind === 'service')
      requireScopes(principal, neededOfServices(rule, request.method), request);
    else requirePermissions(principal, rule, request);
    const proof = this.reflector.get<AuthenticationRequirement | undefined>(
      authenticationRequirement,
      handler,
    );
    requireProof(principal, proof, request.method);
    return true;
  }
}

function requireScopes(
  { scopes }: ServicePrincipal,
  needed: readonly ServiceScope[] | undefined,
  request: FastifyRequest,
): void {
  if (!needed) throw new AccessDenied('This is for users, not for services.');
  if (needed.every((scope) => scopes.has(scope))) return;
  const headers = challenge(request, 'insufficient_scope', needed.join(' '));
  throw new AccessDenied(`The request needs a token with the scope ${needed.join(' ')}.`, { headers });
}

function requirePermissions(principal: UserPrincipal, rule: AccessRule, request: FastifyRequest): void {
  if (rule.kind === 'service') throw new AccessDenied('This is for services, not for users.');
  const needed = rule.kind === 'permission' ? rule.permissions : [];
  if (needed.every((permission) => principal.permissions.has(permission))) return;
  const headers = challenge(request, 'insufficient_scope', needed.join(' '));
  throw new AccessDenied(`The request needs ${needed.join(' and ')}.`, { headers });
}

function requireProof(
  principal: Principal,
  proof: AuthenticationRequirement | undefined,
  method: string,
): void {
  if (proof === undefined) return;
  const session = principal.kind === 'user' ? principal.session : undefined;
  if (!session) throw new SessionRequired();
  const isOwn = session.impersonatorId === undefined;
  if (!isOwn && (proof === 'sudo' || (proof === 'session' && !isSafe(method))))
    throw new AccessDenied('An administrator who acts as a user cannot change the account.');
  if (proof === 'sudo' && !session.isSudo) throw new SudoRequired();
}
