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
  isServicePermission,
  type ServiceScope,
  SessionRequired,
  SudoRequired,
} from '#libs/access';
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
    if (rule.kind === 'service') requireScope(principal, rule.scope, request);
    else requirePermissions(principal, rule.kind === 'permission' ? rule.permissions : [], request);
    const proof = this.reflector.get<AuthenticationRequirement | undefined>(
      authenticationRequirement,
      handler,
    );
    requireProof(principal, proof, request.method);
    return true;
  }
}

function requireScope(principal: Principal, scope: ServiceScope, request: FastifyRequest): void {
  if (principal.kind !== 'service') throw new AccessDenied('This is for services, not for users.');
  if (principal.scopes.has(scope)) return;
  const headers = challenge(request, 'insufficient_scope', scope);
  throw new AccessDenied(`The request needs a token with the scope ${scope}.`, { headers });
}

function requirePermissions(
  principal: Principal,
  needed: Extract<AccessRule, { kind: 'permission' }>['permissions'],
  request: FastifyRequest,
): void {
  // Only where a permission is a scope as well can a service have it.
  if (principal.kind !== 'user' && !needed.some(isServicePermission))
    throw new AccessDenied('This is for users, not for services.');
  if (needed.every((permission) => principal.permissions.has(permission))) return;
  const headers = challenge(request, 'insufficient_scope', needed.join(' '));
  throw new AccessDenied(`The request needs ${needed.join(' and ')}.`, { headers });
}

const safeMethods = new Set(['GET', 'HEAD']);

function requireProof(
  principal: Principal,
  proof: AuthenticationRequirement | undefined,
  method: string,
): void {
  if (proof === undefined) return;
  const session = principal.kind === 'user' ? principal.session : undefined;
  if (!session) throw new SessionRequired();
  const isOwn = session.impersonatorId === undefined;
  if (!isOwn && (proof === 'sudo' || (proof === 'session' && !safeMethods.has(method))))
    throw new AccessDenied('An administrator who acts as a user cannot change the account.');
  if (proof === 'sudo' && !session.isSudo) throw new SudoRequired();
}
